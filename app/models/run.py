"""Single runs and the money every model call cost."""

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Double, ForeignKeyConstraint, Index, Numeric, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Identified, JsonMap, Leased, Tenant, own

Money = Numeric(18, 10)


class Run(Identified, Tenant, Leased, Base):
    """One execution of a version or an ad-hoc template; the row is the job and the record."""

    __tablename__ = "runs"

    prompt_id: Mapped[UUID | None]
    version_id: Mapped[UUID | None]
    version_number: Mapped[int | None]
    prompt_name: Mapped[str | None]
    source: Mapped[str]  # run | query | playground | gateway
    template: Mapped[JsonMap]  # format, template or messages, response_schema: frozen at the start
    variables: Mapped[JsonMap]
    model: Mapped[str]
    parameters: Mapped[JsonMap]
    evaluators: Mapped[list[dict[str, Any]]] = mapped_column(JSONB(), server_default="[]")
    example: Mapped[JsonMap | None] = mapped_column(JSONB(none_as_null=True))
    rendered_prompt: Mapped[str | None]
    output: Mapped[str | None]
    scores: Mapped[list[dict[str, Any]]] = mapped_column(JSONB(), server_default="[]")
    error_code: Mapped[str | None]
    error: Mapped[str | None]
    latency_ms: Mapped[float | None] = mapped_column(Double())
    tokens_in: Mapped[int | None]
    tokens_out: Mapped[int | None]
    cost_usd: Mapped[Decimal | None] = mapped_column(Money)
    cost_estimated: Mapped[Decimal | None] = mapped_column(Money)
    created_by: Mapped[str]
    api_key_id: Mapped[UUID | None]
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]

    __table_args__ = (
        own("id"),
        ForeignKeyConstraint(["workspace_id"], ["workspaces.id"], ondelete="CASCADE"),
        ForeignKeyConstraint(
            ["workspace_id", "prompt_id"],
            ["prompts.workspace_id", "prompts.id"],
            ondelete="CASCADE",
        ),
        ForeignKeyConstraint(
            ["workspace_id", "version_id"],
            ["prompt_versions.workspace_id", "prompt_versions.id"],
            ondelete="CASCADE",
        ),
        Index("ix_runs_page", "workspace_id", text("id DESC")),
        Index("ix_runs_version", "workspace_id", "version_id", text("id DESC")),
        Index("ix_runs_time", "workspace_id", "created_at"),
        Index(
            "ix_runs_open", "next_send", postgresql_where=text("state IN ('pending', 'running')")
        ),
    )


class CostEntry(Identified, Tenant, Base):
    """One model call's price; written in the transaction that stores its result."""

    __tablename__ = "cost_entries"

    kind: Mapped[str]  # completion | judge | embedding | moderation
    source: Mapped[str]  # run | query | experiment | playground | gateway
    model: Mapped[str]
    prompt_id: Mapped[UUID | None]
    version_id: Mapped[UUID | None]
    run_id: Mapped[UUID | None]
    experiment_id: Mapped[UUID | None]
    api_key_id: Mapped[UUID | None]
    tokens_in: Mapped[int]
    tokens_out: Mapped[int]
    tokens_estimated: Mapped[bool]
    cost_usd: Mapped[Decimal | None] = mapped_column(Money)
    cost_estimated: Mapped[Decimal] = mapped_column(Money)
    latency_ms: Mapped[float] = mapped_column(Double())
    cached: Mapped[bool] = mapped_column(server_default="false")  # answered before: costs nothing

    __table_args__ = (
        ForeignKeyConstraint(["workspace_id"], ["workspaces.id"], ondelete="CASCADE"),
        Index("ix_cost_entries_time", "workspace_id", "created_at"),
        Index("ix_cost_entries_experiment", "workspace_id", "experiment_id"),
    )
