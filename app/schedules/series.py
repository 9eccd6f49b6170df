"""The runs of a watched version that can be held against one another.

A series is the newest runs that asked the same: version, model, evaluator, judge and examples.
"""

from collections.abc import Sequence
from itertools import takewhile
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.judges.own_model import judge_model_of
from app.models import (
    DriftSignal,
    Experiment,
    ExperimentArm,
    ExperimentStatus,
    Schedule,
    ScheduleRun,
)
from app.schedules.following import Point

SHOWN = 400  # runs at most: more than a year of days
FINISHED = (ExperimentStatus.completed, ExperimentStatus.completed_with_errors)


class Series(NamedTuple):
    """Runs that asked the same, oldest first, and what they asked."""

    key: str
    version_number: int
    model: str
    evaluator: dict[str, Any]
    judge_model: str
    points: list[Point]


def newest(session: Session, schedule: Schedule) -> Series | None:
    """The runs of the schedule's newest series; None before the first that finished."""
    rows = session.execute(
        select(Experiment, ExperimentArm)
        .join(ScheduleRun, ScheduleRun.experiment_id == Experiment.id)
        .join(
            ExperimentArm, (ExperimentArm.experiment_id == Experiment.id) & (ExperimentArm.arm == 0)
        )
        .where(
            ScheduleRun.workspace_id == schedule.workspace_id,
            ScheduleRun.schedule_id == schedule.id,
            Experiment.status.in_(FINISHED),
            Experiment.created_at >= (schedule.watched_since or schedule.created_at),
        )
        .order_by(Experiment.id.desc())
        .limit(SHOWN)
    ).all()
    if not rows:
        return None
    experiment, arm = rows[0]
    key = _key(schedule, experiment, arm)
    same = takewhile(lambda row: _key(schedule, *row) == key, rows)
    points = [_point(row.Experiment) for row in same]
    evaluator = primary_of(experiment)
    judge = judge_model_of(evaluator, experiment.judge_model)
    return Series(key, arm.version_number, arm.model, evaluator, judge, points[::-1])


def signals(session: Session, schedule: Schedule, series: str) -> Sequence[DriftSignal]:
    """What was told of a series, oldest first."""
    told = select(DriftSignal).where(
        DriftSignal.workspace_id == schedule.workspace_id,
        DriftSignal.schedule_id == schedule.id,
        DriftSignal.series == series,
    )
    return session.scalars(told.order_by(DriftSignal.id)).all()


def primary_of(experiment: Experiment) -> dict[str, Any]:
    """The evaluator whose scores are the experiment's, as it was frozen."""
    return next(e for e in experiment.evaluators if e["name"] == experiment.primary_evaluator)


def _key(schedule: Schedule, experiment: Experiment, arm: ExperimentArm) -> str:
    evaluator = primary_of(experiment)
    parts = (
        arm.version_id,
        arm.model,
        evaluator["name"],
        evaluator["version"],
        judge_model_of(evaluator, experiment.judge_model),
        experiment.snapshot_hash,
        experiment.repeats,
        schedule.watched_since or "",
    )
    return " ".join(map(str, parts))


def _point(experiment: Experiment) -> Point:
    result = (experiment.results or [{}])[0]
    examples = experiment.planned // max(experiment.repeats, 1)
    return Point(
        experiment.id,
        experiment.created_at,
        result.get("avg_score"),
        int(result.get("n") or 0),
        examples,
    )
