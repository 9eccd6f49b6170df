"""The door money goes through: what a call may cost is reserved before it, and settled after it.

Every limit has one lock, its own row: who reserves holds it for a statement or two, so that two
callers never get the same dollar. Settling needs none of it, for it only ever frees money: the
entry in the cost log (counted by a trigger, `models/budget.py`) and the reservation change in one
transaction. A reservation whose holder died frees itself when its lease ends.

    reserve(session, spender, reservation_id, amount)   one call; raises BudgetGone
    settle(session, reservation_id)                     its cost is in the log now

    grow(session, spender, reservation_id, …)           a loop's reserve for calls to come
    keep(session, reservation_id, amount)               what is left of it after a batch
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import and_, delete, func, or_, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.budgets import ledger
from app.budgets.ledger import Line
from app.core.errors import AppError
from app.core.schema import plain_number
from app.models import Budget, BudgetScope, Experiment, Reservation

CALL_S = 3600.0  # a single run may wait in the queue before it is made
NOTE_STOP = """
INSERT INTO budget_periods (id, workspace_id, budget_id, starts_at, stopped_at)
VALUES (gen_random_uuid(), :workspace, :budget, :starts, clock_timestamp())
ON CONFLICT (workspace_id, budget_id, starts_at)
DO UPDATE SET stopped_at = coalesce(budget_periods.stopped_at, excluded.stopped_at)
"""
SHARE = 4  # of what is left a loop takes a quarter at most: others can go on


class BudgetGone(AppError):
    """Answered with what is left, what is missing and when the budget starts again."""

    status = 402
    code = "budget_gone"
    title = "The budget does not allow this"
    message = (
        "The {period}'s budget of this {whose} has {left} USD left of {limit}; this may cost "
        "{asked} USD, {missing} more. It starts again at {renews}; an admin can raise it."
    )

    @classmethod
    def of(cls, line: Line, amount: Decimal) -> "BudgetGone":
        room = Room.of(line, amount)
        renews = line.ends_at.astimezone(UTC).isoformat().replace("+00:00", "Z")
        said = {
            "left": plain_number(room.left_usd),
            "limit": plain_number(line.limit_usd),
            "missing": plain_number(room.missing_usd),
        }
        sentence = cls.message.format(
            period=line.period.value,
            whose=line.whose,
            asked=plain_number(amount),
            renews=renews,
            **said,
        )
        told = {
            "id": str(line.id),
            "scope": line.scope.value,
            "period": line.period.value,
            "renews_at": renews,
        }
        told |= {f"{name}_usd": value for name, value in said.items()}
        return cls(sentence, extra={"budget": told})


class Room(NamedTuple):
    """What the tightest budget has left for something that may cost so much."""

    line: Line
    left_usd: Decimal
    missing_usd: Decimal

    @classmethod
    def of(cls, line: Line, amount: Decimal) -> "Room":
        left = max(line.left_usd, Decimal(0))
        return cls(line, left, max(amount - left, Decimal(0)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Spender:
    """For whom a call is paid: this decides which budgets it falls under."""

    workspace_id: UUID
    prompt_id: UUID | None = None
    api_key_id: UUID | None = None
    experiment_id: UUID | None = None  # one with a cap of its own is held to it as well


class Answer(StrEnum):
    """What a loop gets that asks for money."""

    unlimited = "unlimited"  # no hard stop applies
    granted = "granted"
    wait = "wait"  # others hold what would do; they may not need it
    gone = "gone"  # there is too little, whatever the others do


class Need(NamedTuple):
    """What a loop asks for, in USD in all; `kept` is for calls in flight and what is not stored."""

    wanted: Decimal
    at_least: Decimal
    kept: Decimal
    whole: bool = False  # all there is, not a share of it


class Grant(NamedTuple):
    answer: Answer
    amount: Decimal  # what the reservation holds now
    refused_by: tuple[Line, ...] = ()  # to be noted by `note_stops`


class _Limit(NamedTuple):
    """One thing that bounds a spender: what it has left if nobody else held anything."""

    unspent: Decimal
    others: Decimal
    line: Line | None


def room(session: Session, spender: Spender, amount: Decimal) -> Room | None:
    """The hard-stop budget with the least left; None when none applies."""
    found = _lines(session, spender)
    return Room.of(min(found, key=lambda line: line.left_usd), amount) if found else None


def reserve(
    session: Session,
    spender: Spender,
    reservation_id: UUID,
    amount: Decimal,
    *,
    lasts_s: float = CALL_S,
) -> None:
    """Reserves one call's worst price in the caller's transaction; raises BudgetGone.

    Who makes the call settles it by the same id. Without a hard-stop budget nothing is written,
    and a call that costs nothing is never refused.
    """
    if amount <= 0:
        return
    found = _lines(session, spender, lock=True)
    if not found:
        return
    tightest = min(found, key=lambda line: line.left_usd)
    if tightest.left_usd < amount:
        raise BudgetGone.of(tightest, amount)
    _put(session, spender, reservation_id, amount, lasts_s)


def settle(session: Session, reservation_id: UUID) -> None:
    """Ends a reservation, in the transaction that writes what was really paid."""
    session.execute(delete(Reservation).where(Reservation.id == reservation_id))


def grow(
    session: Session,
    spender: Spender,
    reservation_id: UUID,
    need: Need,
    *,
    lasts_s: float,
) -> Grant:
    """Makes a loop's reservation as large as wanted, or as there is room for.

    What it gets beyond `at_least` is a quarter of what is left, at most. Where there is less than
    `at_least` it is cut down to `kept`, so that others can go on.
    """
    limits = _limits(session, spender, reservation_id)
    if not limits:
        return Grant(Answer.unlimited, Decimal(0))
    free = min(limit.unspent - limit.others for limit in limits)
    if free >= need.at_least:
        most = free if need.whole else max(need.at_least, free / SHARE)
        amount = min(need.wanted, most)
        _put(session, spender, reservation_id, amount, lasts_s)
        return Grant(Answer.granted, amount)
    _put(session, spender, reservation_id, need.kept, lasts_s)
    gone = [limit for limit in limits if limit.unspent < need.at_least]
    budgets = tuple(limit.line for limit in gone if limit.line is not None)
    return Grant(Answer.gone if gone else Answer.wait, need.kept, budgets)


def keep(session: Session, reservation_id: UUID, amount: Decimal, *, lasts_s: float) -> None:
    """Sets what a reservation holds from now on; said twice, it is the same."""
    session.execute(
        update(Reservation)
        .where(Reservation.id == reservation_id)
        .values(amount_usd=max(amount, Decimal(0)), lease_until=_until(lasts_s)),
        execution_options={"synchronize_session": False},
    )


def note_stops(session: Session, workspace_id: UUID, refused_by: Sequence[Line]) -> None:
    """That they have refused something: `exceeded`, though a little may be left.

    In a transaction of its own: a period's row may be locked by one that waits for an experiment.
    """
    for line in refused_by:
        session.execute(
            text(NOTE_STOP),
            {"workspace": workspace_id, "budget": line.id, "starts": line.starts_at},
        )


def _lines(
    session: Session, spender: Spender, *, lock: bool = False, but: UUID | None = None
) -> list[Line]:
    """The hard stops a spender is under. Locked in the order of their ids: nobody deadlocks."""
    under = [Budget.scope == BudgetScope.workspace]
    if spender.prompt_id is not None:
        under.append(Budget.prompt_id == spender.prompt_id)
    if spender.api_key_id is not None:
        under.append(Budget.api_key_id == spender.api_key_id)
    mine = Budget.workspace_id == spender.workspace_id
    ids = (
        select(Budget.id)
        .where(mine, Budget.enabled, Budget.hard_stop, or_(*under))
        .order_by(Budget.id)
    )
    if lock:
        ids = ids.with_for_update(key_share=True)
    found = list(session.scalars(ids))
    return ledger.lines(session, spender.workspace_id, ids=found, mine=but) if found else []


def _limits(session: Session, spender: Spender, mine: UUID) -> list[_Limit]:
    """Budgets, then the experiment's own cap: always locked in this order."""
    found = [
        _Limit(line.limit_usd - line.spent_usd, line.reserved_usd, line)
        for line in _lines(session, spender, lock=True, but=mine)
    ]
    if spender.experiment_id is not None:
        cap = _cap(session, spender.experiment_id, mine)
        found += [cap] if cap else []
    return found


