"""Verdicts, the gates that demand them, baselines, and the analyses that look for a cause."""

from datetime import datetime
from enum import StrEnum
from typing import Literal
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, Index, Integer, Text, func, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, deferred, mapped_column

from app.models.base import Base, Identified, JsonMap, Leased, Tenant, own
from app.models.experiment import of_experiment
from app.models.prompt import of_prompt, of_version

Direction = Literal["higher", "lower"]  # which way a metric is better


class Ruling(StrEnum):
    """What a comparison comes to. Only `pass` passes; a label obeys nothing else."""

    passed = "pass"
    regression = "regression"
    inconclusive = "inconclusive"
    not_comparable = "not_comparable"
    invalid = "invalid"
    budget_exhausted = "budget_exhausted"


class VerdictRecord(Identified, Tenant, Base):
    """One verdict on one candidate against one baseline; never changed, only followed by another.

    `content` is the Verdict as every door shows it; `evidence` is all it was computed from.
    """

    __tablename__ = "verdicts"

    prompt_id: Mapped[UUID]
    experiment_id: Mapped[UUID]
    baseline_arm: Mapped[int]
    candidate_arm: Mapped[int]
    baseline_version_id: Mapped[UUID]
    candidate_version_id: Mapped[UUID]
    gate_id: Mapped[UUID | None]
    gate_number: Mapped[int | None]
    ruling: Mapped[Ruling] = mapped_column(Text())
    decision_version: Mapped[int]
    content: Mapped[JsonMap]
    evidence: Mapped[JsonMap] = deferred(mapped_column(JSONB()))

    __table_args__ = (
        of_prompt(),
        of_experiment(),
        own("id"),
        Index("ix_verdicts_experiment", "workspace_id", "experiment_id", text("id DESC")),
        Index(
            "ix_verdicts_pair",
            "workspace_id",
            "prompt_id",
            "candidate_version_id",
            "baseline_version_id",
            text("id DESC"),
        ),
    )


class Gate(Identified, Tenant, Base):
    """What a candidate must show; with a `label`, the label moves only by it."""

    __tablename__ = "gates"

    prompt_id: Mapped[UUID]
    name: Mapped[str]
    label: Mapped[str | None]
    number: Mapped[int] = mapped_column(Integer, server_default="1")  # the policy in force
    created_by: Mapped[str]
    updated_at: Mapped[datetime] = mapped_column(server_default=func.clock_timestamp())
    archived_at: Mapped[datetime | None]

    __table_args__ = (
        of_prompt(),
        own("id"),
        Index(
            "uq_gates_name",
            "workspace_id",
            "prompt_id",
            "name",
            unique=True,
            postgresql_where=text("archived_at IS NULL"),
        ),
        Index(
            "uq_gates_label",
            "workspace_id",
            "prompt_id",
            "label",
            unique=True,
            postgresql_where=text("archived_at IS NULL AND label IS NOT NULL"),
        ),
    )


class GatePolicy(Identified, Tenant, Base):
    """One version of a gate's policy; never changed."""

    __tablename__ = "gate_policies"

    gate_id: Mapped[UUID]
    number: Mapped[int]
    policy: Mapped[JsonMap]
    message: Mapped[str] = mapped_column(server_default="")
    created_by: Mapped[str]

    __table_args__ = (
        ForeignKeyConstraint(
            ["workspace_id", "gate_id"], ["gates.workspace_id", "gates.id"], ondelete="CASCADE"
        ),
        own("gate_id", "number"),
    )


class Baseline(Identified, Tenant, Base):
    """What good is measured against: a version's results somebody approved."""

    __tablename__ = "baselines"

    prompt_id: Mapped[UUID]
    version_id: Mapped[UUID]
    version_number: Mapped[int]
    experiment_id: Mapped[UUID]
    arm: Mapped[int]
    snapshot_hash: Mapped[str]
    evaluators: Mapped[JsonMap]  # name → version that judged
    judge_model: Mapped[str]
    reason: Mapped[str] = mapped_column(server_default="")
    approved_by: Mapped[str]
    retired_at: Mapped[datetime | None]

    __table_args__ = (
        of_version(),
        of_experiment(),
        own("id"),
        Index("ix_baselines_prompt", "workspace_id", "prompt_id", text("id DESC")),
    )


class AnalysisKind(StrEnum):
    bisect = "bisect"
    blame = "blame"


class Analysis(Identified, Tenant, Leased, Base):
    """A search that runs experiments of its own: one step at a time, each by `advance`."""

    __tablename__ = "analyses"

    prompt_id: Mapped[UUID]
    kind: Mapped[AnalysisKind] = mapped_column(Text())
    asked: Mapped[JsonMap]
    memory: Mapped[JsonMap] = mapped_column(server_default="{}")  # what the steps so far found
    progress: Mapped[JsonMap] = mapped_column(server_default="{}")
    result: Mapped[JsonMap | None] = mapped_column(JSONB(none_as_null=True))
    error: Mapped[str | None]
    created_by: Mapped[str]
    finished_at: Mapped[datetime | None]
    updated_at: Mapped[datetime] = mapped_column(server_default=func.clock_timestamp())

    __table_args__ = (
        of_prompt(),
        own("id"),
        Index("ix_analyses_page", "workspace_id", "prompt_id", text("id DESC")),
        Index(
            "ix_analyses_open",
            "next_send",
            postgresql_where=text("state IN ('pending', 'running')"),
        ),
    )
