"""Schedules: made, changed, switched off, and asked to run at once."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session

from app import audit
from app.accounts.subject import Scope, Subject
from app.audit import AuditTag
from app.core import lease
from app.core.celery_app import Task
from app.core.clock import new_id, now
from app.core.errors import Conflict, Forbidden, NotFound, OutOfDate, invalid
from app.core.queue import enqueue
from app.experiments import plan, selection
from app.models import Prompt, Schedule, ScheduleRun
from app.prompts import paging
from app.prompts.paging import Listing
from app.schedules import asking
from app.schedules.cron import NotACron, check, following


class ScheduleNotFound(NotFound):
    message = "There is no schedule with this id in your workspace."


class ScheduleChanged(OutOfDate):
    message = "The schedule is at change {number} now; read it again and repeat yours."


class NameTaken(Conflict):
    message = "There is a schedule named {name!r} already; choose another name."


class StillStarting(Conflict):
    message = "A run of this schedule is about to start; wait for it."


def readable_by(subject: Subject) -> Select[Schedule]:
    """Every read of schedules starts here."""
    return select(Schedule).where(Schedule.workspace_id == subject.workspace_id)


def get(session: Session, subject: Subject, schedule_id: UUID) -> Schedule:
    schedule = session.scalar(readable_by(subject).where(Schedule.id == schedule_id))
    if schedule is None:
        raise ScheduleNotFound
    return schedule


def page(
    session: Session, subject: Subject, *, prompt_id: UUID | None, cursor: str | None, limit: int
) -> Listing[Schedule]:
    """Newest first; all prompts' or one's."""
    wanted = readable_by(subject)
    if prompt_id is not None:
        wanted = wanted.where(Schedule.prompt_id == prompt_id)
    total = session.scalar(select(func.count()).select_from(wanted.subquery())) or 0
    order = f"schedules {subject.workspace_id} {prompt_id}"
    if after := paging.place(cursor, order):
        wanted = wanted.where(Schedule.id < UUID(after[0]))
    rows = session.scalars(wanted.order_by(Schedule.id.desc()).limit(limit + 1)).all()
    return paging.listing(
        rows, limit=limit, total=total, order=order, place_of=lambda row: [row.id]
    )


def create(
    session: Session, subject: Subject, *, prompt: UUID | str, values: Mapping[str, Any]
) -> Schedule:
    """Checks what it would run as an experiment is checked; raises 404, NameTaken and Invalid.

    Its runs are paid by the caller: under the budget of the key, where it is one.
    """
    _refuse_who_may_not_run(subject)
    found = selection.find_prompt(session, subject, prompt)
    schedule = Schedule(
        id=new_id(),
        workspace_id=subject.workspace_id,
        prompt_id=found.id,
        created_by=subject.label,
        api_key_id=subject.key_id,
        **values,
    )
    _refuse_taken(session, schedule)
    _check(session, subject, schedule)
    session.add(schedule)
    session.flush()
    session.refresh(schedule)
    _noted(session, subject, schedule, AuditTag.schedule_created)
    return schedule


def change(
    session: Session,
    subject: Subject,
    schedule_id: UUID,
    *,
    changes: Mapping[str, Any],
    numbers: Collection[str] | None = None,
) -> Schedule:
    """Sets what is given; `numbers` are the changes the caller has seen (ScheduleChanged).

    From then on whoever changed it pays.
    """
    schedule = _locked(session, subject, schedule_id)
    _refuse_who_may_not_run(subject)
    if numbers is not None and str(schedule.number) not in numbers:
        raise ScheduleChanged(number=schedule.number)
    before = {name: getattr(schedule, name) for name in changes}
    for name, value in changes.items():
        setattr(schedule, name, value)
    if before == changes:
        return schedule
    with session.no_autoflush:
        _refuse_taken(session, schedule)
        _check(session, subject, schedule)
    schedule.api_key_id = subject.key_id
    schedule.number += 1
    schedule.updated_at = now()
    session.flush()
    _noted(session, subject, schedule, AuditTag.schedule_changed, before=before)
    return schedule


def delete(session: Session, subject: Subject, schedule_id: UUID) -> None:
    """Its experiments stay; what was learned about drift goes with it."""
    schedule = _locked(session, subject, schedule_id)
    _noted(session, subject, schedule, AuditTag.schedule_deleted)
    session.delete(schedule)


def run_now(session: Session, subject: Subject, schedule_id: UUID) -> ScheduleRun:
    """A run between those that are due; it counts like the others. Raises StillStarting."""
    schedule = _locked(session, subject, schedule_id)
    starting = select(ScheduleRun.id).where(
        ScheduleRun.schedule_id == schedule.id, ScheduleRun.state.in_(("pending", "running"))
    )
    if session.scalar(starting.limit(1)) is not None:
        raise StillStarting
    made = due(session, schedule, asked_by=subject.label)
    _noted(session, subject, schedule, AuditTag.schedule_run)
    return made


def learn_again(session: Session, subject: Subject, schedule_id: UUID) -> Schedule:
    """What is usual is learned anew from the next runs on: a drift was accepted."""
    schedule = _locked(session, subject, schedule_id)
    schedule.watched_since = now()
    schedule.drift = None
    schedule.number += 1
    session.flush()
    _noted(session, subject, schedule, AuditTag.schedule_learned)
    return schedule


def due(session: Session, schedule: Schedule, *, asked_by: str | None = None) -> ScheduleRun:
    """A run to be started by a worker."""
    made = ScheduleRun(
        id=new_id(),
        workspace_id=schedule.workspace_id,
        schedule_id=schedule.id,
        due_at=schedule.next_run_at if asked_by is None else now(),
        asked_by=asked_by,
        next_send=lease.first_send(),
    )
    session.add(made)
    session.flush()
    enqueue(session, Task.start_scheduled, run_id=made.id)
    return made


def last_runs(session: Session, schedules: Sequence[Schedule]) -> dict[UUID, ScheduleRun]:
    """The newest run of each."""
    newest = (
        select(ScheduleRun)
        .where(ScheduleRun.schedule_id.in_([schedule.id for schedule in schedules]))
        .order_by(ScheduleRun.schedule_id, ScheduleRun.id.desc())
        .ext(distinct_on(ScheduleRun.schedule_id))
    )
    return {run.schedule_id: run for run in session.scalars(newest)}


def prompt_names(session: Session, schedules: Sequence[Schedule]) -> dict[UUID, str]:
    wanted = {schedule.prompt_id for schedule in schedules}
    rows = session.execute(select(Prompt.id, Prompt.name).where(Prompt.id.in_(wanted)))
    return {row.id: row.name for row in rows}


def _check(session: Session, subject: Subject, schedule: Schedule) -> None:
    """Raises what a run would raise now; then sets when the next one is due."""
    try:
        check(schedule.cron, schedule.time_zone, now())
    except NotACron as error:
        field = "time_zone" if "time zone" in str(error) else "cron"
        raise invalid(f"#/{field}", f"{error}.", code="not_a_cron") from error
    if schedule.watch and len(schedule.versions) != 1:
        raise invalid("#/versions", "Drift is of one version; name one, or do not watch.")
    request = asking.request_of(schedule)
    if schedule.watch and len(request.models) > 1:
        raise invalid("#/request/models", "Drift is of one model; name one, or do not watch.")
    plan.make(session, subject, request)
    (upcoming,) = following(schedule.cron, schedule.time_zone, now())
    schedule.next_run_at = upcoming if schedule.enabled else None


def _refuse_who_may_not_run(subject: Subject) -> None:
    """The clock spends later what is asked for now."""
    if not subject.may(Scope.run):
        raise Forbidden("A schedule runs experiments: this needs the scope 'run' besides 'write'.")


def _refuse_taken(session: Session, schedule: Schedule) -> None:
    taken = select(Schedule.id).where(
        Schedule.workspace_id == schedule.workspace_id,
        Schedule.name == schedule.name,
        Schedule.id != schedule.id,
    )
    if session.scalar(taken) is not None:
        raise NameTaken(name=schedule.name)


def _locked(session: Session, subject: Subject, schedule_id: UUID) -> Schedule:
    schedule = get(session, subject, schedule_id)
    session.refresh(schedule, with_for_update={"key_share": True})
    return schedule


def _noted(
    session: Session,
    subject: Subject,
    schedule: Schedule,
    tag: AuditTag,
    *,
    before: Mapping[str, Any] | None = None,
) -> None:
    after = {name: getattr(schedule, name) for name in (before or ("name", "cron", "enabled"))}
    audit.record(session, subject, tag, object_id=schedule.id, before=before, after=after)
