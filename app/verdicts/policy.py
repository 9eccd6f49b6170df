"""What a candidate must show: metrics with margins, how sure, on how much, and what else blocks."""

from collections.abc import Collection, Sequence
from typing import Annotated, NamedTuple

from pydantic import ConfigDict, Field, model_validator
from rapidfuzz import process

from app.core.errors import invalid
from app.core.schema import Flag, Input, Line
from app.models import Direction

SCORE = "score"  # the experiment's primary evaluator
FAILURE = "failure"  # the share of examples whose score is below failing_below
HALLUCINATION = "hallucination_rate"
BUILT_IN = (SCORE, FAILURE, HALLUCINATION)
DEFAULT_MARGIN = 0.05


def usual_direction(metric: str | None) -> Direction:
    """Which way is better where nobody says it."""
    return "lower" if metric in {FAILURE, HALLUCINATION} else "higher"


class Rule(Input):
    """Read and answered: in an answer every field is there, whether it was said or not."""

    model_config = ConfigDict(extra="forbid", json_schema_serialization_defaults_required=True)


class MetricRule(Rule):
    """A metric that may block: `score`, `failure`, `hallucination_rate` or an evaluator's name."""

    metric: Line
    direction: Direction | None = Field(
        None, description="Which way is better; `lower` for failure and hallucination_rate."
    )
    margin: Annotated[float, Field(gt=0, le=1)] = Field(
        DEFAULT_MARGIN, description="The largest drop that does not matter, in the metric's unit."
    )

    @property
    def better(self) -> Direction:
        return self.direction or usual_direction(self.metric)


class Policy(Rule):
    """A gate's policy; the defaults are the ones whose error rates are measured in the docs."""

    metrics: Annotated[list[MetricRule], Field(min_length=1, max_length=20)] = Field(
        default_factory=lambda: [MetricRule(metric=SCORE), MetricRule(metric=FAILURE)]
    )
    alpha: Annotated[float, Field(gt=0, lt=0.5)] = 0.05
    floor: Annotated[float, Field(ge=0, lt=1)] = Field(
        0.01, description="A drop smaller than this is real for nobody."
    )
    minimum_pairs: Annotated[int, Field(ge=2, le=100_000)] = 20
    error_tolerance: Annotated[float, Field(ge=0, lt=1)] = Field(
        0.05, description="The share of pairs that may lack a score."
    )
    failing_below: Annotated[float, Field(gt=0, le=1)] = 0.5
    critical: Flag = Field(True, description="A critical example that fails anew blocks.")
    critical_repeats: Annotated[int, Field(ge=3, le=25)] = Field(
        3, description="Runs of a critical example of which most must fail before it blocks."
    )
    max_cost_ratio: Annotated[float, Field(gt=0, allow_inf_nan=False)] | None = None
    max_latency_ratio: Annotated[float, Field(gt=0, allow_inf_nan=False)] | None = None
    evaluator: Line | None = Field(
        None, description="The primary evaluator a verdict must rest on; any, if not said."
    )
    strict: Flag = Field(False, description="Inconclusive fails a CI job too.")
    require_certificate: Flag = Field(
        False, description="Only a judge with a valid certificate may pass a candidate."
    )

    @model_validator(mode="after")
    def names_each_metric_once(self) -> "Policy":
        named = [rule.metric for rule in self.metrics]
        if len(set(named)) < len(named):
            raise ValueError("each metric is named once")
        return self


DEFAULT = Policy()


class PolicyInForce(NamedTuple):
    """A policy and where it comes from; without a gate, the defaults."""

    policy: Policy
    gate: str | None = None
    gate_id: str | None = None
    number: int | None = None


BY_DEFAULT = PolicyInForce(DEFAULT)


def check_metrics(
    policy: Policy, evaluators: Collection[str], pointer: str = "#/metrics"
) -> Sequence[str]:
    """The metrics' names; raises 422 with the nearest name for one nothing measures."""
    known = [*BUILT_IN, *evaluators]
    for index, rule in enumerate(policy.metrics):
        if rule.metric not in known:
            nearest = process.extractOne(rule.metric, known)
            raise invalid(
                f"{pointer}/{index}/metric",
                f"Nothing measures {rule.metric!r}; did you mean {nearest[0]!r}? "
                f"There are: {', '.join(known)}.",
                code="unknown_metric",
            )
    return [rule.metric for rule in policy.metrics]
