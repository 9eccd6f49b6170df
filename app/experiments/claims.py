"""Taking shards, reading what their cases ask, keeping the lease, giving shards back."""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Row, func, select, update
from sqlalchemy.orm import Session

from app.core import lease
from app.core.clock import elapsed_s
from app.core.database import system_unit_of_work, unit_of_work
from app.experiments import dispatch
from app.experiments.results import SHARDS, CaseAddress
from app.models import (
    CaseState,
    Experiment,
    ExperimentArm,
    ExperimentExample,
    ExperimentStatus,
    Result,
    Shard,
)
from app.runs.case import Brief, Outcome

RUNNABLE = (ExperimentStatus.pending, ExperimentStatus.running)


class Ask(NamedTuple):
    """A case and what to ask for it."""

    address: CaseAddress
    brief: Brief


@dataclass(slots=True)
class Held:
    """A shard this loop holds. `lost` are cases a worker died on: they are not asked again.

    `confirmed_at` is when its lease was last asked for with success, by `clock.elapsed_s`.
    """

    row: Row[Any]
    confirmed_at: float
    asks: deque[Ask] = field(default_factory=deque)
    lost: list[Ask] = field(default_factory=list)
    is_lost: bool = False

    @property
    def careful(self) -> bool:
        """From the second attempt on, one case at a time: a poison case then ends alone."""
        return bool(self.row.attempts > 1)

    @property
    def is_late(self) -> bool:
        """Too long since its lease was renewed: somebody else may hold it."""
        return lease.is_late(self.confirmed_at)

    def may_ask(self) -> bool:
        return not (self.is_lost or self.is_late)


class Campaign(NamedTuple):
    """What all shards of an experiment share."""

    experiment: Experiment
    arms: Sequence[ExperimentArm]


def take(shard_id: UUID, owner: str) -> tuple[Campaign, Held] | None:
    """Claims a shard because a message came; None when there is nothing to claim.

    As many messages are on their way as shards wait, so that each is somebody's turn: whose, is
    decided here. The shard that is named breaks a tie, and is the one when none waits: it may be
    held, or its worker dead.
    """
    at = elapsed_s()
    with system_unit_of_work() as session:
        row = lease.claim(session, SHARDS, _whose_turn(session, shard_id) or shard_id, owner)
    if row is None:
        return None
    with unit_of_work(row.workspace_id) as session:
        experiment = session.get_one(Experiment, row.experiment_id)
        if experiment.status not in RUNNABLE:
            _give_back(session, row)
            return None
        session.execute(
            update(Experiment)
            .where(
                Experiment.id == experiment.id,
                Experiment.status.in_(RUNNABLE),
                # one that was paused before its first case is running, and has not started
                (Experiment.status == ExperimentStatus.pending) | Experiment.started_at.is_(None),
            )
            .values(status=ExperimentStatus.running, started_at=func.clock_timestamp())
        )
        arms = session.scalars(
            select(ExperimentArm)
            .where(ExperimentArm.experiment_id == experiment.id)
            .order_by(ExperimentArm.arm)
        ).all()
        campaign = Campaign(experiment, arms)
        return campaign, _held(session, campaign, row, at)


def _whose_turn(session: Session, named: UUID) -> UUID | None:
    """A waiting shard of the workspace with the fewest running, then of such an experiment."""
    running = (
        select(Shard.workspace_id, Shard.experiment_id)
        .where(Shard.state == "running")
        .cte("running")
    )
    at_work = select(func.count()).select_from(running)
    return session.scalar(
        select(Shard.id)
        .join(Experiment, Experiment.id == Shard.experiment_id)
        .where(
            Shard.state == "pending",
            Shard.next_send.is_not(None),
            Experiment.status.in_(RUNNABLE),
        )
        .order_by(
            at_work.where(running.c.workspace_id == Shard.workspace_id).scalar_subquery(),
            at_work.where(running.c.experiment_id == Shard.experiment_id).scalar_subquery(),
            (Shard.id == named).desc(),
            Shard.id,  # the oldest first
        )
        .limit(1)
        .with_for_update(of=Shard, skip_locked=True)
    )


def take_next(campaign: Campaign, owner: str) -> Held | None:
    """Claims another shard of the same experiment, so that its slots stay full to the end."""
    experiment, at = campaign.experiment, elapsed_s()
    with unit_of_work(experiment.workspace_id) as session:
        waiting = session.scalar(
            select(Shard.id)
            .join(Experiment, Experiment.id == Shard.experiment_id)
            .where(
                Shard.experiment_id == experiment.id,
                Shard.state == "pending",
                Experiment.status.in_(RUNNABLE),
            )
            .order_by(Shard.number)
            .limit(1)
            .with_for_update(of=Shard, skip_locked=True)
        )
        row = lease.claim(session, SHARDS, waiting, owner) if waiting else None
        return _held(session, campaign, row, at) if row is not None else None


