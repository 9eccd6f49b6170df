"""Webhooks over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from app.accounts.access import Zone, requires
from app.accounts.subject import Scope, Subject
from app.core.problems import EVERYWHERE, responses
from app.core.schema import Page
from app.core.session import SessionDep
from app.models import DeliveryState, WebhookEndpoint
from app.prompts.headers import PageDep
from app.webhooks import deliveries, service, signing
from app.webhooks.deliveries import Logged
from app.webhooks.schemas import (
    AttemptRead,
    DeliveryRead,
    WebhookChange,
    WebhookCreate,
    WebhookMade,
    WebhookRead,
)

router = APIRouter(prefix="/webhooks", tags=["webhooks"], responses=EVERYWHERE)

Admin = Annotated[Subject, requires(Scope.admin)]
SecretMaker = Annotated[Subject, requires(Scope.admin, zone=Zone.secrets)]


def _read(endpoint: WebhookEndpoint) -> WebhookRead:
    columns = {column.key: getattr(endpoint, column.key) for column in endpoint.__table__.columns}
    enabled = endpoint.disabled_at is None
    return WebhookRead.model_validate(columns | {"enabled": enabled})


def _logged(logged: Logged) -> DeliveryRead:
    delivery, event, attempts = logged
    columns = {column.key: getattr(delivery, column.key) for column in delivery.__table__.columns}
    return DeliveryRead.model_validate(
        columns
        | {
            "webhook_id": delivery.endpoint_id,
            "message_id": signing.message_id(event.id),
            "kind": event.kind,
            "title": event.title,
            "attempts": [
                AttemptRead(
                    at=attempt.created_at,
                    status_code=attempt.status_code,
                    duration_ms=attempt.duration_ms,
                    error=attempt.error,
                    answer=attempt.answer,
                )
                for attempt in attempts
            ],
        }
    )


@router.post("", status_code=201, responses=responses(409))
def create_webhook(
    body: WebhookCreate, subject: SecretMaker, session: SessionDep, response: Response
) -> WebhookMade:
    """A new address that is told of events; its secret is in this answer and never shown again."""
    made = service.create(
        session, subject, url=body.url, kinds=list(body.kinds), description=body.description
    )
    response.headers["Location"] = f"/api/v1/webhooks/{made.endpoint.id}"
    return WebhookMade(**_read(made.endpoint).model_dump(), secret=made.secret)


@router.get("")
def list_webhooks(subject: Admin, session: SessionDep, page: PageDep) -> Page[WebhookRead]:
    """The workspace's webhooks, newest first."""
    found = service.page(session, subject, cursor=page.cursor, limit=page.limit)
    page.link(found.next_cursor)
    return Page[WebhookRead](
        items=[_read(endpoint) for endpoint in found.items],
        next_cursor=found.next_cursor,
        total=found.total,
    )


@router.get("/{webhook_id}", responses=responses(404))
def get_webhook(webhook_id: UUID, subject: Admin, session: SessionDep) -> WebhookRead:
    """One webhook."""
    return _read(service.get(session, subject, webhook_id))


@router.patch("/{webhook_id}", responses=responses(404))
def change_webhook(
    webhook_id: UUID, body: WebhookChange, subject: Admin, session: SessionDep
) -> WebhookRead:
    """Changes what is given; `enabled` switches it off and on."""
    changes = body.model_dump(exclude_none=True)
    return _read(service.change(session, subject, webhook_id, changes=changes))


@router.delete("/{webhook_id}", status_code=204, responses=responses(404))
def delete_webhook(webhook_id: UUID, subject: Admin, session: SessionDep) -> None:
    """Deletes it, with the log of its deliveries."""
    service.remove(session, subject, webhook_id)


@router.post("/{webhook_id}/rotate-secret", responses=responses(404))
def rotate_webhook_secret(
    webhook_id: UUID, subject: SecretMaker, session: SessionDep
) -> WebhookMade:
    """A new secret; for 24 hours messages carry a signature by the old one as well."""
    made = service.rotate(session, subject, webhook_id)
    return WebhookMade(**_read(made.endpoint).model_dump(), secret=made.secret)


@router.post("/{webhook_id}/test", status_code=202, responses=responses(404, 409))
def test_webhook(webhook_id: UUID, subject: Admin, session: SessionDep) -> DeliveryRead:
    """Sends a message of the kind `webhook.test`; the log shows how it went."""
    return _logged(deliveries.test(session, subject, webhook_id))


@router.get("/{webhook_id}/deliveries", responses=responses(404))
def list_webhook_deliveries(
    webhook_id: UUID,
    subject: Admin,
    session: SessionDep,
    page: PageDep,
    state: Annotated[DeliveryState | None, Query()] = None,
) -> Page[DeliveryRead]:
    """What was sent there and what came back, newest first; at most 50 a page."""
    found = deliveries.page(
        session, subject, webhook_id, state=state, cursor=page.cursor, limit=page.limit
    )
    page.link(found.next_cursor)
    return Page[DeliveryRead](
        items=[_logged(logged) for logged in found.items],
        next_cursor=found.next_cursor,
        total=found.total,
    )


@router.post("/deliveries/{delivery_id}/replay", status_code=202, responses=responses(404, 409))
def replay_webhook_delivery(delivery_id: UUID, subject: Admin, session: SessionDep) -> DeliveryRead:
    """Sends the same message once more, with the same `webhook-id`."""
    return _logged(deliveries.replay(session, subject, delivery_id))
