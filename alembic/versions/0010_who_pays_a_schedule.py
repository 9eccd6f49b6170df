"""A schedule keeps the key that asked for it: its runs fall under that key's budget."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("schedules", sa.Column("api_key_id", sa.Uuid(), nullable=True))


def downgrade() -> None:
    op.drop_column("schedules", "api_key_id")