def others_wait(experiment_id: UUID) -> bool:
    """True while a shard of another experiment waits for a worker."""
    with system_unit_of_work() as session:
        waiting = select(Shard.id).where(
            Shard.state == "pending",
            Shard.next_send.is_not(None),
            Shard.experiment_id != experiment_id,
        )
        return session.scalar(waiting.limit(1)) is not None


def _held(session: Session, campaign: Campaign, row: Row[Any], at: float) -> Held:
    arms, repeats = len(campaign.arms), campaign.experiment.repeats
    stored = {
        result.case_no: result
        for result in session.execute(
            select(Result.case_no, Result.retrying, Result.output).where(
                Result.experiment_id == row.experiment_id,
                Result.case_no >= row.first_case,
                Result.case_no < row.first_case + row.cases,
            )
        )
    }
    first, last = row.first_case, row.first_case + row.cases - 1
    examples = {
        example.position: example
        for example in session.scalars(
            select(ExperimentExample).where(
                ExperimentExample.experiment_id == row.experiment_id,
                ExperimentExample.position.between(
                    first // arms // repeats, last // arms // repeats
                ),
            )
        )
    }
    held = Held(row, confirmed_at=at)
    for case_no in range(first, last + 1):
        before = stored.get(case_no)
        if before is not None and not before.retrying:
            continue
        address = CaseAddress(
            case_no, case_no % arms, case_no // arms // repeats, case_no // arms % repeats
        )
        example, arm = examples[address.position], campaign.arms[address.arm]
        paid_for = before.output if before is not None else None  # only its judging is missing
        ask = Ask(address, _brief(arm, example, address.repeat, paid_for))
        (held.lost if case_no in row.in_flight else held.asks).append(ask)
    return held


def _brief(
    arm: ExperimentArm, example: ExperimentExample, repeat: int, output: str | None
) -> Brief:
    return Brief(
        template=arm.template,
        inputs=example.input_data,
        model=arm.model,
        parameters=arm.parameters,
        expected=example.expected_output,
        context=example.context,
        criteria=example.criteria,
        output=output,
        repeat=repeat,
    )


def lost_outcome() -> Outcome:
    """How a case ends whose worker died on it."""
    return Outcome(
        state=CaseState.worker_lost,
        error_code=CaseState.worker_lost.value,
        error=dispatch.REASONS[CaseState.worker_lost],
    )


def skipped_outcome() -> Outcome:
    return Outcome(
        state=CaseState.budget_skipped,
        error_code=CaseState.budget_skipped.value,
        error=dispatch.REASONS[CaseState.budget_skipped],
    )


def renew(shards: Sequence[Held], workspace_id: UUID) -> list[Held]:
    """Keeps the leases; gives back those that are lost."""
    at = elapsed_s()
    with unit_of_work(workspace_id) as session:
        kept = {
            held.row.id: lease.renew(session, SHARDS, held.row.id, held.row.fence)
            for held in _in_order(shards)
        }
    for held in shards:
        if kept[held.row.id]:
            held.confirmed_at = at
    return [held for held in shards if not kept[held.row.id]]


def leave(campaign: Campaign, shards: Sequence[Held]) -> None:
    """Gives unfinished shards back without counting the attempt, and sends a successor."""
    workspace_id = campaign.experiment.workspace_id
    with unit_of_work(workspace_id) as session:
        for held in _in_order(shards):
            _give_back(session, held.row)
        # locked: a resume that counts while this shard is still ours would wake nobody
        experiment = dispatch.locked(session, campaign.experiment.id)
        if experiment.status in RUNNABLE:
            dispatch.wake(session, experiment)


def _in_order(shards: Sequence[Held]) -> list[Held]:
    """Rows are always locked by number: two that lock the same ones would else deadlock."""
    return sorted(shards, key=lambda held: held.row.number)


def _give_back(session: Session, row: Row[Any]) -> None:
    """Held, not sent: `wake` decides. No case is in flight, so that none counts as lost."""
    if lease.release(session, SHARDS, row.id, row.fence):
        given_back = update(Shard).where(Shard.id == row.id)
        session.execute(given_back.values(next_send=None, in_flight=[]))
