"""The log of an endpoint's deliveries: looked at, replayed, and tried out."""

from collections import defaultdict
from collections.abc import Collection
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from app import audit
from app.accounts.subject import Subject
from app.audit import AuditTag
from app.core.errors import Conflict, NotFound
from app.events import delivery, emit
from app.events.delivery import Receiver
from app.models import (
    Delivery,
    DeliveryAttempt,
    DeliveryState,
    Event,
    EventKind,
    WebhookEndpoint,
)
from app.prompts import paging
from app.prompts.paging import Listing
from app.webhooks import service

LARGEST_PAGE = 50


class DeliveryNotFound(NotFound):
    message = "There is no webhook delivery with this id in your workspace."


class UnderWay(Conflict):
    message = "This delivery is still under way; it is tried again by itself."


class Disabled(Conflict):
    message = "The webhook is switched off; switch it on first."


class Logged(NamedTuple):
    """A delivery with its event and all its tries, oldest first."""

    delivery: Delivery
    event: Event
    attempts: list[DeliveryAttempt]


def readable_by(subject: Subject) -> Select[Delivery, Event]:
    """Every read of the log starts here."""
    return (
        select(Delivery, Event)
        .join(Event, Event.id == Delivery.event_id)
        .where(
            Delivery.workspace_id == subject.workspace_id,
            Event.workspace_id == subject.workspace_id,
            Delivery.endpoint_id.is_not(None),
        )
    )


def page(
    session: Session,
    subject: Subject,
    webhook_id: UUID,
    *,
    state: DeliveryState | None,
    cursor: str | None,
    limit: int,
) -> Listing[Logged]:
    """Newest first."""
    endpoint = service.get(session, subject, webhook_id)
    wanted = readable_by(subject).where(Delivery.endpoint_id == endpoint.id)
    if state is not None:
        wanted = wanted.where(Delivery.state == state)
    ids = wanted.with_only_columns(Delivery.id)
    total = session.scalar(select(func.count()).select_from(ids.subquery())) or 0
    order = f"deliveries {webhook_id} {state}"
    after = paging.place(cursor, order)
    if after:
        wanted = wanted.where(Delivery.id < UUID(after[0]))
    limit = min(limit, LARGEST_PAGE)  # each comes with all its attempts
    rows = session.execute(wanted.order_by(Delivery.id.desc()).limit(limit + 1)).all()
    tried = _attempts(session, [row.Delivery.id for row in rows])
    return paging.listing(
        [Logged(row.Delivery, row.Event, tried[row.Delivery.id]) for row in rows],
        limit=limit,
        total=total,
        order=order,
        place_of=lambda logged: [logged.delivery.id],
    )


def _attempts(session: Session, ids: Collection[UUID]) -> dict[UUID, list[DeliveryAttempt]]:
    found: dict[UUID, list[DeliveryAttempt]] = defaultdict(list)
    wanted = select(DeliveryAttempt).where(DeliveryAttempt.delivery_id.in_(ids))
    for attempt in session.scalars(wanted.order_by(DeliveryAttempt.id)):
        found[attempt.delivery_id].append(attempt)
    return found


def get(session: Session, subject: Subject, delivery_id: UUID) -> Logged:
    row = session.execute(
        readable_by(subject)
        .where(Delivery.id == delivery_id)
        .execution_options(populate_existing=True)
    ).one_or_none()
    if row is None:
        raise DeliveryNotFound
    return Logged(row.Delivery, row.Event, _attempts(session, [delivery_id])[delivery_id])


def replay(session: Session, subject: Subject, delivery_id: UUID) -> Logged:
    """The same message with the same id, once more; raises UnderWay and Disabled."""
    found = get(session, subject, delivery_id)
    endpoint_id = found.delivery.endpoint_id
    if endpoint_id is None:
        raise DeliveryNotFound
    _refuse_disabled(service.get(session, subject, endpoint_id))
    if not delivery.replay(session, delivery_id):
        raise UnderWay
    audit.record(session, subject, AuditTag.webhook_replayed, object_id=delivery_id)
    return get(session, subject, delivery_id)


def test(session: Session, subject: Subject, webhook_id: UUID) -> Logged:
    """Sends a message of the kind `webhook.test` the way all others go."""
    endpoint = service.get(session, subject, webhook_id)
    _refuse_disabled(endpoint)
    event_id = emit(
        session,
        subject.workspace_id,
        EventKind.webhook_test,
        title=f"{subject.label} tries out this webhook.",
        object_id=endpoint.id,
    )
    event = session.get_one(Event, event_id)
    made = delivery.send_to(session, event, Receiver(endpoint_id=endpoint.id))
    if made is None:  # a new event has no deliveries
        raise DeliveryNotFound
    audit.record(session, subject, AuditTag.webhook_tested, object_id=endpoint.id)
    return get(session, subject, made)


def _refuse_disabled(endpoint: WebhookEndpoint) -> None:
    if endpoint.disabled_at is not None:
        raise Disabled
