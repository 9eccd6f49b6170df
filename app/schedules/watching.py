"""Drift of a watched version: its runs are followed, what moved is named, and told once.

Besides the CUSUM each run is held against the series' first by a sign-flip test, which finds a
sudden change in one run. Whether model or judge moved is said by the judge's canaries.
"""

from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.core import logs
from app.core.clock import new_id
from app.core.database import system_unit_of_work
from app.evaluators.base import InvalidEvaluatorOptions, UnknownEvaluator, build
from app.events import EventKind, emit
from app.experiments.rollup import example_means
from app.models import (
    CanaryCheck,
    DriftSignal,
    Prompt,
    Schedule,
    ScheduleRun,
)
from app.schedules.following import Course, follow
from app.schedules.series import Series, newest, signals
from app.schedules.wording import Told, cause_in_words, sentence
from app.statistics.drift import LIMIT
from app.statistics.sign_flip import flip_p_values

SUDDEN = 0.001
SPARK = 40  # sums that a list of schedules draws
CANARY_ROUND = timedelta(days=1)
log = logs.get()


class Found(NamedTuple):
    """What one test says of a series."""

    test: str
    direction: str
    changed_at: datetime
    before: float
    after: float


def watch(experiment_id: UUID) -> None:
    """Follows the schedule that started this experiment; a second delivery changes nothing."""
    with system_unit_of_work() as session:
        run = session.scalars(
            select(ScheduleRun)
            .where(ScheduleRun.experiment_id == experiment_id)
            .with_for_update(key_share=True)
        ).one_or_none()
        if run is None or run.watched_at is not None:
            return
        schedule = session.get_one(Schedule, run.schedule_id)
        if schedule.watch:
            _follow(session, schedule)
        run.watched_at = func.clock_timestamp()


def _follow(session: Session, schedule: Schedule) -> None:
    series = newest(session, schedule)
    if series is None:
        return
    course = follow(series.points)
    for found in [*_slow(course), *_sudden(session, series)]:
        _tell(session, schedule, series, found)
    session.flush()
    told = signals(session, schedule, series.key)
    state = "alarm" if told else course.state
    schedule.drift = {
        "state": state,
        "sentence": told[-1].sentence if told else sentence(course),
        "cause": told[-1].cause if told else None,
        "direction": told[-1].direction if told else None,
        "runs": len(series.points),
        "falls": [run.falls for run in course.runs if run.falls is not None][-SPARK:],
        "limit": LIMIT,
    }


def _slow(course: Course) -> list[Found]:
    if course.alarm is None or course.mean is None:
        return []
    alarm = course.alarm
    return [Found("cusum", alarm.direction, alarm.changed.at, course.mean, alarm.mean)]


def _sudden(session: Session, series: Series) -> list[Found]:
    """The newest run against the first, example by example."""
    counted = [point for point in series.points if point.counts]
    if len(counted) < 2:
        return []
    first, last = counted[0], counted[-1]
    before = example_means(session, first.experiment_id).get(0, {})
    after = example_means(session, last.experiment_id).get(0, {})
    both = sorted(before.keys() & after.keys())
    if not both:
        return []
    gaps = [after[position].score - before[position].score for position in both]
    p = flip_p_values(gaps, both, seed=last.experiment_id.int % 2**32)
    if min(p.less, p.greater) > SUDDEN / 2:
        return []
    means = [sum(side[at].score for at in both) / len(both) for side in (before, after)]
    return [Found("sign_flip", "down" if p.less < p.greater else "up", last.at, *means)]


def _tell(session: Session, schedule: Schedule, series: Series, found: Found) -> None:
    """Stores the signal and tells it, unless this series' was told before."""
    cause, why = _cause(session, schedule, series, found.changed_at)
    prompt = session.get_one(Prompt, schedule.prompt_id)
    told = Told(
        prompt.name, series.version_number, found.before, found.after, found.changed_at, why
    )
    values = {
        "id": new_id(),
        "workspace_id": schedule.workspace_id,
        "schedule_id": schedule.id,
        "experiment_id": series.points[-1].experiment_id,
        "series": series.key,
        "test": found.test,
        "direction": found.direction,
        "cause": cause,
        "changed_at": found.changed_at,
        "sentence": told.sentence,
    }
    made = insert(DriftSignal).values(values).on_conflict_do_nothing().returning(DriftSignal.id)
    if session.scalar(made) is None:
        return
    emit(
        session,
        schedule.workspace_id,
        EventKind.drift_detected,
        title=told.sentence,
        object_id=schedule.id,
        data={
            "schedule": schedule.name,
            "prompt": prompt.name,
            "version": series.version_number,
            "test": found.test,
            "direction": found.direction,
            "cause": cause,
            "changed_at": found.changed_at.isoformat(),
            "experiment_id": str(series.points[-1].experiment_id),
        },
        once=f"drift {schedule.id} {series.key} {found.test}",
    )
    log.info("drift_detected", schedule_id=str(schedule.id), test=found.test, cause=cause)


def _cause(
    session: Session, schedule: Schedule, series: Series, since: datetime
) -> tuple[str, str]:
    """Who moved, and in which words: frozen outputs that are judged otherwise are the judge's."""
    if not asks_a_model(series.evaluator):
        return "model", cause_in_words("deterministic")
    rounds = session.scalars(
        select(CanaryCheck.moved).where(
            CanaryCheck.workspace_id == schedule.workspace_id,
            CanaryCheck.evaluator == series.evaluator["name"],
            CanaryCheck.judge_model == series.judge_model,
            CanaryCheck.created_at >= since - CANARY_ROUND,
            CanaryCheck.n > CanaryCheck.unjudged,
        )
    ).all()
    if not rounds:
        return "unknown", cause_in_words("unwatched")
    return ("judge", cause_in_words("judge")) if any(rounds) else ("model", cause_in_words("model"))


def asks_a_model(evaluator: dict[str, Any]) -> bool:
    try:
        return build(evaluator["name"], evaluator["options"]).needs_model
    except (UnknownEvaluator, InvalidEvaluatorOptions):  # an older release had it
        return True
