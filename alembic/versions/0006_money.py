"""Budgets, what is reserved under them, and answers that are already paid for."""

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from alembic import op
from app.models import rls

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

MONEY = sa.Numeric(18, 10)
APP_MAY = {
    "budgets": "SELECT, INSERT, UPDATE, DELETE",
    "budget_periods": "SELECT, INSERT, UPDATE",
    "reservations": "SELECT, INSERT, UPDATE, DELETE",
    "cached_answers": "SELECT, INSERT, DELETE",
    "price_overrides": "SELECT, INSERT, DELETE",
}
STARTS = """
CREATE FUNCTION budget_starts(period text, zone text, at timestamptz) RETURNS timestamptz
LANGUAGE sql STABLE PARALLEL SAFE AS
$$ SELECT date_trunc(period, at AT TIME ZONE zone) AT TIME ZONE zone $$
"""
# ordered by id: two transactions that count under the same budgets never wait for each other
COUNT = """
CREATE FUNCTION count_spend() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO budget_periods (id, workspace_id, budget_id, starts_at, spent_usd)
  SELECT gen_random_uuid(), b.workspace_id, b.id,
         budget_starts(b.period, b.time_zone, c.created_at) AS starts_at,
         sum(coalesce(c.cost_usd, c.cost_estimated))
    FROM added c
    JOIN budgets b ON b.workspace_id = c.workspace_id
     AND (b.scope = 'workspace' OR b.prompt_id = c.prompt_id OR b.api_key_id = c.api_key_id)
   GROUP BY b.workspace_id, b.id, 4
   ORDER BY b.id, 4
  ON CONFLICT (workspace_id, budget_id, starts_at)
  DO UPDATE SET spent_usd = budget_periods.spent_usd + excluded.spent_usd;
  RETURN NULL;
END $$
"""
COUNT_EACH = """
CREATE TRIGGER count_spend AFTER INSERT ON cost_entries REFERENCING NEW TABLE AS added
FOR EACH STATEMENT EXECUTE FUNCTION count_spend()
"""


def upgrade() -> None:
    op.add_column("runs", sa.Column("api_key_id", sa.Uuid(), nullable=True))
    op.add_column("experiments", sa.Column("api_key_id", sa.Uuid(), nullable=True))
    op.add_column(
        "experiments", sa.Column("cached", sa.Integer(), server_default="0", nullable=False)
    )
    op.add_column("cost_entries", sa.Column("api_key_id", sa.Uuid(), nullable=True))
    for table in ("cost_entries", "results"):
        op.add_column(
            table, sa.Column("cached", sa.Boolean(), server_default="false", nullable=False)
        )
    _budgets()
    _reservations()
    _cached_answers()
    _price_overrides()
    for table, app in APP_MAY.items():
        for statement in [*rls.grant(table, app=app), *rls.fence(table)]:
            op.execute(statement)
    for statement in (STARTS, COUNT, COUNT_EACH):
        op.execute(statement)


def downgrade() -> None:
    op.execute("DROP TRIGGER count_spend ON cost_entries")
    op.execute("DROP FUNCTION count_spend()")
    op.execute("DROP FUNCTION budget_starts(text, text, timestamptz)")
    for table in reversed(APP_MAY):
        if table != "budgets":
            op.drop_table(table)
    op.drop_table("budgets")
    for table in ("cost_entries", "results"):
        op.drop_column(table, "cached")
    op.drop_column("cost_entries", "api_key_id")
    op.drop_column("experiments", "cached")
    op.drop_column("experiments", "api_key_id")
    op.drop_column("runs", "api_key_id")


