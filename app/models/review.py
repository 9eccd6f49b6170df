"""Judges kept like prompts, what people said about the same outputs, and what follows from both."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Double, ForeignKeyConstraint, Index, Integer, Text, func, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Identified, JsonMap, Tenant, own
from app.models.experiment import of_experiment


class Judge(Identified, Tenant, Base):
    """A named judge; experiments name it as `judge:<name>` and freeze its newest version."""

    __tablename__ = "judges"

    name: Mapped[str]
    description: Mapped[str] = mapped_column(server_default="")
    latest_number: Mapped[int] = mapped_column(Integer, server_default="0")
    created_by: Mapped[str]
    archived_at: Mapped[datetime | None]

    __table_args__ = (
        own("id"),
        own("name"),
        ForeignKeyConstraint(["workspace_id"], ["workspaces.id"], ondelete="CASCADE"),
    )


class JudgeVersion(Identified, Tenant, Base):
    """One immutable definition: which evaluator, with which options, asking which model."""

    __tablename__ = "judge_versions"

    judge_id: Mapped[UUID]
    number: Mapped[int]
    evaluator: Mapped[str]
    options: Mapped[JsonMap]
    model: Mapped[str | None]
    content_hash: Mapped[str]
    message: Mapped[str] = mapped_column(server_default="")
    created_by: Mapped[str]

    __table_args__ = (
        ForeignKeyConstraint(
            ["workspace_id", "judge_id"], ["judges.workspace_id", "judges.id"], ondelete="CASCADE"
        ),
        own("id"),
        own("judge_id", "number"),
        own("judge_id", "content_hash"),
    )


class LabelSample(Identified, Tenant, Base):
    """A random subset of judged cases, drawn by the product: only such a one corrects a rate."""

    __tablename__ = "label_samples"

    experiment_id: Mapped[UUID]
    evaluator: Mapped[str]
    seed: Mapped[int]
    population: Mapped[int]
    cases: Mapped[list[int]] = mapped_column(ARRAY(Integer()))
    created_by: Mapped[str]

    __table_args__ = (
        of_experiment(),
        own("id"),
        Index("ix_label_samples_experiment", "workspace_id", "experiment_id", "evaluator"),
    )


class HumanLabel(Identified, Tenant, Base):
    """What one person says about one output: a score from 0 to 1, or whether it hallucinates."""

    __tablename__ = "human_labels"

    experiment_id: Mapped[UUID]
    case_no: Mapped[int]
    evaluator: Mapped[str]
    value: Mapped[float | None] = mapped_column(Double())
    hallucinated: Mapped[bool | None]
    comment: Mapped[str] = mapped_column(server_default="")
    labelled_by: Mapped[str]
    updated_at: Mapped[datetime] = mapped_column(server_default=func.clock_timestamp())

    __table_args__ = (
        of_experiment(),
        own("id"),
        own("experiment_id", "case_no", "evaluator", "labelled_by"),
    )


class ReviewReason(StrEnum):
    """Why a person should look at an output; the most telling first."""

    regression = "regression"  # it passed under the baseline
    judges_disagree = "judges_disagree"
    judge_unsure = "judge_unsure"
    random = "random"


class ReviewItem(Identified, Tenant, Base):
    """One output that waits for people's answers; a person has it for ten minutes at a time."""

    __tablename__ = "review_items"

    experiment_id: Mapped[UUID]
    case_no: Mapped[int]
    evaluator: Mapped[str]
    reason: Mapped[ReviewReason] = mapped_column(Text())
    question: Mapped[str]  # hallucinated | failed | score
    people: Mapped[int] = mapped_column(Integer, server_default="1")  # how many are to answer
    leased_to: Mapped[str | None]
    lease_until: Mapped[datetime | None]
    done_by: Mapped[list[str]] = mapped_column(ARRAY(Text()), server_default="{}")
    skipped_by: Mapped[list[str]] = mapped_column(ARRAY(Text()), server_default="{}")
    done_at: Mapped[datetime | None]

    __table_args__ = (
        of_experiment(),
        own("id"),
        own("experiment_id", "case_no", "evaluator"),
        Index(
            "ix_review_items_open", "workspace_id", "id", postgresql_where=text("done_at IS NULL")
        ),
    )


class JudgeCertificate(Identified, Tenant, Base):
    """Whether a judge may be believed: measured against people at one time, for a time."""

    __tablename__ = "judge_certificates"

    evaluator: Mapped[str]
    evaluator_version: Mapped[str]
    judge_model: Mapped[str]
    admissible: Mapped[bool]
    n: Mapped[int]
    report: Mapped[JsonMap]
    expires_at: Mapped[datetime]
    created_by: Mapped[str]

    __table_args__ = (
        own("id"),
        ForeignKeyConstraint(["workspace_id"], ["workspaces.id"], ondelete="CASCADE"),
        Index(
            "ix_judge_certificates_judge",
            "workspace_id",
            "evaluator",
            "evaluator_version",
            text("id DESC"),
        ),
    )


class Canary(Identified, Tenant, Base):
    """A frozen output a person labelled, judged again on schedule: what moves then is the judge."""

    __tablename__ = "canaries"

    evaluator: Mapped[JsonMap]  # name, options, version
    judge_model: Mapped[str]
    example: Mapped[JsonMap]  # input_data, expected_output, context, criteria, output
    label: Mapped[float] = mapped_column(Double())
    first_score: Mapped[float | None] = mapped_column(Double())
    created_by: Mapped[str]

    __table_args__ = (
        own("id"),
        ForeignKeyConstraint(["workspace_id"], ["workspaces.id"], ondelete="CASCADE"),
    )


class CanaryCheck(Identified, Tenant, Base):
    """One round over a judge's canaries."""

    __tablename__ = "canary_checks"

    evaluator: Mapped[str]
    evaluator_version: Mapped[str]
    judge_model: Mapped[str]
    n: Mapped[int]
    unjudged: Mapped[int]
    agreed: Mapped[int]
    moved: Mapped[bool]
    report: Mapped[list[dict[str, Any]]] = mapped_column(JSONB())

    __table_args__ = (
        own("id"),
        ForeignKeyConstraint(["workspace_id"], ["workspaces.id"], ondelete="CASCADE"),
        Index("ix_canary_checks_time", "workspace_id", "evaluator", text("id DESC")),
    )
