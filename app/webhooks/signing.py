"""What a message looks like on its way: Standard Webhooks 1.0.

A secret is stored encrypted together with its endpoint's id: put beside another endpoint it is of
no use.
"""

import base64
import json
import secrets
from contextlib import suppress
from datetime import UTC, datetime
from typing import NamedTuple
from uuid import UUID

from cryptography.fernet import InvalidToken
from standardwebhooks import Webhook

from app.core import security
from app.core.clock import now
from app.events import links
from app.models import Event, WebhookEndpoint

PREFIX = "whsec_"
SECRET_BYTES = 32


class UnreadableSecret(RuntimeError):
    """A stored secret is another endpoint's, or was stored under another LLMOPS_SECRET_KEY."""


class Message(NamedTuple):
    """Headers and body of one POST."""

    headers: dict[str, str]
    body: bytes


def new_secret() -> str:
    return PREFIX + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


def seal(endpoint_id: UUID, secret: str) -> str:
    return security.seal(f"{endpoint_id} {secret}")


def unseal(endpoint_id: UUID, sealed: str) -> str:
    try:
        owner, _, secret = security.unseal(sealed).partition(" ")
    except InvalidToken:
        owner = secret = ""
    if owner != str(endpoint_id):
        raise UnreadableSecret("The secret of this webhook cannot be read; rotate it.")
    return secret


def give(endpoint: WebhookEndpoint, secret: str) -> None:
    endpoint.secret_sealed, endpoint.secret_hint = seal(endpoint.id, secret), secret[-4:]


def message_id(event_id: UUID) -> str:
    """The same for every try and every replay: a receiver tells by it what it has seen."""
    return f"evt_{event_id.hex}"


def message(endpoint: WebhookEndpoint, event: Event, *, at: datetime | None = None) -> Message:
    """The POST for this event, signed with the endpoint's secrets in force."""
    sent_at = (at or now()).astimezone(UTC)
    body = json.dumps(_content(event), ensure_ascii=False, separators=(",", ":"))
    name = message_id(event.id)
    signatures = [Webhook(secret).sign(name, sent_at, body) for secret in _in_force(endpoint)]
    return Message(
        headers={
            "content-type": "application/json",
            "user-agent": "llmops-webhooks/1",
            "webhook-id": name,
            "webhook-timestamp": str(int(sent_at.timestamp())),
            "webhook-signature": " ".join(signatures),
        },
        body=body.encode(),
    )


def _in_force(endpoint: WebhookEndpoint) -> list[str]:
    """The secret, and for a day after a rotation the one before, if it can still be read."""
    found = [unseal(endpoint.id, endpoint.secret_sealed)]
    until = endpoint.old_secret_until
    if endpoint.old_secret_sealed and until and until > now():
        with suppress(UnreadableSecret):
            found.append(unseal(endpoint.id, endpoint.old_secret_sealed))
    return found


def _content(event: Event) -> dict[str, object]:
    return {
        "type": event.kind,
        "timestamp": event.created_at.astimezone(UTC).isoformat().replace("+00:00", "Z"),
        "data": {
            "title": event.title,
            "url": links.url_of(event),
            "workspace_id": str(event.workspace_id),
            "object_id": str(event.object_id) if event.object_id else None,
            "details": event.data,
        },
    }