def _budgets() -> None:
    op.create_table(
        "budgets",
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("prompt_id", sa.Uuid(), nullable=True),
        sa.Column("api_key_id", sa.Uuid(), nullable=True),
        sa.Column("period", sa.Text(), nullable=False),
        sa.Column("time_zone", sa.Text(), server_default="UTC", nullable=False),
        sa.Column("limit_usd", MONEY, nullable=False),
        sa.Column("alert_share", sa.Numeric(4, 3), server_default="0.8", nullable=False),
        sa.Column("hard_stop", sa.Boolean(), nullable=False),
        sa.Column("enabled", sa.Boolean(), server_default="true", nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        _now("updated_at"),
        *_of_workspace("budgets"),
        _prompt("budgets"),
        sa.ForeignKeyConstraint(
            ["workspace_id", "api_key_id"],
            ["api_keys.workspace_id", "api_keys.id"],
            name=op.f("fk_budgets_workspace_id_api_key_id"),
            ondelete="CASCADE",
        ),
        sa.CheckConstraint(
            "(scope = 'prompt') = (prompt_id IS NOT NULL)"
            " AND (scope = 'key') = (api_key_id IS NOT NULL)",
            name=op.f("ck_budgets_scope_names_its_object"),
        ),
        sa.UniqueConstraint("workspace_id", "id", name=op.f("uq_budgets_workspace_id_id")),
    )
    op.create_table(
        "budget_periods",
        sa.Column("budget_id", sa.Uuid(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("spent_usd", MONEY, server_default="0", nullable=False),
        sa.Column("stopped_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("alert_told_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("exceeded_told_at", sa.DateTime(timezone=True), nullable=True),
        *_of_workspace("budget_periods", itself=False),
        sa.ForeignKeyConstraint(
            ["workspace_id", "budget_id"],
            ["budgets.workspace_id", "budgets.id"],
            name=op.f("fk_budget_periods_workspace_id_budget_id"),
            ondelete="CASCADE",
        ),
        sa.UniqueConstraint(
            "workspace_id",
            "budget_id",
            "starts_at",
            name=op.f("uq_budget_periods_workspace_id_budget_id_starts_at"),
        ),
    )


def _reservations() -> None:
    op.create_table(
        "reservations",
        sa.Column("prompt_id", sa.Uuid(), nullable=True),
        sa.Column("api_key_id", sa.Uuid(), nullable=True),
        sa.Column("experiment_id", sa.Uuid(), nullable=True),
        sa.Column("amount_usd", MONEY, nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=False),
        *_of_workspace("reservations"),
        _prompt("reservations"),
        sa.ForeignKeyConstraint(
            ["workspace_id", "experiment_id"],
            ["experiments.workspace_id", "experiments.id"],
            name=op.f("fk_reservations_workspace_id_experiment_id"),
            ondelete="CASCADE",
        ),
    )
    op.create_index(
        "ix_reservations_workspace", "reservations", ["workspace_id", "lease_until"], unique=False
    )


def _cached_answers() -> None:
    op.create_table(
        "cached_answers",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("prompt_id", sa.Uuid(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("model", sa.Text(), nullable=False),
        sa.Column("tokens_in", sa.Integer(), nullable=False),
        sa.Column("tokens_out", sa.Integer(), nullable=False),
        sa.Column("tokens_estimated", sa.Boolean(), nullable=False),
        sa.Column("finish_reason", sa.Text(), nullable=False),
        sa.Column("latency_ms", sa.Double(), nullable=False),
        sa.Column("tool_calls", postgresql.JSONB(), server_default="[]", nullable=False),
        *_of_workspace("cached_answers"),
        _prompt("cached_answers"),
        sa.UniqueConstraint("workspace_id", "key", name=op.f("uq_cached_answers_workspace_id_key")),
    )
    op.create_index("ix_cached_answers_age", "cached_answers", ["created_at"], unique=False)


def _price_overrides() -> None:
    op.create_table(
        "price_overrides",
        sa.Column("model", sa.Text(), nullable=False),
        sa.Column("input_usd", MONEY, nullable=False),
        sa.Column("output_usd", MONEY, nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        *_of_workspace("price_overrides"),
        sa.UniqueConstraint("workspace_id", "id", name=op.f("uq_price_overrides_workspace_id_id")),
        sa.UniqueConstraint(
            "workspace_id",
            "model",
            "valid_from",
            name=op.f("uq_price_overrides_workspace_id_model_valid_from"),
        ),
    )


def _now(name: str) -> sa.Column:
    return sa.Column(
        name,
        sa.DateTime(timezone=True),
        server_default=sa.text("clock_timestamp()"),
        nullable=False,
    )


def _prompt(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["workspace_id", "prompt_id"],
        ["prompts.workspace_id", "prompts.id"],
        name=op.f(f"fk_{table}_workspace_id_prompt_id"),
        ondelete="CASCADE",
    )


def _of_workspace(table: str, *, itself: bool = True) -> list[sa.Column | sa.Constraint]:
    """Id, time and workspace; `itself`: the workspace's key is this table's own."""
    columns: list[sa.Column | sa.Constraint] = [
        sa.Column("id", sa.Uuid(), nullable=False),
        _now("created_at"),
        sa.Column(
            "workspace_id", sa.Uuid(), server_default=sa.text("current_workspace()"), nullable=False
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    ]
    if itself:
        columns.append(
            sa.ForeignKeyConstraint(
                ["workspace_id"],
                ["workspaces.id"],
                name=op.f(f"fk_{table}_workspace_id"),
                ondelete="CASCADE",
            )
        )
    return columns
