"""Events and deliveries whose message or worker was lost, those that are due, and old ones."""

from uuid import UUID

from sqlalchemy import delete, func, select, text, update
from sqlalchemy.orm import Session

from app.core import lease, logs
from app.core.celery_app import Task
from app.core.config import get_settings
from app.core.database import system_unit_of_work
from app.core.queue import enqueue
from app.events.delivery import DELIVERIES
from app.events.spreading import EVENTS
from app.models import DeliveryAttempt, Event

BATCH = 500  # rows one sweep deletes
log = logs.get()


def sweep() -> int:
    """Sends again what is due or was lost, forgets what is old; how many rows it touched."""
    with system_unit_of_work() as session:
        touched = _events(session) + _deliveries(session)
    with system_unit_of_work() as session:
        touched += _forget(session)
    if touched:
        log.info("events_swept", rows=touched)
    return touched


def _events(session: Session) -> int:
    swept = lease.sweep(session, EVENTS)
    for job in swept:
        if job.state == "pending":
            enqueue(session, Task.deliver_event, event_id=job.id)
    return len(swept)


def _deliveries(session: Session) -> int:
    swept = lease.sweep(session, DELIVERIES)
    for job in swept:
        if job.state == "pending":
            enqueue(session, Task.deliver_message, delivery_id=job.id)
        else:
            _bury(session, job.id, job.workspace_id)
    return len(swept)


def _bury(session: Session, delivery_id: UUID, workspace_id: UUID) -> None:
    """A delivery whose workers kept dying: it ends as failed, and its log says why."""
    times = get_settings().max_attempts
    session.execute(
        update(DELIVERIES)
        .where(DELIVERIES.c.id == delivery_id)
        .values(finished_at=func.clock_timestamp(), next_attempt_at=None, next_send=None)
    )
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
