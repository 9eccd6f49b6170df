"""The Verdict on the wire: what the dashboard, the CLI, JUnit, a PR comment and a label read."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, computed_field

from app.core.schema import Output
from app.models import CaseState, Ruling
from app.verdicts.headline import headline
from app.verdicts.policy import Policy

Interval = Annotated[list[float], Field(min_length=2, max_length=2)]
DECISION_VERSION = 1  # raised whenever the same evidence could come to another verdict


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


class InForce(Output):
    """The policy that was applied; without a gate, the defaults."""

    gate: str | None
    gate_id: UUID | None
    number: int | None
    policy: Policy


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


class Verdict(Output):
    """What the evidence says about a candidate against a baseline."""

    verdict: Ruling
    sentence: str
    reasons: list[str]
    warnings: list[str]
    settle: Settlement | None
    strict: bool
    decision_version: int
    seed: int
    baseline: Side
    candidate: Side
    policy: InForce
    representative: bool = Field(
        description="All golden examples and the models the versions are served by: what a gate "
        "that protects a label asks for."
    )
    n_pairs: int
    n_examples: int
    metrics: list[MetricVerdict]
    changes: Changes
    slices: list[SliceVerdict]
    cost_ratio: float | None
    latency_ratio: float | None
    score_if_missing: Interval | None = Field(
        description="The difference if every missing score were 0 for one side and 1 for the other."
    )
    differences: list[Dissimilarity]

    @computed_field(description="What happened, in a few words.")  # type: ignore[prop-decorator] # pydantic's documented way
    @property
    def headline(self) -> str:
        return headline(self)
