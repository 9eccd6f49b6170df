"""Schedules of experiments, and the drift that is watched for."""

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from alembic import op
from app.models import rls

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

TABLES = ("schedules", "schedule_runs", "drift_signals")


def upgrade() -> None:
    op.create_table(
        "schedules",
        sa.Column("prompt_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("cron", sa.Text(), nullable=False),
        sa.Column("time_zone", sa.Text(), nullable=False),
        sa.Column("versions", postgresql.JSONB(), nullable=False),
        sa.Column("request", postgresql.JSONB(), nullable=False),
        sa.Column("watch", sa.Boolean(), nullable=False),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("number", sa.Integer(), server_default="1", nullable=False),
        sa.Column("next_run_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("watched_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("drift", postgresql.JSONB(), nullable=True),
        sa.Column("created_by", sa.Text(), nullable=False),
        _moment("updated_at"),
        *_of_workspace(),
        sa.ForeignKeyConstraint(
            ["workspace_id", "prompt_id"],
            ["prompts.workspace_id", "prompts.id"],
            name=op.f("fk_schedules_workspace_id_prompt_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_schedules")),
        sa.UniqueConstraint("workspace_id", "id", name=op.f("uq_schedules_workspace_id_id")),
        sa.UniqueConstraint("workspace_id", "name", name=op.f("uq_schedules_workspace_id_name")),
    )
    op.create_index(
        "ix_schedules_due", "schedules", ["next_run_at"], postgresql_where=sa.text("enabled")
    )
    op.create_table(
        "schedule_runs",
        sa.Column("schedule_id", sa.Uuid(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_by", sa.Text(), nullable=True),
        sa.Column("experiment_id", sa.Uuid(), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("watched_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("state", sa.Text(), server_default="pending", nullable=False),
        sa.Column("fence", sa.Integer(), server_default="0", nullable=False),
        sa.Column("owner", sa.Text(), nullable=True),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("progressed", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("sends", sa.Integer(), server_default="0", nullable=False),
        sa.Column("next_send", sa.DateTime(timezone=True), nullable=True),
        *_of_workspace(),
        _of_schedule("schedule_runs"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_schedule_runs")),
        sa.UniqueConstraint("workspace_id", "id", name=op.f("uq_schedule_runs_workspace_id_id")),
        sa.UniqueConstraint(
            "workspace_id",
            "schedule_id",
            "due_at",
            name=op.f("uq_schedule_runs_workspace_id_schedule_id_due_at"),
        ),
    )
    op.create_index(
        "ix_schedule_runs_page", "schedule_runs", ["workspace_id", "schedule_id", sa.text("id DESC")]
    )
    op.create_index(
        "ix_schedule_runs_experiment",
        "schedule_runs",
        ["experiment_id"],
        postgresql_where=sa.text("experiment_id IS NOT NULL"),
    )
    op.create_index(
        "ix_schedule_runs_unwatched",
        "schedule_runs",
        ["experiment_id"],
        postgresql_where=sa.text("watched_at IS NULL AND experiment_id IS NOT NULL"),
    )
    op.create_index(
        "ix_schedule_runs_open",
        "schedule_runs",
        ["next_send"],
        postgresql_where=sa.text("state IN ('pending', 'running')"),
    )
    op.create_table(
        "drift_signals",
        sa.Column("schedule_id", sa.Uuid(), nullable=False),
        sa.Column("experiment_id", sa.Uuid(), nullable=False),
        sa.Column("series", sa.Text(), nullable=False),
        sa.Column("test", sa.Text(), nullable=False),
        sa.Column("direction", sa.Text(), nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sentence", sa.Text(), nullable=False),
        *_of_workspace(),
        _of_schedule("drift_signals"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_drift_signals")),
        sa.UniqueConstraint("workspace_id", "id", name=op.f("uq_drift_signals_workspace_id_id")),
        sa.UniqueConstraint(
            "workspace_id",
            "schedule_id",
            "series",
            "test",
            name=op.f("uq_drift_signals_workspace_id_schedule_id_series_test"),
        ),
    )
    for table in TABLES:
        for statement in [
            *rls.grant(table, app="SELECT, INSERT, UPDATE, DELETE"),
            *rls.fence(table),
        ]:
            op.execute(statement)


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)


def _moment(name: str) -> sa.Column:
    return sa.Column(
        name,
        sa.DateTime(timezone=True),
        server_default=sa.text("clock_timestamp()"),
        nullable=False,
    )


def _of_workspace() -> list[sa.Column]:
    return [
        sa.Column("id", sa.Uuid(), nullable=False),
        _moment("created_at"),
        sa.Column(
            "workspace_id", sa.Uuid(), server_default=sa.text("current_workspace()"), nullable=False
        ),
    ]


def _of_schedule(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["workspace_id", "schedule_id"],
        ["schedules.workspace_id", "schedules.id"],
        name=op.f(f"fk_{table}_workspace_id_schedule_id"),
        ondelete="CASCADE",
    )
