"""Budgets, what is spent and reserved under them, answers already paid for, prices of one's own.

Spending is counted by the database: a trigger on `cost_entries` adds every entry to the periods of
the budgets it falls under, in the entry's own transaction, so that nobody can forget to.
"""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    Double,
    ForeignKeyConstraint,
    Index,
    Integer,
    Numeric,
    Text,
    func,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Identified, Tenant, own
from app.models.experiment import of_experiment
from app.models.prompt import of_prompt
from app.models.run import Money


class BudgetScope(StrEnum):
    """Whose calls a budget counts."""

    workspace = "workspace"
    prompt = "prompt"
    key = "key"


class BudgetPeriodKind(StrEnum):
    """When a budget starts again."""

    day = "day"
    month = "month"


class Budget(Identified, Tenant, Base):
    """What may be spent in a period; `hard_stop` refuses calls, otherwise it only tells."""

    __tablename__ = "budgets"

    scope: Mapped[BudgetScope] = mapped_column(Text())
    prompt_id: Mapped[UUID | None]
    api_key_id: Mapped[UUID | None]
    period: Mapped[BudgetPeriodKind] = mapped_column(Text())
    time_zone: Mapped[str] = mapped_column(server_default="UTC")
    limit_usd: Mapped[Decimal] = mapped_column(Money)
    alert_share: Mapped[Decimal] = mapped_column(Numeric(4, 3), server_default="0.8")
    hard_stop: Mapped[bool]
    enabled: Mapped[bool] = mapped_column(server_default="true")
    created_by: Mapped[str]
    updated_at: Mapped[datetime] = mapped_column(server_default=func.clock_timestamp())

    __table_args__ = (
        own("id"),
        ForeignKeyConstraint(["workspace_id"], ["workspaces.id"], ondelete="CASCADE"),
        of_prompt(),
        ForeignKeyConstraint(
            ["workspace_id", "api_key_id"],
            ["api_keys.workspace_id", "api_keys.id"],
            ondelete="CASCADE",
        ),
        CheckConstraint(
            "(scope = 'prompt') = (prompt_id IS NOT NULL)"
            " AND (scope = 'key') = (api_key_id IS NOT NULL)",
            name="scope_names_its_object",
        ),
    )


class BudgetPeriod(Identified, Tenant, Base):
    """What was spent under a budget from `starts_at` on; and which of its events were told."""

    __tablename__ = "budget_periods"

    budget_id: Mapped[UUID]
    starts_at: Mapped[datetime]
    spent_usd: Mapped[Decimal] = mapped_column(Money, server_default="0")
    stopped_at: Mapped[datetime | None]  # when it first refused an experiment's case
    alert_told_at: Mapped[datetime | None]
    exceeded_told_at: Mapped[datetime | None]

    __table_args__ = (
        own("budget_id", "starts_at"),
        ForeignKeyConstraint(
            ["workspace_id", "budget_id"],
            ["budgets.workspace_id", "budgets.id"],
            ondelete="CASCADE",
        ),
    )


class Reservation(Identified, Tenant, Base):
    """Money for calls about to be made; nobody's any more once `lease_until` has passed."""

    __tablename__ = "reservations"

    prompt_id: Mapped[UUID | None]
    api_key_id: Mapped[UUID | None]
    experiment_id: Mapped[UUID | None]
    amount_usd: Mapped[Decimal] = mapped_column(Money)
    lease_until: Mapped[datetime]

    __table_args__ = (
        ForeignKeyConstraint(["workspace_id"], ["workspaces.id"], ondelete="CASCADE"),
        of_prompt(),
        of_experiment(),
        Index("ix_reservations_workspace", "workspace_id", "lease_until"),
    )


class CachedAnswer(Identified, Tenant, Base):
    """A model's answer by what was asked; goes with the prompt that asked first."""

    __tablename__ = "cached_answers"

    key: Mapped[str]  # SHA-256 of what was asked: `runs/cache.py`
    prompt_id: Mapped[UUID | None]
    text: Mapped[str]
    model: Mapped[str]
    tokens_in: Mapped[int] = mapped_column(Integer)
    tokens_out: Mapped[int] = mapped_column(Integer)
    tokens_estimated: Mapped[bool]
    finish_reason: Mapped[str]
    latency_ms: Mapped[float] = mapped_column(Double())
    tool_calls: Mapped[list[dict[str, Any]]] = mapped_column(JSONB(), server_default="[]")

    __table_args__ = (
        own("key"),
        ForeignKeyConstraint(["workspace_id"], ["workspaces.id"], ondelete="CASCADE"),
        of_prompt(),
        Index("ix_cached_answers_age", "created_at"),
    )


class PriceOverride(Identified, Tenant, Base):
    """What a model costs this workspace from a day (UTC) on, in USD per million tokens."""

    __tablename__ = "price_overrides"

    model: Mapped[str]
    input_usd: Mapped[Decimal] = mapped_column(Money)
    output_usd: Mapped[Decimal] = mapped_column(Money)
    valid_from: Mapped[date]
    created_by: Mapped[str]

    __table_args__ = (
        own("id"),
        own("model", "valid_from"),
        ForeignKeyConstraint(["workspace_id"], ["workspaces.id"], ondelete="CASCADE"),
    )
