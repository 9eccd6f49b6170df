"""What is measured and which way is better, as the verdict's policy says it."""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy.orm import Session

from app.core.errors import invalid
from app.models import Direction
from app.verdicts.loading import Place
from app.verdicts.policy import BUILT_IN, HALLUCINATION, MetricRule
from app.verdicts.service import policy_of


class Line(NamedTuple):
    """What is measured, which way is better, and below which score an example fails."""

    metric: str
    better: Direction
    failing_below: float


def evaluators_of(places: Sequence[Place]) -> set[str]:
    """Who judged any of them."""
    return {entry["name"] for place in places for entry in place.experiment.evaluators}


def line_of(session: Session, places: Sequence[Place], metric: str) -> Line:
    """Raises a 422 for what nothing measures here."""
    experiment = places[min(1, len(places) - 1)].experiment
    name = HALLUCINATION if metric == "hallucination" else metric
    judged = evaluators_of(places)
    if name not in judged.union(BUILT_IN):
        named = ", ".join([*BUILT_IN, *sorted(judged)])
        raise invalid(
            "query:metric",
            f"Nothing measures {metric!r} here; there are: {named}.",
            code="unknown_metric",
        )
    policy = policy_of(session, experiment).policy
    rule = next((rule for rule in policy.metrics if rule.metric == name), MetricRule(metric=name))
    return Line(name, rule.better, policy.failing_below)
