"""An evaluator's score as JSON, and as what the API answers."""

from dataclasses import asdict
from typing import Any

from pydantic import Field

from app.core.schema import Output
from app.evaluators.base import Score, ScoreState


class ClaimRead(Output):
    text: str
    verdict: str
    reason: str
    quote: str | None
    evidence: str | None
    start: int | None
    end: int | None


class ScoreRead(Output):
    evaluator: str
    evaluator_version: str
    state: ScoreState
    value: float | None = Field(description="From 0 to 1; null when not judged.")
    hallucination_rate: float | None
    reason: str
    claims: list[ClaimRead]
    details: dict[str, Any]


def as_json(score: Score) -> dict[str, Any]:
    return {
        "evaluator": score.evaluator,
        "evaluator_version": score.evaluator_version,
        "state": score.state.value,
        "value": score.value,
        "hallucination_rate": score.hallucination_rate,
        "reason": score.reason,
        "claims": [asdict(claim) for claim in score.claims],
        "details": dict(score.details),
    }
