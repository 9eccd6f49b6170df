"""Webhook endpoints: made, changed, switched off and on, their secrets rotated."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from app import audit
from app.accounts.subject import Subject
from app.audit import AuditTag
from app.core import outgoing
from app.core.clock import new_id, now
from app.core.errors import Conflict, NotFound, invalid
from app.events.delivery import Receiver
from app.models import Event, EventKind, WebhookEndpoint
from app.prompts import paging
from app.prompts.paging import Listing
from app.webhooks import signing

MOST_ENDPOINTS = 20
OVERLAP = timedelta(hours=24)


class WebhookNotFound(NotFound):
    message = "There is no webhook with this id in your workspace."


class TooManyWebhooks(Conflict):
    message = "A workspace has at most {most} webhooks; delete one first."


class Made(NamedTuple):
    """An endpoint and its secret, which nobody is shown again."""

    endpoint: WebhookEndpoint
    secret: str


def readable_by(subject: Subject) -> Select[WebhookEndpoint]:
    """Every read of endpoints starts here."""
    mine = WebhookEndpoint.workspace_id == subject.workspace_id
    return select(WebhookEndpoint).where(mine)


def get(session: Session, subject: Subject, webhook_id: UUID) -> WebhookEndpoint:
    found = session.scalar(readable_by(subject).where(WebhookEndpoint.id == webhook_id))
    if found is None:
        raise WebhookNotFound
    return found


def page(
    session: Session, subject: Subject, *, cursor: str | None, limit: int
) -> Listing[WebhookEndpoint]:
    """Newest first."""
    wanted = readable_by(subject)
    total = session.scalar(select(func.count()).select_from(wanted.subquery())) or 0
    order = f"webhooks {subject.workspace_id}"
    after = paging.place(cursor, order)
    if after:
        wanted = wanted.where(WebhookEndpoint.id < UUID(after[0]))
    rows = session.scalars(wanted.order_by(WebhookEndpoint.id.desc()).limit(limit + 1)).all()
    return paging.listing(
        rows, limit=limit, total=total, order=order, place_of=lambda row: [row.id]
    )


def create(
    session: Session, subject: Subject, *, url: str, kinds: list[EventKind], description: str
) -> Made:
    """Raises Invalid for a URL that may not be called, and TooManyWebhooks."""
    _refuse_address(url)
    mine = readable_by(subject).subquery()
    if (session.scalar(select(func.count()).select_from(mine)) or 0) >= MOST_ENDPOINTS:
        raise TooManyWebhooks(most=MOST_ENDPOINTS)
    secret = signing.new_secret()
    endpoint = WebhookEndpoint(
        id=new_id(),
        workspace_id=subject.workspace_id,
        url=url,
        kinds=list(kinds),
        description=description,
        created_by=subject.label,
    )
    signing.give(endpoint, secret)
    session.add(endpoint)
    session.flush()
    session.refresh(endpoint)
    after = {"url": url, "kinds": list(kinds)}
    audit.record(session, subject, AuditTag.webhook_created, object_id=endpoint.id, after=after)
    return Made(endpoint, secret)


def change(
    session: Session, subject: Subject, webhook_id: UUID, *, changes: Mapping[str, Any]
) -> WebhookEndpoint:
    """`enabled` false stops deliveries at once; true begins anew, with no failure counted."""
    endpoint = get(session, subject, webhook_id)
    if "url" in changes:
        _refuse_address(changes["url"])
    before = {name: _told(endpoint, name) for name in changes}
    for name in ("url", "kinds", "description"):
        if name in changes:
            setattr(endpoint, name, changes[name])
    if changes.get("enabled"):
        endpoint.disabled_at = endpoint.disabled_because = endpoint.failing_since = None
    elif "enabled" in changes and endpoint.disabled_at is None:
        endpoint.disabled_at = now()
        endpoint.disabled_because = f"{subject.label} switched it off."
    session.flush()
    audit.record(
        session,
        subject,
        AuditTag.webhook_changed,
        object_id=endpoint.id,
        before=before,
        after=changes,
    )
    return endpoint


def _told(endpoint: WebhookEndpoint, name: str) -> object:
    return endpoint.disabled_at is None if name == "enabled" else getattr(endpoint, name)


def rotate(session: Session, subject: Subject, webhook_id: UUID) -> Made:
    """A new secret; for a day messages carry a signature by the one before as well."""
    endpoint = get(session, subject, webhook_id)
    secret = signing.new_secret()
    endpoint.old_secret_sealed = endpoint.secret_sealed
    endpoint.old_secret_until = now() + OVERLAP
    signing.give(endpoint, secret)
    session.flush()
    audit.record(session, subject, AuditTag.webhook_rotated, object_id=endpoint.id)
    return Made(endpoint, secret)


def remove(session: Session, subject: Subject, webhook_id: UUID) -> None:
    """Deletes it with its deliveries; a message being sent right now still arrives."""
    endpoint = get(session, subject, webhook_id)
    before = {"url": endpoint.url}
    session.delete(endpoint)
    session.flush()
    audit.record(session, subject, AuditTag.webhook_deleted, object_id=webhook_id, before=before)


def _refuse_address(url: str) -> None:
    try:
        outgoing.check(url)
    except outgoing.RefusedAddress as error:
        raise invalid("#/url", str(error), code="refused_address") from error


def receivers(session: Session, event: Event) -> list[Receiver]:
    """The endpoints that are to hear of an event; a test goes to nobody who did not ask."""
    if event.kind == EventKind.webhook_test:
        return []
    wants = or_(
        func.cardinality(WebhookEndpoint.kinds) == 0,
        WebhookEndpoint.kinds.any_() == event.kind,
    )
    found = session.scalars(
        select(WebhookEndpoint.id).where(
            WebhookEndpoint.workspace_id == event.workspace_id,
            WebhookEndpoint.disabled_at.is_(None),
            wants,
        )
    )
    return [Receiver(endpoint_id=endpoint_id) for endpoint_id in found]
