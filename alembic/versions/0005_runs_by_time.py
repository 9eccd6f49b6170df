"""Runs by their time: the dashboard looks at a week of them, and so does every list of prompts."""

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_runs_time", "runs", ["workspace_id", "created_at"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_runs_time", table_name="runs")
