"""Events, and whom they reach: alerts, webhooks with their deliveries, e-mail."""

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from alembic import op
from app.models import rls

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

APP_MAY = {
    "events": "SELECT, INSERT, UPDATE",
    "webhook_endpoints": "SELECT, INSERT, UPDATE, DELETE",
    "deliveries": "SELECT, INSERT, UPDATE",
    "delivery_attempts": "SELECT, INSERT",
    "alert_settings": "SELECT, INSERT, UPDATE, DELETE",
}
OPEN = sa.text("state IN ('pending', 'running')")


def upgrade() -> None:
    op.create_table(
        "events",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("object_id", sa.Uuid(), nullable=True),
        sa.Column("data", postgresql.JSONB(), nullable=False),
        sa.Column("once", sa.Text(), nullable=True),
        sa.Column("attention", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("acknowledged_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("acknowledged_by", sa.Text(), nullable=True),
        *_leased(),
        *_of_workspace(),
        _to_workspace("events"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_events")),
        sa.UniqueConstraint("workspace_id", "id", name=op.f("uq_events_workspace_id_id")),
        sa.UniqueConstraint("workspace_id", "once", name=op.f("uq_events_workspace_id_once")),
    )
    op.create_index("ix_events_open", "events", ["next_send"], postgresql_where=OPEN)
    op.create_index(
        "ix_events_attention",
        "events",
        ["workspace_id", sa.literal_column("id DESC")],
        postgresql_where=sa.text("attention"),
    )
    op.create_index("ix_events_time", "events", ["created_at"])
    op.create_table(
        "webhook_endpoints",
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), server_default="", nullable=False),
        sa.Column("kinds", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("secret_sealed", sa.Text(), nullable=False),
        sa.Column("secret_hint", sa.Text(), nullable=False),
        sa.Column("old_secret_sealed", sa.Text(), nullable=True),
        sa.Column("old_secret_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("disabled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("disabled_because", sa.Text(), nullable=True),
        sa.Column("failing_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_by", sa.Text(), nullable=False),
        *_of_workspace(),
        _to_workspace("webhook_endpoints"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_endpoints")),
        sa.UniqueConstraint(
            "workspace_id", "id", name=op.f("uq_webhook_endpoints_workspace_id_id")
        ),
    )
    _deliveries()
    op.create_table(
        "alert_settings",
        sa.Column("addresses", postgresql.ARRAY(sa.Text()), nullable=False),
        *_of_workspace(),
        _to_workspace("alert_settings"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alert_settings")),
        sa.UniqueConstraint("workspace_id", "id", name=op.f("uq_alert_settings_workspace_id_id")),
        sa.UniqueConstraint("workspace_id", name=op.f("uq_alert_settings_workspace_id")),
    )
    for table, app in APP_MAY.items():
        for statement in [*rls.grant(table, app=app), *rls.fence(table)]:
            op.execute(statement)


def downgrade() -> None:
    for table in reversed(APP_MAY):
        op.drop_table(table)


def _deliveries() -> None:
    op.create_table(
        "deliveries",
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("endpoint_id", sa.Uuid(), nullable=True),
        sa.Column("address", sa.Text(), nullable=True),
        sa.Column("tries", sa.Integer(), server_default="0", nullable=False),
        sa.Column("next_attempt_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        *_leased(),
        *_of_workspace(),
        _to("events", "event_id", of="deliveries"),
        _to("webhook_endpoints", "endpoint_id", of="deliveries"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deliveries")),
        sa.UniqueConstraint("workspace_id", "id", name=op.f("uq_deliveries_workspace_id_id")),
        sa.UniqueConstraint(
            "workspace_id",
            "event_id",
            "endpoint_id",
            "address",
            name=op.f("uq_deliveries_workspace_id_event_id_endpoint_id_address"),
            postgresql_nulls_not_distinct=True,  # one of the two is always null
        ),
    )
    op.create_index("ix_deliveries_open", "deliveries", ["next_send"], postgresql_where=OPEN)
    op.create_index(
        "ix_deliveries_endpoint",
        "deliveries",
        ["workspace_id", "endpoint_id", sa.literal_column("id DESC")],
    )
    op.create_table(
        "delivery_attempts",
        sa.Column("delivery_id", sa.Uuid(), nullable=False),
        sa.Column("status_code", sa.Integer(), nullable=True),
        sa.Column("duration_ms", sa.Integer(), nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("answer", sa.Text(), nullable=True),
        *_of_workspace(),
        _to("deliveries", "delivery_id", of="delivery_attempts"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery_attempts")),
        sa.UniqueConstraint(
            "workspace_id", "id", name=op.f("uq_delivery_attempts_workspace_id_id")
        ),
    )
    op.create_index(
        "ix_delivery_attempts_delivery",
        "delivery_attempts",
        ["workspace_id", "delivery_id", "id"],
    )


def _to(parent: str, column: str, *, of: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["workspace_id", column],
        [f"{parent}.workspace_id", f"{parent}.id"],
        name=op.f(f"fk_{of}_workspace_id_{column}"),
        ondelete="CASCADE",
    )


def _to_workspace(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["workspace_id"],
        ["workspaces.id"],
        name=op.f(f"fk_{table}_workspace_id"),
        ondelete="CASCADE",
    )


def _leased() -> list[sa.Column]:
    return [
        sa.Column("state", sa.Text(), server_default="pending", nullable=False),
        sa.Column("fence", sa.Integer(), server_default="0", nullable=False),
        sa.Column("owner", sa.Text(), nullable=True),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("progressed", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("sends", sa.Integer(), server_default="0", nullable=False),
        sa.Column("next_send", sa.DateTime(timezone=True), nullable=True),
    ]


def _of_workspace() -> list[sa.Column]:
    return [
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.Column(
            "workspace_id", sa.Uuid(), server_default=sa.text("current_workspace()"), nullable=False
        ),
    ]
