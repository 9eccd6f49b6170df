"""Prompts, their immutable versions, the labels that move between them, golden examples."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    Double,
    ForeignKeyConstraint,
    Index,
    Integer,
    Text,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models.base import Base, Identified, JsonMap, Tenant, own


def of_prompt() -> ForeignKeyConstraint:
    """Composite on purpose: a single-column key would accept another workspace's prompt."""
    return ForeignKeyConstraint(
        ["workspace_id", "prompt_id"], ["prompts.workspace_id", "prompts.id"], ondelete="CASCADE"
    )


class Prompt(Identified, Tenant, Base):
    __tablename__ = "prompts"

    name: Mapped[str]
    description: Mapped[str] = mapped_column(server_default="")
    tags: Mapped[list[str]] = mapped_column(ARRAY(Text()), server_default="{}")
    revision: Mapped[int] = mapped_column(Integer, server_default="1")
    latest_number: Mapped[int] = mapped_column(Integer, server_default="0")
    created_by: Mapped[str]
    updated_at: Mapped[datetime] = mapped_column(server_default=func.clock_timestamp())
    archived_at: Mapped[datetime | None]

    __table_args__ = (
        own("id"),
        own("name"),
        ForeignKeyConstraint(["workspace_id"], ["workspaces.id"], ondelete="CASCADE"),
    )


class PromptAlias(Identified, Tenant, Base):
    """A name a prompt once had; links and clients that use it go on working."""

    __tablename__ = "prompt_aliases"

    prompt_id: Mapped[UUID]
    name: Mapped[str]

    __table_args__ = (of_prompt(), own("name"))


class PromptVersion(Identified, Tenant, Base):
    """One immutable text of a prompt: no UPDATE grant on its content."""

    __tablename__ = "prompt_versions"

    prompt_id: Mapped[UUID]
    number: Mapped[int]
    template_format: Mapped[str]
    template: Mapped[str | None]
    messages: Mapped[list[dict[str, Any]] | None] = mapped_column(JSONB(none_as_null=True))
    model: Mapped[str | None]
    parameters: Mapped[JsonMap] = mapped_column(server_default="{}")
    response_schema: Mapped[JsonMap | None] = mapped_column(JSONB(none_as_null=True))
    variables: Mapped[list[dict[str, Any]]] = mapped_column(JSONB())
    content_hash: Mapped[str]
    message: Mapped[str] = mapped_column(server_default="")
    parent_number: Mapped[int | None]
    created_by: Mapped[str]

    prompt: Mapped[Prompt] = relationship(lazy="raise", viewonly=True)

    __table_args__ = (
        of_prompt(),
        own("id"),
        own("prompt_id", "id"),
        own("prompt_id", "number"),
        own("prompt_id", "content_hash"),
    )


def of_version() -> ForeignKeyConstraint:
    """Ties a version to its own prompt as well as to its workspace."""
    return ForeignKeyConstraint(
        ["workspace_id", "prompt_id", "version_id"],
        [
            "prompt_versions.workspace_id",
            "prompt_versions.prompt_id",
            "prompt_versions.id",
        ],
        ondelete="CASCADE",
    )


class PromptLabel(Identified, Tenant, Base):
    """Where a label stands now, e.g. `production`."""

    __tablename__ = "prompt_labels"

    prompt_id: Mapped[UUID]
    name: Mapped[str]
    version_id: Mapped[UUID]
    moved_at: Mapped[datetime] = mapped_column(server_default=func.clock_timestamp())

    __table_args__ = (of_version(), own("prompt_id", "name"))


class LabelMove(Identified, Tenant, Base):
    """Who moved a label, from which version to which, and why."""

    __tablename__ = "label_moves"

    prompt_id: Mapped[UUID]
    label: Mapped[str]
    from_number: Mapped[int | None]
    to_number: Mapped[int]
    version_id: Mapped[UUID]
    reason: Mapped[str] = mapped_column(server_default="")
    verdict: Mapped[JsonMap | None] = mapped_column(JSONB(none_as_null=True))
    override: Mapped[bool] = mapped_column(server_default="false")
    moved_by: Mapped[str]

    __table_args__ = (
        of_version(),
        Index("ix_label_moves_history", "workspace_id", "prompt_id", "label", text("id DESC")),
    )


class GoldenExample(Identified, Tenant, Base):
    """What a good answer looks like for one input."""

    __tablename__ = "golden_examples"

    prompt_id: Mapped[UUID]
    input_data: Mapped[JsonMap]
    expected_output: Mapped[str | None]
    context: Mapped[str | None]
    criteria: Mapped[str | None]
    tags: Mapped[list[str]] = mapped_column(ARRAY(Text()), server_default="{}")
    split: Mapped[str] = mapped_column(server_default="test")
    weight: Mapped[float] = mapped_column(Double(), server_default="1")
    critical: Mapped[bool] = mapped_column(server_default="false")
    source: Mapped[str | None]
    revision: Mapped[int] = mapped_column(Integer, server_default="1")
    created_by: Mapped[str]
    updated_at: Mapped[datetime] = mapped_column(server_default=func.clock_timestamp())

    __table_args__ = (
        of_prompt(),
        own("id"),
        Index("ix_golden_examples_prompt", "workspace_id", "prompt_id", "id"),
    )
