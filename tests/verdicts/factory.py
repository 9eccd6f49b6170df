"""Evidence about two versions, as the results of an experiment would give it."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID, uuid5

from app.models import CaseState
from app.verdicts.evidence import Evidence, ExampleFacts, Repeats, SideEvidence

SPACE = UUID("0190d3e1-0000-7000-8000-000000000000")
OLD, NEW, RUN = (uuid5(SPACE, name) for name in ("old", "new", "run"))


def rows(scores: Sequence[float | Repeats | None]) -> list[Repeats]:
    return [score if isinstance(score, list) else [score] for score in scores]


def side(number: int, primary: Sequence[float | Repeats | None], /, **changes: Any) -> SideEvidence:
    judged = rows(primary)
    scored = sum(score is not None for row in judged for score in row)
    fields: dict[str, Any] = {
        "experiment_id": RUN,
        "arm": number - 1,
        "version_id": OLD if number == 1 else NEW,
        "version_number": number,
        "name": None,
        "model": "openai:mock-gen",
        "parameters": {},
        "snapshot_hash": "s" * 64,
        "judge_model": "openai:mock-judge",
        "evaluators": {"similarity": "1"},
        "states": {CaseState.scored: scored},
        "cost_usd": 1.0,
        "latency_p95_ms": 100.0,
        "scores": {"score": judged},
    }
    return SideEvidence(**{**fields, **changes})


def evidence(
    before: Sequence[float | Repeats | None],
    after: Sequence[float | Repeats | None],
    *,
    critical: Sequence[int] = (),
    tags: dict[int, list[str]] | None = None,
    baseline: dict[str, Any] | None = None,
    candidate: dict[str, Any] | None = None,
    **more: Any,
) -> Evidence:
    """Example i has before[i] and after[i]: a score, None, or a list of repeats."""
    return Evidence(
        seed=7,
        primary="similarity",
        examples=[
            ExampleFacts(
                id=uuid5(SPACE, str(position)),
                position=position,
                tags=(tags or {}).get(position, []),
                critical=position in critical,
            )
            for position in range(len(before))
        ],
        baseline=side(1, before, **(baseline or {})),
        candidate=side(2, after, **(candidate or {})),
        **more,
    )
