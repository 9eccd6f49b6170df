"""The Verdict on the wire: what the dashboard, the CLI, JUnit, a PR comment and a label read."""

from uuid import UUID

from pydantic import Field, computed_field

from app.core.schema import Output
from app.models import Ruling
from app.verdicts.headline import headline
from app.verdicts.parts import (
    Changes,
    Dissimilarity,
    Interval,
    MetricVerdict,
    Settlement,
    Side,
    SliceVerdict,
)
from app.verdicts.policy import Policy

DECISION_VERSION = 2  # raised whenever the same evidence could come to another verdict


class InForce(Output):
    """The policy that was applied; without a gate, the defaults."""

    gate: str | None
    gate_id: UUID | None
    number: int | None
    policy: Policy


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
        return headline(
            self.verdict,
            self.baseline,
            self.candidate,
            n_pairs=self.n_pairs,
            metrics=self.metrics,
            changes=self.changes,
            slices=self.slices,
        )
