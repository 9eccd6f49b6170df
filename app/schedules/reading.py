"""Schedules as they are read: with their last runs, and the chart of what is watched."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.core.clock import now
from app.models import DriftSignal, Experiment, ExperimentArm, Schedule, ScheduleRun
from app.prompts import paging
from app.prompts.paging import Listing
from app.schedules import explaining, service
from app.schedules.cron import following
from app.schedules.following import BASELINE_RUNS, Followed, follow
from app.schedules.schemas import (
    DriftAlarm,
    DriftPoint,
    DriftRead,
    ScheduleRead,
    ScheduleRequest,
    ScheduleRunRead,
)
from app.schedules.series import newest, signals
from app.schedules.watching import asks_a_model
from app.schedules.wording import sentence
from app.statistics.drift import LIMIT, SLACK

UPCOMING = 3
NO_RUNS = "No run has finished yet."


def schedules(session: Session, found: Sequence[Schedule]) -> list[ScheduleRead]:
    names = service.prompt_names(session, found)
    newest = service.last_runs(session, found)
    last = dict(zip(newest, _runs(session, list(newest.values())), strict=True))
    return [_schedule(one, names[one.prompt_id], last.get(one.id)) for one in found]


def _schedule(schedule: Schedule, prompt_name: str, last: ScheduleRunRead | None) -> ScheduleRead:
    columns = {column.key: getattr(schedule, column.key) for column in schedule.__table__.columns}
    times = (
        following(schedule.cron, schedule.time_zone, now(), UPCOMING)
        if schedule.next_run_at
        else []
    )
    return ScheduleRead.model_validate(
        columns
        | {
            "prompt_name": prompt_name,
            "request": ScheduleRequest.model_validate(schedule.request).model_dump(),
            "upcoming": times,
            "last_run": last,
            "drift": schedule.drift if schedule.watch else None,
        }
    )


def run(session: Session, made: ScheduleRun) -> ScheduleRunRead:
    (found,) = _runs(session, [made])
    return found


def runs(
    session: Session, schedule: Schedule, *, cursor: str | None, limit: int
) -> Listing[ScheduleRunRead]:
    """Newest first."""
    wanted = select(ScheduleRun).where(
        ScheduleRun.workspace_id == schedule.workspace_id, ScheduleRun.schedule_id == schedule.id
    )
    total = session.scalar(select(func.count()).select_from(wanted.subquery())) or 0
    order = f"schedule runs {schedule.id}"
    if after := paging.place(cursor, order):
        wanted = wanted.where(ScheduleRun.id < UUID(after[0]))
    rows = session.scalars(wanted.order_by(ScheduleRun.id.desc()).limit(limit + 1)).all()
    return paging.listing(
        _runs(session, rows), limit=limit, total=total, order=order, place_of=lambda row: [row.id]
    )


def _runs(session: Session, made: Sequence[ScheduleRun]) -> list[ScheduleRunRead]:
    ids = [one.experiment_id for one in made if one.experiment_id]
    rows = session.execute(
        select(Experiment, ExperimentArm.version_number)
        .join(
            ExperimentArm, (ExperimentArm.experiment_id == Experiment.id) & (ExperimentArm.arm == 0)
        )
        .where(Experiment.id.in_(ids))
    )
    experiments = {row.Experiment.id: row for row in rows}
    found = []
    for one in made:
        row = experiments.get(one.experiment_id) if one.experiment_id else None
        result = (row.Experiment.results or [{}])[0] if row else {}
        found.append(
            ScheduleRunRead.model_validate(
                {
                    "id": one.id,
                    "due_at": one.due_at,
                    "state": one.state,
                    "experiment_id": one.experiment_id if row else None,
                    "error": one.error,
                    "asked_by": one.asked_by,
                    "status": row.Experiment.status if row else None,
                    "version_number": row.version_number if row else None,
                    "mean": result.get("avg_score"),
                    "n": result.get("n"),
                    "cost_usd": result.get("cost_usd"),
                    "verdict": (row.Experiment.verdict or {}).get("verdict") if row else None,
                }
            )
        )
    return found


def drift(session: Session, schedule: Schedule) -> DriftRead:
    series = newest(session, schedule) if schedule.watch else None
    course = follow(series.points if series else [])
    told = signals(session, schedule, series.key) if series else []
    checks = explaining.rounds(session, schedule, series) if series else []
    words = told[-1].sentence if told else sentence(course) if series else NO_RUNS
    return DriftRead(
        schedule_id=schedule.id,
        state="alarm" if told else course.state,
        sentence=words,
        version_number=series.version_number if series else None,
        model=series.model if series else None,
        evaluator=series.evaluator["name"] if series else None,
        asks_model=asks_a_model(series.evaluator) if series else False,
        baseline_runs=BASELINE_RUNS,
        mean=course.mean,
        sd=course.sd,
        limit=LIMIT,
        slack=SLACK,
        points=[_point(one) for one in course.runs],
        alarms=[_alarm(one) for one in told],
        canaries=explaining.points(checks),
        changes=explaining.changes(session, series, checks) if series else [],
    )


def _point(followed: Followed) -> DriftPoint:
    point, *rest = followed
    in_baseline, z, rises, falls = rest
    return DriftPoint(
        **point._asdict(),
        counts=point.counts,
        in_baseline=in_baseline,
        z=z,
        rises=rises,
        falls=falls,
    )


def _alarm(signal: DriftSignal) -> DriftAlarm:
    return DriftAlarm.model_validate(
        {
            name: getattr(signal, name)
            for name in ("test", "direction", "cause", "changed_at", "experiment_id", "sentence")
        }
        | {"found_at": signal.created_at}
    )
