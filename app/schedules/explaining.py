"""How much of a change is the judge's: the golden examples beside answers that cannot change.

Canaries are stored answers that are judged again each day; what they moved by is the judge's doing,
and what is left of the golden examples' change is the version's own.
"""

from collections.abc import Sequence
from math import hypot

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.experiments.rollup import example_means
from app.models import CanaryCheck, Schedule
from app.schedules.schemas import CanaryPoint, DriftChange
from app.schedules.series import Series
from app.statistics.estimates import Estimate
from app.statistics.paired import difference_interval

ROUNDS = 400


def rounds(session: Session, schedule: Schedule, series: Series) -> Sequence[CanaryCheck]:
    """The rounds over the series' judge since its first run, oldest first."""
    found = session.scalars(
        select(CanaryCheck)
        .where(
            CanaryCheck.workspace_id == schedule.workspace_id,
            CanaryCheck.evaluator == series.evaluator["name"],
            CanaryCheck.judge_model == series.judge_model,
            CanaryCheck.created_at >= series.points[0].at,
        )
        .order_by(CanaryCheck.id.desc())
        .limit(ROUNDS)
    ).all()
    return found[::-1]


def points(checks: Sequence[CanaryCheck]) -> list[CanaryPoint]:
    return [_point(check) for check in checks]


def _point(check: CanaryCheck) -> CanaryPoint:
    scores = [row["score"] for row in check.report if row["score"] is not None]
    mean = sum(scores) / len(scores) if scores else None
    return CanaryPoint(at=check.created_at, mean=mean, n=len(scores), moved=check.moved)


def changes(session: Session, series: Series, checks: Sequence[CanaryCheck]) -> list[DriftChange]:
    """The newest run against the first, canaries against their first scores, and what is left."""
    golden = _golden(session, series)
    if golden is None:
        return []
    canaries = _canaries(checks[-1]) if checks else None
    left = _left(golden, canaries) if canaries else None
    named = (("golden", golden), ("canaries", canaries), ("left", left))
    return [_change(of, estimate) for of, estimate in named if estimate is not None]


def _golden(session: Session, series: Series) -> Estimate | None:
    counted = [point for point in series.points if point.counts]
    if len(counted) < 2:
        return None
    before, after = (
        example_means(session, point.experiment_id).get(0, {})
        for point in (counted[0], counted[-1])
    )
    both = before.keys() & after.keys()
    return _estimate([after[at].score - before[at].score for at in sorted(both)])


def _canaries(check: CanaryCheck) -> Estimate | None:
    return _estimate(
        [
            row["score"] - row["first_score"]
            for row in check.report
            if row["score"] is not None and row["first_score"] is not None
        ]
    )


def _estimate(differences: list[float]) -> Estimate | None:
    return difference_interval(differences) if differences else None


def _left(golden: Estimate, canaries: Estimate) -> Estimate:
    """A difference of two independent ones; the halves of their intervals add up as squares."""
    mean = golden.mean - canaries.mean
    low = hypot(golden.mean - golden.low, canaries.high - canaries.mean)
    high = hypot(golden.high - golden.mean, canaries.mean - canaries.low)
    return Estimate(mean, max(-1.0, mean - low), min(1.0, mean + high), golden.n)


def _change(of: str, estimate: Estimate) -> DriftChange:
    return DriftChange.model_validate(
        {
            "of": of,
            "difference": estimate.mean,
            "interval": [estimate.low, estimate.high],
            "n": estimate.n,
        }
    )