def _cap(session: Session, experiment_id: UUID, mine: UUID) -> _Limit | None:
    spent = Experiment.cost_usd + Experiment.cost_estimated
    own = select((Experiment.max_cost_usd - spent).label("left")).where(
        Experiment.id == experiment_id, Experiment.max_cost_usd.is_not(None)
    )
    row = session.execute(own.with_for_update(key_share=True)).one_or_none()
    if row is None:
        return None
    others = session.scalar(
        select(func.coalesce(func.sum(Reservation.amount_usd), 0)).where(
            and_(
                Reservation.experiment_id == experiment_id,
                Reservation.id != mine,
                Reservation.lease_until > func.statement_timestamp(),
            )
        )
    )
    return _Limit(row.left, others or Decimal(0), None)


def _until(seconds: float) -> object:
    return func.clock_timestamp() + func.make_interval(0, 0, 0, 0, 0, 0, seconds)


def _put(
    session: Session, spender: Spender, reservation_id: UUID, amount: Decimal, lasts_s: float
) -> None:
    held = {"amount_usd": max(amount, Decimal(0)), "lease_until": _until(lasts_s)}
    session.execute(
        insert(Reservation)
        .values(
            id=reservation_id,
            workspace_id=spender.workspace_id,
            prompt_id=spender.prompt_id,
            api_key_id=spender.api_key_id,
            experiment_id=spender.experiment_id,
            **held,
        )
        .on_conflict_do_update(index_elements=[Reservation.id], set_=held)
    )
