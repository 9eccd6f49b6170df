"""Events and deliveries whose message or worker was lost, those that are due, and old ones."""

from uuid import UUID

from sqlalchemy import delete, func, select, text, update
from sqlalchemy.orm import Session

from app.core import lease, logs
from app.core.celery_app import Task
from app.core.config import get_settings
from app.core.database import system_unit_of_work
from app.events.delivery import DELIVERIES
from app.events.spreading import EVENTS
from app.models import DeliveryAttempt, Event

BATCH = 500  # rows one sweep deletes
log = logs.get()


def sweep() -> int:
    """Sends again what is due or was lost, forgets what is old; how many rows it touched."""
    with system_unit_of_work() as session:
        touched = lease.resend(session, EVENTS, Task.deliver_event, "event_id")
        touched += lease.resend(session, DELIVERIES, Task.deliver_message, "delivery_id", _bury)
    with system_unit_of_work() as session:
        touched += _forget(session)
    if touched:
        log.info("events_swept", rows=touched)
    return touched


def _bury(session: Session, delivery_id: UUID) -> None:
    """A delivery whose workers kept dying: it ends as failed, and its log says why."""
    times = get_settings().max_attempts
    workspace_id = session.execute(
        update(DELIVERIES)
        .where(DELIVERIES.c.id == delivery_id)
        .values(finished_at=func.clock_timestamp(), next_attempt_at=None, next_send=None)
        .returning(DELIVERIES.c.workspace_id)
    ).scalar_one()
    session.add(
        DeliveryAttempt(
            workspace_id=workspace_id,
            delivery_id=delivery_id,
            duration_ms=0,
            error=f"{times} workers died on this delivery; replay it once they are well.",
        )
    )


def _forget(session: Session) -> int:
    """Old events with their deliveries; an alert stays until somebody acknowledges it."""
    ends = text("clock_timestamp() - make_interval(days => :days)")
    old = (
        select(Event.id)
        .where(Event.created_at < ends.bindparams(days=get_settings().event_retention_days))
        .where(~Event.attention | Event.acknowledged_at.is_not(None))
        .limit(BATCH)
    )
    return len(session.scalars(delete(Event).where(Event.id.in_(old)).returning(Event.id)).all())
