"""Whom an event is told: asked of those who know, in one transaction with its deliveries."""

from collections.abc import Callable, Iterable, Sequence
from uuid import UUID

from sqlalchemy.orm import Session

from app.core import lease, logs
from app.core.database import system_unit_of_work
from app.events.delivery import Receiver, send_to
from app.models import Event
from app.models.base import table_of

EVENTS = table_of(Event)
SPREAD = "done"
log = logs.get()

Find = Callable[[Session, Event], Iterable[Receiver]]


def spread(event_id: UUID, *, finders: Sequence[Find]) -> int:
    """Asks for a delivery to everybody who is to hear of the event; how many there are.

    A second message for the same event finds nothing to claim.
    """
    with system_unit_of_work() as session:
        job = lease.claim(session, EVENTS, event_id, lease.owner())
        if job is None:
            return 0
        event = session.get_one(Event, event_id)
        receivers = [receiver for find in finders for receiver in find(session, event)]
        sent = [send_to(session, event, receiver) for receiver in receivers]
        lease.finish(session, EVENTS, event_id, job.fence, state=SPREAD, next_send=None)
    log.info("event_spread", event_id=str(event_id), kind=job.kind, receivers=len(sent))
    return len(sent)
