"""What the server answers, as far as the client's users read it; members unknown here are kept out.

Missing is None, never 0.
"""

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict

FINAL_EXPERIMENT = frozenset({"completed", "completed_with_errors", "failed", "cancelled"})
FINAL_RUN = frozenset({"completed", "failed", "cancelled"})


class Read(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class EvaluatorMean(Read):
    mean: float | None
    interval: tuple[float, float] | None
    n: int


class ArmResult(Read):
    """One version under one model; what was not judged counts in none of the means."""

    arm: int
    version_number: int
    model: str
    avg_score: float | None
    score_interval: tuple[float, float] | None
    avg_hallucination_rate: float | None
    n: int
    cost_usd: Decimal | None
    states: dict[str, int]
    evaluators: dict[str, EvaluatorMean]


class Verdict(Read):
    """`verdict` is pass, regression, inconclusive, invalid, not_comparable or budget_exhausted."""

    verdict: str
    sentence: str
    reasons: list[str]
    warnings: list[str]
    n_pairs: int


class ExperimentStatus(Read):
    experiment_id: UUID
    name: str
    prompt_name: str
    status: str
    trigger: str
    progress: dict[str, int]
    results: list[ArmResult]
    verdict: Verdict | None
    primary_evaluator: str
    cost_usd: Decimal | None
    eta_s: int | None
    error: str | None

    @property
    def has_ended(self) -> bool:
        return self.status in FINAL_EXPERIMENT


class CaseResult(Read):
    """One row per case and evaluator; a case that was not judged has one row without a score."""

    case_no: int
    arm: int
    version_number: int
    model: str
    example_id: UUID
    repeat: int
    state: str
    evaluator: str | None
    score: float | None
    hallucination_rate: float | None
    reason: str | None
    input_data: dict[str, Any]
    expected_output: str | None
    output: str | None
    error: str | None
    latency_ms: float | None
    cost_usd: Decimal | None


class Score(Read):
    evaluator: str
    state: str
    value: float | None
    reason: str


class Run(Read):
    """One call of a model with a prompt."""

    id: UUID
    status: str
    prompt_name: str | None
    version_number: int | None
    model: str
    output: str | None
    error: str | None
    latency_ms: float | None
    tokens_in: int | None
    tokens_out: int | None
    cost_usd: Decimal | None
    scores: list[Score]
    created_at: datetime

    @property
    def has_ended(self) -> bool:
        return self.status in FINAL_RUN


class GoldenExample(Read):
    id: UUID
    input_data: dict[str, Any]
    expected_output: str | None
    context: str | None
    criteria: str | None
    tags: list[str]
    split: str
    critical: bool
