"""What a Verdict is made of, each part as it goes over the wire."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from app.core.schema import Output
from app.models import CaseState

Interval = Annotated[list[float], Field(min_length=2, max_length=2)]


class Side(Output):
    """One of the two that are compared."""

    experiment_id: UUID
    arm: int
    version_id: UUID
    version_number: int
    name: str | None
    model: str
    states: dict[CaseState, int] = Field(description="Cases by how they ended.")
    cost_usd: float | None
    latency_p95_ms: float | None


class MetricVerdict(Output):
    """One metric, candidate minus baseline over pairs of examples, in the metric's own unit."""

    metric: str
    direction: Literal["higher", "lower"]
    gating: bool = Field(description="May block; the others are shown only.")
    n_pairs: int
    unjudged: int
    baseline: float | None
    candidate: float | None
    difference: float | None
    interval: Interval | None = Field(description="Two-sided, at 1 - alpha.")
    worst: float | None = Field(
        description="How bad the difference can still be, one-sided at 1 - alpha."
    )
    p_value: float | None = Field(description="One-sided: is the candidate worse?")
    adjusted_p: float | None = Field(description="Holm, over all that may block.")
    margin: float | None
    minimum_detectable_difference: float | None
    noise_floor: float | None = Field(
        description="By how much two identical runs differ, at 95 %; null without repeats."
    )
    needed_pairs: int | None
    wins: int
    ties: int
    losses: int
    worse: bool
    within_margin: bool


class CaseChange(Output):
    position: int
    example_id: UUID
    baseline: float | None
    candidate: float | None
    critical: bool
    tags: list[str]


class Changes(Output):
    """Examples that changed sides; each list has the worst first and at most 50."""

    newly_failing: list[CaseChange]
    newly_failing_count: int
    fixed: list[CaseChange]
    fixed_count: int
    flaky: list[CaseChange] = Field(description="Their own repeats disagree about passing.")
    flaky_count: int
    worst_drops: list[CaseChange]
    critical: list[CaseChange] = Field(description="Critical examples that block.")


class SliceVerdict(Output):
    """One tag's examples, explored: q is Benjamini and Hochberg's."""

    tag: str
    n_pairs: int
    difference: float
    interval: Interval
    p_value: float
    q_value: float


class Dissimilarity(Output):
    """Something the two sides do not share."""

    what: str
    baseline: str
    candidate: str
    blocking: bool = Field(description="Then the two are not comparable.")


class Settlement(Output):
    """What would turn an inconclusive verdict into an answer."""

    examples: int | None = Field(description="Examples needed in all.")
    repeats: int | None = Field(description="Repeats of each version on these examples instead.")
    finer_score: bool = Field(description="The score has two values only; a finer one needs less.")
    sentence: str
