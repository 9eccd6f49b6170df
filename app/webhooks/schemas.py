"""Webhook endpoints and the log of their deliveries, on the wire."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, Field

from app.core.outgoing import LONGEST_URL
from app.core.schema import Flag, Input, Output, ShortText, storable
from app.models import DeliveryState, EventKind

Url = Annotated[str, Field(min_length=1, max_length=LONGEST_URL), AfterValidator(storable)]
Subscription = Literal[
    EventKind.experiment_completed,
    EventKind.experiment_regressed,
    EventKind.prompt_label_moved,
    EventKind.review_completed,
    EventKind.budget_alert,
    EventKind.budget_exceeded,
    EventKind.drift_detected,
    EventKind.judge_changed,
    EventKind.schedule_failed,
    EventKind.webhook_disabled,
]
Subscriptions = Annotated[
    list[Subscription],
    Field(max_length=20, description="The kinds of events it is told of; empty: all of them."),
]


class WebhookCreate(Input):
    url: Url = Field(description="https, except to this machine or hosts the operator allows.")
    kinds: Subscriptions = []
    description: ShortText = ""


class WebhookChange(Input):
    """What is left out stays."""

    url: Url | None = None
    kinds: Subscriptions | None = None
    description: ShortText | None = None
    enabled: Flag | None = Field(None, description="True also forgets earlier failures.")


class WebhookRead(Output):
    id: UUID
    url: str
    kinds: list[EventKind]
    description: str
    enabled: bool
    disabled_at: datetime | None
    disabled_because: str | None = Field(description="One sentence.")
    failing_since: datetime | None = Field(description="The first failure after a success.")
    secret_hint: str = Field(description="The end of the secret.")
    old_secret_until: datetime | None = Field(
        description="Until then messages are signed with the secret before as well."
    )
    created_by: str
    created_at: datetime


class WebhookMade(WebhookRead):
    secret: str = Field(description="`whsec_…`, shown this once.")


class AttemptRead(Output):
    at: datetime
    status_code: int | None = Field(description="Null when there was no answer.")
    duration_ms: int
    error: str | None
    answer: str | None = Field(description="The first 2 KiB of what the receiver said.")


class DeliveryRead(Output):
    id: UUID
    webhook_id: UUID
    message_id: str = Field(description="The header `webhook-id`; the same for every try.")
    event_id: UUID
    kind: EventKind
    title: str
    state: DeliveryState
    tries: int = Field(description="Since it began or was replayed.")
    next_attempt_at: datetime | None
    created_at: datetime
    finished_at: datetime | None
    attempts: list[AttemptRead] = Field(description="All of them, oldest first.")
