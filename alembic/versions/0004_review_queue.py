"""The review queue, and the playground's states."""

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from alembic import op
from app.models import rls

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

APP_MAY = {
    "review_items": "SELECT, INSERT, UPDATE, DELETE",
    "playground_states": "SELECT, INSERT",  # immutable
}


def upgrade() -> None:
    op.add_column("experiments", sa.Column("queued_at", sa.DateTime(timezone=True), nullable=True))
    op.create_table(
        "review_items",
        sa.Column("experiment_id", sa.Uuid(), nullable=False),
        sa.Column("case_no", sa.Integer(), nullable=False),
        sa.Column("evaluator", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("people", sa.Integer(), server_default="1", nullable=False),
        sa.Column("leased_to", sa.Text(), nullable=True),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_by", postgresql.ARRAY(sa.Text()), server_default="{}", nullable=False),
        sa.Column("skipped_by", postgresql.ARRAY(sa.Text()), server_default="{}", nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        *_of_workspace(),
        sa.ForeignKeyConstraint(
            ["workspace_id", "experiment_id"],
            ["experiments.workspace_id", "experiments.id"],
            name=op.f("fk_review_items_workspace_id_experiment_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_items")),
        sa.UniqueConstraint("workspace_id", "id", name=op.f("uq_review_items_workspace_id_id")),
        sa.UniqueConstraint(
            "workspace_id",
            "experiment_id",
            "case_no",
            "evaluator",
            name=op.f("uq_review_items_workspace_id_experiment_id_case_no_evaluator"),
        ),
    )
    op.create_index(
        "ix_review_items_open",
        "review_items",
        ["workspace_id", "id"],
        unique=False,
        postgresql_where=sa.text("done_at IS NULL"),
    )
    op.create_table(
        "playground_states",
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        *_of_workspace(),
        sa.ForeignKeyConstraint(
            ["workspace_id"],
            ["workspaces.id"],
            name=op.f("fk_playground_states_workspace_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_playground_states")),
        sa.UniqueConstraint(
            "workspace_id", "id", name=op.f("uq_playground_states_workspace_id_id")
        ),
    )
    for table, app in APP_MAY.items():
        for statement in [*rls.grant(table, app=app), *rls.fence(table)]:
            op.execute(statement)


def downgrade() -> None:
    op.drop_table("playground_states")
    op.drop_table("review_items")
    op.drop_column("experiments", "queued_at")


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
