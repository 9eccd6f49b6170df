"""A run that is due becomes an experiment: once, whoever is told of it however often."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, func, select, text, update
from sqlalchemy.orm import Session

from app.accounts.subject import SCOPES_OF, Subject, SubjectKind
from app.core import lease, logs
from app.core.celery_app import Task
from app.core.clock import now
from app.core.database import system_unit_of_work, unit_of_work
from app.core.errors import AppError
from app.core.queue import enqueue
from app.events import EventKind, emit
from app.experiments import service as experiments
from app.models import FINAL, Experiment, Role, Schedule, ScheduleRun
from app.models.base import table_of
from app.schedules import asking, service
from app.schedules.cron import NotACron, following

RUNS = table_of(ScheduleRun)
MOST = 100  # schedules that one sweep makes due
log = logs.get()


class LeaseLost(Exception):
    """Another worker has the run: what was begun here is undone."""


def start(run_id: UUID) -> None:
    """Starts the experiment of one run; a second delivery finds nothing to claim."""
    with system_unit_of_work() as session:
        run = lease.claim(session, RUNS, run_id, lease.owner())
    if run is None:
        return
    try:
        with unit_of_work(run.workspace_id) as session:
            experiment_id = _begin(session, run)
    except LeaseLost:
        log.warning("schedule_run_lost", run_id=str(run_id))
    except AppError as error:  # what it asks for is there no more, or its budget is used up
        _fail(run, str(error))
    else:
        log.info("schedule_run_started", experiment_id=str(experiment_id))


def _begin(session: Session, run: Row[Any]) -> UUID:
    """The experiment and the end of the run in one transaction."""
    schedule = session.get_one(Schedule, run.schedule_id)
    experiment, _ = experiments.start(session, _clock(schedule), asking.request_of(schedule))
    ended = {"state": "done", "experiment_id": experiment.id}
    if not lease.finish(session, RUNS, run.id, run.fence, **ended):
        raise LeaseLost
    return experiment.id


def _fail(run: Row[Any], why: str) -> None:
    with unit_of_work(run.workspace_id) as session:
        if lease.finish(session, RUNS, run.id, run.fence, state="failed", error=why):
            _tell(session, run.id, why)


def _tell(session: Session, run_id: UUID, why: str) -> None:
    run = session.get_one(ScheduleRun, run_id)
    schedule = session.get_one(Schedule, run.schedule_id)
    emit(
        session,
        schedule.workspace_id,
        EventKind.schedule_failed,
        title=f"The schedule {schedule.name} could not start its experiment: {why}",
        object_id=schedule.id,
        data={"schedule": schedule.name, "due_at": run.due_at.isoformat(), "error": why},
        once=f"schedule run {run_id}",
    )


def sweep() -> int:
    """Makes due what the clock says, and sends again what was lost; how many rows it touched."""
    with system_unit_of_work() as session:
        touched = _make_due(session)
    with system_unit_of_work() as session:
        touched += lease.resend(session, RUNS, Task.start_scheduled, "run_id", _give_up)
        touched += _unwatched(session)
    return touched


def _unwatched(session: Session) -> int:
    """Experiments that ended without anybody looking at what they say of drift."""
    forgotten = session.scalars(
        select(ScheduleRun.experiment_id)
        .join(Experiment, Experiment.id == ScheduleRun.experiment_id)
        .where(
            ScheduleRun.watched_at.is_(None),
            Experiment.status.in_(FINAL),
            Experiment.updated_at < text("clock_timestamp() - interval '1 minute'"),
        )
        .limit(MOST)
    ).all()
    for experiment_id in filter(None, forgotten):
        enqueue(session, Task.watch_drift, experiment_id=experiment_id)
    return len(forgotten)


def _make_due(session: Session) -> int:
    """A time that passed while nothing ran is made up for once, not as often as it was missed."""
    ripe = session.scalars(
        select(Schedule)
        .where(Schedule.enabled, Schedule.next_run_at <= func.clock_timestamp())
        .order_by(Schedule.next_run_at)
        .limit(MOST)
        .with_for_update(skip_locked=True, key_share=True)
    ).all()
    for schedule in ripe:
        service.due(session, schedule)
        schedule.next_run_at = _next(session, schedule)
    return len(ripe)


def _next(session: Session, schedule: Schedule) -> datetime | None:
    """None where the zone is known no more: it stops, is told of, and holds up no other."""
    try:
        (upcoming,) = following(schedule.cron, schedule.time_zone, now())
    except NotACron as error:
        emit(
            session,
            schedule.workspace_id,
            EventKind.schedule_failed,
            title=f"The schedule {schedule.name} has stopped: {error}. Change its times.",
            object_id=schedule.id,
            data={"schedule": schedule.name, "due_at": None, "error": str(error)},
            once=f"schedule {schedule.id} stopped at change {schedule.number}",
        )
        return None
    return upcoming


def _give_up(session: Session, run_id: UUID) -> None:
    why = "its workers kept dying; the log says why"
    session.execute(update(RUNS).where(RUNS.c.id == run_id).values(error=why, next_send=None))
    session.flush()
    _tell(session, run_id, why)


def _clock(schedule: Schedule) -> Subject:
    """Who starts it: the schedule, with what an editor may and in its key's account."""
    return Subject(
        kind=SubjectKind.key if schedule.api_key_id else SubjectKind.system,
        id=schedule.api_key_id,
        label=f"schedule {schedule.name}",
        workspace_id=schedule.workspace_id,
        workspace_name="",
        role=Role.editor,
        scopes=SCOPES_OF[Role.editor],
    )
