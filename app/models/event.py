"""What happened, whom it is told, and how each telling went."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import (
    Boolean,
    ForeignKeyConstraint,
    Index,
    Integer,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Identified, JsonMap, Leased, Tenant, own

OPEN = text("state IN ('pending', 'running')")


class EventKind(StrEnum):
    """What webhooks can be told; those of `ATTENTION` are alerts as well."""

    experiment_completed = "experiment.completed"
    experiment_regressed = "experiment.regressed"
    prompt_label_moved = "prompt.label_moved"
    review_completed = "review.completed"
    budget_alert = "budget.alert"
    budget_exceeded = "budget.exceeded"
    drift_detected = "drift.detected"
    judge_changed = "judge.changed"
    schedule_failed = "schedule.failed"
    webhook_disabled = "webhook.disabled"
    webhook_test = "webhook.test"  # asked for by a person, for one endpoint


ATTENTION = frozenset(
    {
        EventKind.experiment_regressed,
        EventKind.budget_alert,
        EventKind.budget_exceeded,
        EventKind.drift_detected,
        EventKind.judge_changed,
        EventKind.schedule_failed,
        EventKind.webhook_disabled,
    }
)


class Event(Identified, Tenant, Leased, Base):
    """One thing that happened: ids and figures, never the text of a prompt or an answer.

    The row is also the job that finds out whom to tell. One that calls for attention is an alert,
    open until somebody acknowledges it.
    """

    __tablename__ = "events"

    kind: Mapped[EventKind] = mapped_column(Text())
    title: Mapped[str]  # one sentence
    object_id: Mapped[UUID | None]
    data: Mapped[JsonMap]
    once: Mapped[str | None]  # a second event with the same key is not one
    attention: Mapped[bool] = mapped_column(Boolean, server_default="false")
    acknowledged_at: Mapped[datetime | None]
    acknowledged_by: Mapped[str | None]

    __table_args__ = (
        own("id"),
        own("once"),
        ForeignKeyConstraint(["workspace_id"], ["workspaces.id"], ondelete="CASCADE"),
        Index("ix_events_open", "next_send", postgresql_where=OPEN),
        Index(
            "ix_events_attention",
            "workspace_id",
            text("id DESC"),
            postgresql_where=text("attention"),
        ),
        Index("ix_events_time", "created_at"),
    )


class WebhookEndpoint(Identified, Tenant, Base):
    """An address that is told of events, with the secret its messages are signed with."""

    __tablename__ = "webhook_endpoints"

    url: Mapped[str]
    description: Mapped[str] = mapped_column(server_default="")
    kinds: Mapped[list[str]] = mapped_column(ARRAY(Text()))  # empty: all
    secret_sealed: Mapped[str]
    secret_hint: Mapped[str]
    old_secret_sealed: Mapped[str | None]
    old_secret_until: Mapped[datetime | None]
    disabled_at: Mapped[datetime | None]
    disabled_because: Mapped[str | None]
    failing_since: Mapped[datetime | None]  # the first failure after the last success
    created_by: Mapped[str]

    __table_args__ = (
        own("id"),
        ForeignKeyConstraint(["workspace_id"], ["workspaces.id"], ondelete="CASCADE"),
    )


class DeliveryState(StrEnum):
    """Of one message to one receiver; `failed` is final, unless somebody replays it."""

    pending = "pending"
    running = "running"
    delivered = "delivered"
    failed = "failed"


class Delivery(Identified, Tenant, Leased, Base):
    """One event on its way to one receiver: an endpoint, or an e-mail address.

    `next_attempt_at` is when it may be tried again; `next_send`, the lease's own, when the sweeper
    asks a worker to.
    """

    __tablename__ = "deliveries"

    event_id: Mapped[UUID]
    endpoint_id: Mapped[UUID | None]
    address: Mapped[str | None]  # of an e-mail
    tries: Mapped[int] = mapped_column(Integer, server_default="0")  # since its start or replay
    next_attempt_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]

    __table_args__ = (
        own("id"),
        UniqueConstraint(
            "workspace_id",
            "event_id",
            "endpoint_id",
            "address",
            postgresql_nulls_not_distinct=True,  # one of the two is always null
        ),
        ForeignKeyConstraint(
            ["workspace_id", "event_id"], ["events.workspace_id", "events.id"], ondelete="CASCADE"
        ),
        ForeignKeyConstraint(
            ["workspace_id", "endpoint_id"],
            ["webhook_endpoints.workspace_id", "webhook_endpoints.id"],
            ondelete="CASCADE",
        ),
        Index("ix_deliveries_open", "next_send", postgresql_where=OPEN),
        Index("ix_deliveries_endpoint", "workspace_id", "endpoint_id", text("id DESC")),
    )


class DeliveryAttempt(Identified, Tenant, Base):
    """One try, and what the receiver said; `status_code` is null when it gave no answer."""

    __tablename__ = "delivery_attempts"

    delivery_id: Mapped[UUID]
    status_code: Mapped[int | None]
    duration_ms: Mapped[int]
    error: Mapped[str | None]
    answer: Mapped[str | None]  # its first 2 KiB

    __table_args__ = (
        own("id"),
        ForeignKeyConstraint(
            ["workspace_id", "delivery_id"],
            ["deliveries.workspace_id", "deliveries.id"],
            ondelete="CASCADE",
        ),
        Index("ix_delivery_attempts_delivery", "workspace_id", "delivery_id", "id"),
    )


class AlertSettings(Identified, Tenant, Base):
    """Who gets a workspace's alerts by e-mail; without a row its admins do."""

    __tablename__ = "alert_settings"

    addresses: Mapped[list[str]] = mapped_column(ARRAY(Text()))

    __table_args__ = (
        own("id"),
        own(),
        ForeignKeyConstraint(["workspace_id"], ["workspaces.id"], ondelete="CASCADE"),
    )
