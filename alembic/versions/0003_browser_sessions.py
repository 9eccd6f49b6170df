"""Browser sessions by cookie, one-time links of four kinds, a person's time zone."""

import sqlalchemy as sa
from alembic import op
from app.models import rls

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

HASH = "uq_login_sessions_cookie_hash"


def upgrade() -> None:
    op.add_column("users", sa.Column("time_zone", sa.Text(), server_default="UTC", nullable=False))
    op.add_column("login_sessions", sa.Column("cookie_hash", sa.Text(), nullable=True))
    op.add_column(
        "login_sessions", sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=True)
    )
    op.add_column("login_sessions", sa.Column("address", sa.Text(), nullable=True))
    op.add_column("login_sessions", sa.Column("user_agent", sa.Text(), nullable=True))
    op.create_unique_constraint(op.f(HASH), "login_sessions", ["cookie_hash"])
    op.alter_column("login_sessions", "current_hash", nullable=True)
    op.drop_table("setup_tokens")  # what is lost are links of half an hour; `llmops up` prints one
    op.create_table(
        "one_time_links",
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.Column("role", sa.Text(), nullable=True),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("created_by_id", sa.Uuid(), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        *_identified(),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["users.id"],
            name=op.f("fk_one_time_links_user_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"],
            ["workspaces.id"],
            name=op.f("fk_one_time_links_workspace_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_one_time_links")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_one_time_links_token_hash")),
    )
    op.create_index(
        "ix_one_time_links_page", "one_time_links", ["workspace_id", sa.literal_column("id DESC")]
    )
    _close("one_time_links")


def downgrade() -> None:
    op.drop_table("one_time_links")
    op.create_table(
        "setup_tokens",
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        *_identified(),
        sa.ForeignKeyConstraint(
            ["workspace_id"],
            ["workspaces.id"],
            name=op.f("fk_setup_tokens_workspace_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_setup_tokens")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_setup_tokens_token_hash")),
    )
    _close("setup_tokens")
    # The sessions of browsers have no refresh token; the owner sees their rows without FORCE only.
    op.execute("ALTER TABLE login_sessions NO FORCE ROW LEVEL SECURITY")
    op.execute("DELETE FROM login_sessions WHERE current_hash IS NULL")
    op.execute("ALTER TABLE login_sessions FORCE ROW LEVEL SECURITY")
    op.alter_column("login_sessions", "current_hash", nullable=False)
    op.drop_constraint(op.f(HASH), "login_sessions", type_="unique")
    for column in ("user_agent", "address", "last_seen_at", "cookie_hash"):
        op.drop_column("login_sessions", column)
    op.drop_column("users", "time_zone")


def _identified() -> list[sa.Column]:
    return [
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
    ]


def _close(table: str) -> None:
    """For the system role alone: whoever follows a link is in no workspace yet."""
    for statement in [*rls.grant(table, app=""), *rls.fence(table)]:
        op.execute(statement)
