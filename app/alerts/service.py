"""Alerts: events that call for attention, open until somebody acknowledges them."""

from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from app import audit
from app.accounts.subject import Subject
from app.audit import AuditTag
from app.core.clock import now
from app.core.errors import NotFound
from app.models import Event, EventKind
from app.prompts import paging
from app.prompts.paging import Listing


class AlertNotFound(NotFound):
    message = "There is no alert with this id in your workspace."


def readable_by(subject: Subject) -> Select[Event]:
    """Every read of alerts starts here."""
    return select(Event).where(Event.workspace_id == subject.workspace_id, Event.attention)


def page(
    session: Session,
    subject: Subject,
    *,
    only_open: bool,
    kind: EventKind | None,
    cursor: str | None,
    limit: int,
) -> Listing[Event]:
    """Newest first."""
    wanted = readable_by(subject)
    if only_open:
        wanted = wanted.where(Event.acknowledged_at.is_(None))
    if kind is not None:
        wanted = wanted.where(Event.kind == kind)
    total = session.scalar(select(func.count()).select_from(wanted.subquery())) or 0
    order = f"alerts {subject.workspace_id} {only_open} {kind}"
    after = paging.place(cursor, order)
    if after:
        wanted = wanted.where(Event.id < UUID(after[0]))
    rows = session.scalars(wanted.order_by(Event.id.desc()).limit(limit + 1)).all()
    return paging.listing(
        rows, limit=limit, total=total, order=order, place_of=lambda row: [row.id]
    )


def acknowledge(session: Session, subject: Subject, alert_id: UUID) -> Event:
    """Takes the alert off the list; the first to do so is the one it names."""
    alert = session.scalar(readable_by(subject).where(Event.id == alert_id).with_for_update())
    if alert is None:
        raise AlertNotFound
    if alert.acknowledged_at is None:
        alert.acknowledged_at, alert.acknowledged_by = now(), subject.label
        session.flush()
        audit.record(session, subject, AuditTag.alert_acknowledged, object_id=alert.id)
    return alert
