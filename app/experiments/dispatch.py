"""Which shards may run now, and what becomes of cases nobody will run.

Few messages, not one per shard: a loop that is done with its shard claims the next one itself
(`shard.py`), so an experiment needs as many messages as loops. The other shards are *held*
(`next_send` is null) until a loop claims them or a loop that leaves sends a successor. A message
names a shard and only says that one waits: which is started, `claims.take` decides.
"""

from math import ceil

from sqlalchemy import func, select, text, update
from sqlalchemy.orm import Session

from app.core import lease
from app.core.celery_app import Task
from app.core.config import get_settings
from app.core.queue import enqueue
from app.models import CaseState, Experiment, ExperimentArm, ExperimentStatus, Result, Shard

OPEN = ("pending", "running")
ROLLABLE = (ExperimentStatus.pending, ExperimentStatus.running)


def loops(experiment: Experiment) -> int:
    """How many shard loops share the experiment's calls in flight."""
    return ceil(experiment.concurrency / get_settings().shard_concurrency)


def slots(experiment: Experiment) -> int:
    """Cases one loop may have in flight."""
    return ceil(experiment.concurrency / loops(experiment))


def wake(session: Session, experiment: Experiment) -> None:
    """Releases held shards until as many are on their way as the experiment has loops."""
    mine = Shard.experiment_id == experiment.id
    active = session.scalar(
        select(func.count())
        .select_from(Shard)
        .where(
            mine,
            (Shard.state == "running")
            | ((Shard.state == "pending") & Shard.next_send.is_not(None)),
        )
    )
    wanted = loops(experiment) - (active or 0)
    if wanted <= 0:
        return
    held = (
        select(Shard.id)
        .where(mine, Shard.state == "pending", Shard.next_send.is_(None))
        .order_by(Shard.number)
        .limit(wanted)
        .with_for_update(skip_locked=True)
    )
    for shard_id in list(session.scalars(held)):
        session.execute(
            update(Shard).where(Shard.id == shard_id).values(next_send=lease.first_send())
        )
        enqueue(session, Task.run_shard, shard_id=shard_id)


def locked(session: Session, experiment_id: object) -> Experiment:
    """The experiment as it is now, its row locked until the transaction ends.

    FOR NO KEY UPDATE: a plain FOR UPDATE waits for every batch of results being inserted, whose
    foreign key holds the row, and deadlocks with those that wait for this transaction's counters.
    """
    return session.scalars(
        select(Experiment)
        .where(Experiment.id == experiment_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).one()


def close_if_done(session: Session, experiment_id: object) -> None:
    """Sends the roll-up when no shard is open.

    The experiment's row is locked before counting: of two last shards that finish at once, each
    would otherwise see the other as unfinished and nobody would roll up.
    """
    experiment = locked(session, experiment_id)
    open_shards = session.scalar(
        select(func.count())
        .select_from(Shard)
        .where(Shard.experiment_id == experiment_id, Shard.state.in_(OPEN))
    )
    if open_shards or experiment.status not in ROLLABLE:
        return
    experiment.status = ExperimentStatus.rolling_up
    experiment.updated_at = func.clock_timestamp()
    enqueue(session, Task.roll_up, experiment_id=experiment.id)


def count_states(session: Session, experiment_id: object, counts: dict[str, int]) -> None:
    """Adds to the experiment's counters, in the transaction that wrote the results."""
    if not counts:
        return
    changed = func.jsonb_build_object(
        *[
            part
            for state, number in counts.items()
            for part in (
                text(f"'{CaseState(state).value}'"),
                text(f"coalesce((counts ->> '{CaseState(state).value}')::int, 0) + {number:d}"),
            )
        ]
    )
    session.execute(
        update(Experiment)
        .where(Experiment.id == experiment_id)
        .values(counts=Experiment.counts.op("||")(changed), updated_at=func.clock_timestamp()),
        execution_options={"synchronize_session": False},
    )


def fill_missing(
    session: Session,
    experiment: Experiment,
    state: CaseState,
    shard: Shard | None = None,
    *,
    reason: str | None = None,
) -> int:
    """Ends every case without a result in `state`, so that the states add up to the plan."""
    arms = session.scalar(
        select(func.count())
        .select_from(ExperimentArm)
        .where(ExperimentArm.experiment_id == experiment.id)
    )
    filled = session.execute(
        text(
            """
            INSERT INTO results (workspace_id, experiment_id, case_no, shard_id, arm, position,
                                 repeat, state, error_code, error, cost_usd)
            SELECT s.workspace_id, s.experiment_id, c.no, s.id, c.no % :arms,
                   (c.no / :arms) / :repeats, (c.no / :arms) % :repeats, :state, :state, :reason, 0
              FROM shards s
              CROSS JOIN LATERAL generate_series(s.first_case, s.first_case + s.cases - 1) c(no)
             WHERE s.experiment_id = :experiment AND (:shard = '' OR s.id::text = :shard)
            ON CONFLICT (experiment_id, case_no) DO UPDATE
               SET state = excluded.state, error_code = excluded.error_code,
                   error = excluded.error, retrying = false
             WHERE results.retrying
            RETURNING case_no
            """
        ),
        {
            "arms": arms,
            "repeats": experiment.repeats,
            "state": state.value,
            "reason": reason or REASONS[state],
            "experiment": experiment.id,
            "shard": str(shard.id) if shard else "",
        },
    ).all()
    count_states(session, experiment.id, {state.value: len(filled)} if filled else {})
    return len(filled)


REASONS = {
    CaseState.cancelled: "The experiment was cancelled before this case ran.",
    CaseState.worker_lost: "The workers that ran this case died; it is not tried again.",
    CaseState.budget_skipped: "The experiment's budget was used up before this case ran.",
}


def reopen_failed(session: Session, experiment: Experiment) -> int:
    """Marks results without a score to be tried again and opens their shards; how many.

    Cases an early end made unnecessary have not failed.
    """
    left_out = [
        CaseState.scored,
        *([CaseState.cancelled] if "stopped" in experiment.options else []),
    ]
    reopened = session.execute(
        update(Result)
        .where(
            Result.experiment_id == experiment.id,
            Result.state.not_in(left_out),
            Result.retrying.is_(False),
        )
        .values(retrying=True)
        .returning(Result.state, Result.shard_id)
    ).all()
    counts: dict[str, int] = {}
    for row in reopened:
        counts[row.state] = counts.get(row.state, 0) - 1
    session.execute(
        update(Shard)
        .where(Shard.id.in_({row.shard_id for row in reopened}))
        .values(state="pending", attempts=0, in_flight=[], sends=0, next_send=None)
    )
    count_states(session, experiment.id, counts)
    return len(reopened)
