"""One event on its way to one receiver: tried until it arrives, for about 28 hours.

A receiver that says when to come back (`Retry-After`) is not met before, unless that is later than
the longest pause there is or a day after the event; the number of tries stays the same.

A delivery is a leased job (`core/lease.py`), so that two workers never send it at once and one that
dies is replaced. A receiver may still get a message twice, when a worker dies after sending and
before noting it: the message's id stays the same, for it to tell.
"""

import random
from datetime import timedelta
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Row, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.core import lease
from app.core.celery_app import Task
from app.core.clock import new_id
from app.core.database import system_unit_of_work
from app.core.queue import enqueue
from app.models import Delivery, DeliveryAttempt, DeliveryState, Event
from app.models.base import table_of

DELIVERIES = table_of(Delivery)
PAUSES_S = (5, 300, 1_800, 7_200, 18_000, 36_000, 36_000)  # 27.6 h; the schedule receivers know
HORIZON = timedelta(hours=24)  # what a receiver asks for puts nothing off beyond it
JITTER = 0.2  # of a pause, so that a receiver that comes back is not met by all at once


class Receiver(NamedTuple):
    """A webhook endpoint, or an e-mail address."""

    endpoint_id: UUID | None = None
    address: str | None = None


class Tried(NamedTuple):
    """How one try went. `final`: another one would not go better."""

    delivered: bool
    duration_ms: int = 0
    status_code: int | None = None
    error: str | None = None
    answer: str | None = None
    final: bool = False
    retry_after_s: float = 0.0  # what the receiver asked for


def send_to(session: Session, event: Event, receiver: Receiver) -> UUID | None:
    """Asks for a delivery; None when there is one already."""
    made = session.execute(
        insert(Delivery)
        .values(
            id=new_id(),
            workspace_id=event.workspace_id,
            event_id=event.id,
            endpoint_id=receiver.endpoint_id,
            address=receiver.address,
            next_attempt_at=func.clock_timestamp(),
            next_send=lease.first_send(),
        )
        .on_conflict_do_nothing()
        .returning(Delivery.id)
    ).scalar()
    if made is not None:
        enqueue(session, Task.deliver_message, delivery_id=made)
    return made


def claim(delivery_id: UUID) -> Row[Any] | None:
    """Takes a delivery that is due; None when it is not, or somebody else has it."""
    is_due = DELIVERIES.c.next_attempt_at <= func.clock_timestamp()
    due = select(DELIVERIES.c.id).where(DELIVERIES.c.id == delivery_id, is_due)
    with system_unit_of_work() as session:
        if session.scalar(due.with_for_update(skip_locked=True)) is None:
            return None
        return lease.claim(session, DELIVERIES, delivery_id, lease.owner())


def settle(session: Session, job: Row[Any], tried: Tried) -> DeliveryState | None:
    """Notes how a try went and when the next one is; None when the lease was lost meanwhile."""
    state = _state_after(job.tries, tried)
    due = _due(job.tries, tried) if state is DeliveryState.pending else None
    kept = lease.finish(
        session,
        DELIVERIES,
        job.id,
        job.fence,
        state=state,
        tries=job.tries + 1,
        attempts=0,  # of claiming it: this one came to an end
        sends=0,
        next_attempt_at=due,
        next_send=due,
        finished_at=func.clock_timestamp() if due is None else None,
    )
    if not kept:
        return None
    session.add(
        DeliveryAttempt(
            workspace_id=job.workspace_id,
            delivery_id=job.id,
            status_code=tried.status_code,
            duration_ms=tried.duration_ms,
            error=tried.error,
            answer=tried.answer,
        )
    )
    return state


def _state_after(tries: int, tried: Tried) -> DeliveryState:
    if tried.delivered:
        return DeliveryState.delivered
    if tried.final or tries >= len(PAUSES_S):
        return DeliveryState.failed
    return DeliveryState.pending


def _due(tries: int, tried: Tried) -> ColumnElement[Any]:
    asked = _from_now(min(tried.retry_after_s, max(PAUSES_S)))
    ends = DELIVERIES.c.created_at + HORIZON
    return func.greatest(_from_now(PAUSES_S[tries]), func.least(asked, ends))


def _from_now(seconds: float) -> ColumnElement[Any]:
    jittered = seconds * (1 + random.uniform(0, JITTER))  # noqa: S311 - no secret depends on it
    return func.clock_timestamp() + func.make_interval(0, 0, 0, 0, 0, 0, jittered)


def replay(session: Session, delivery_id: UUID) -> bool:
    """Sends a delivery that ended once more, from the first try on; False while it is under way."""
    over = DELIVERIES.c.state.in_([DeliveryState.delivered, DeliveryState.failed])
    again = (
        update(DELIVERIES)
        .where(DELIVERIES.c.id == delivery_id, over)
        .values(
            state=DeliveryState.pending,
            tries=0,
            attempts=0,
            sends=0,
            next_attempt_at=func.clock_timestamp(),
            next_send=lease.first_send(),
            finished_at=None,
        )
    )
    if session.execute(again.returning(DELIVERIES.c.id)).scalar() is None:
        return False
    enqueue(session, Task.deliver_message, delivery_id=delivery_id)
    return True
