"""The sweeper: finds what a queue forgot or a dead worker left, every few seconds."""

from uuid import UUID

from sqlalchemy import exists, func, select, text
from sqlalchemy.orm import Session

from app.core import lease, logs
from app.core.celery_app import Task
from app.core.database import system_unit_of_work
from app.core.queue import enqueue
from app.experiments import dispatch, following
from app.experiments.results import SHARDS
from app.models import CaseState, Experiment, ExperimentStatus, Shard
from app.runs.execution import RUNS, give_up

log = logs.get()


def sweep() -> int:
    """Sends lost jobs again and ends hopeless ones; how many rows it touched."""
    with system_unit_of_work() as session:
        touched = lease.resend(session, RUNS, Task.run_prompt, "run_id", give_up)
        touched += lease.resend(session, SHARDS, Task.run_shard, "shard_id", _bury)
    with system_unit_of_work() as session:
        touched += _forgotten(session)
    if touched:
        log.info("swept", rows=touched)
    return touched


def _bury(session: Session, shard_id: UUID) -> None:
    """A shard that used up its attempts: its open cases end as worker_lost, the sums add up."""
    shard = session.get_one(Shard, shard_id)
    experiment = session.get_one(Experiment, shard.experiment_id)
    dispatch.fill_missing(session, experiment, CaseState.worker_lost, shard)
    if experiment.status in dispatch.ROLLABLE:
        dispatch.wake(session, experiment)  # the loop that held it would have taken the next
    dispatch.close_if_done(session, experiment.id)


def _forgotten(session: Session) -> int:
    """Experiments nobody works on: all shards final but no roll-up, or all shards held.

    One that waits for critical examples is worked on: their end sends its roll-up.
    """
    mine = Shard.experiment_id == Experiment.id
    on_its_way = exists().where(
        mine,
        (Shard.state == "running") | ((Shard.state == "pending") & Shard.next_send.is_not(None)),
    )
    quiet = Experiment.updated_at < text("clock_timestamp() - interval '10 seconds'")
    forgotten = session.scalars(
        select(Experiment)
        .where(
            Experiment.status.in_([*dispatch.ROLLABLE, ExperimentStatus.rolling_up]),
            quiet,
            ~on_its_way,
            (Experiment.status != ExperimentStatus.rolling_up)
            | ~following.awaited(Experiment.id).exists(),
        )
        .limit(100)
        .with_for_update(skip_locked=True)
    ).all()
    cancelled = session.scalars(
        select(Experiment)
        .where(Experiment.status == ExperimentStatus.cancelled, Experiment.results.is_(None), quiet)
        .limit(100)
    ).all()
    for experiment in [*forgotten, *cancelled]:
        if experiment.status in dispatch.ROLLABLE:
            dispatch.wake(session, experiment)
            dispatch.close_if_done(session, experiment.id)
        else:
            enqueue(session, Task.roll_up, experiment_id=experiment.id)
        experiment.updated_at = func.clock_timestamp()  # not again before it has been quiet
    return len(forgotten) + len(cancelled)
