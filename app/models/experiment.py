"""Experiments: a frozen plan of arms × examples × repeats, cut into shards; results and scores.

A case is `case_no` = ((example · repeats) + repeat) · arms + arm, counted from 0: neighbours are
the same example under different versions, so that a stopped experiment still has pairs.
"""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Double,
    ForeignKeyConstraint,
    Index,
    Integer,
    PrimaryKeyConstraint,
    Text,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Identified, JsonMap, Leased, Tenant, own
from app.models.run import Money


class ExperimentStatus(StrEnum):
    pending = "pending"
    running = "running"
    paused = "paused"
    rolling_up = "rolling_up"
    completed = "completed"
    completed_with_errors = "completed_with_errors"
    failed = "failed"
    cancelled = "cancelled"


class CaseState(StrEnum):
    """How a case ended; every planned case ends in exactly one, and they add up to the plan."""

    scored = "scored"
    template_error = "template_error"
    provider_error = "provider_error"
    judge_error = "judge_error"
    judge_unparseable = "judge_unparseable"
    worker_lost = "worker_lost"
    budget_skipped = "budget_skipped"
    cancelled = "cancelled"


FINAL = frozenset(
    {
        ExperimentStatus.completed,
        ExperimentStatus.completed_with_errors,
        ExperimentStatus.failed,
        ExperimentStatus.cancelled,
    }
)


def of_experiment() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(
        ["workspace_id", "experiment_id"],
        ["experiments.workspace_id", "experiments.id"],
        ondelete="CASCADE",
    )


# Parts of other experiments, on chosen examples: their scores stand for no version.
ON_BEHALF = ("confirm", "bisect", "blame")


class Experiment(Identified, Tenant, Base):
    __tablename__ = "experiments"

    prompt_id: Mapped[UUID]
    name: Mapped[str]
    status: Mapped[ExperimentStatus] = mapped_column(Text(), server_default="pending")
    trigger: Mapped[str]  # api | evaluate | demo | ci | schedule
    repeats: Mapped[int] = mapped_column(Integer, server_default="1")
    seed: Mapped[int] = mapped_column(BigInteger)
    evaluators: Mapped[list[dict[str, Any]]] = mapped_column(JSONB())
    primary_evaluator: Mapped[str]
    judge_model: Mapped[str]
    baseline_arm: Mapped[int | None]
    concurrency: Mapped[int]
    max_cost_usd: Mapped[Decimal | None] = mapped_column(Money)
    tags: Mapped[list[str]] = mapped_column(ARRAY(Text()), server_default="{}")
    git: Mapped[JsonMap | None] = mapped_column(JSONB(none_as_null=True))
    options: Mapped[JsonMap] = mapped_column(server_default="{}")
    follows: Mapped[UUID | None]  # the experiment or analysis that started this one
    gate_id: Mapped[UUID | None]
    gate_number: Mapped[int | None]
    snapshot_hash: Mapped[str]
    plan: Mapped[JsonMap]
    planned: Mapped[int]
    counts: Mapped[JsonMap] = mapped_column(server_default="{}")
    calls: Mapped[int] = mapped_column(Integer, server_default="0")
    cached: Mapped[int] = mapped_column(Integer, server_default="0")  # cases answered before
    tokens_in: Mapped[int] = mapped_column(BigInteger, server_default="0")
    tokens_out: Mapped[int] = mapped_column(BigInteger, server_default="0")
    cost_usd: Mapped[Decimal] = mapped_column(Money, server_default="0")
    cost_estimated: Mapped[Decimal] = mapped_column(Money, server_default="0")
    cost_unknown: Mapped[bool] = mapped_column(server_default="false")
    results: Mapped[list[dict[str, Any]] | None] = mapped_column(JSONB(none_as_null=True))
    comparisons: Mapped[list[dict[str, Any]] | None] = mapped_column(JSONB(none_as_null=True))
    verdict: Mapped[JsonMap | None] = mapped_column(JSONB(none_as_null=True))
    error: Mapped[str | None]
    created_by: Mapped[str]
    api_key_id: Mapped[UUID | None]
    queued_at: Mapped[datetime | None]  # when its doubtful cases were last put up for review
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    updated_at: Mapped[datetime] = mapped_column(server_default=func.clock_timestamp())

    __table_args__ = (
        own("id"),
        ForeignKeyConstraint(
            ["workspace_id", "prompt_id"],
            ["prompts.workspace_id", "prompts.id"],
            ondelete="CASCADE",
        ),
        Index("ix_experiments_page", "workspace_id", text("id DESC")),
        Index("ix_experiments_prompt", "workspace_id", "prompt_id", text("id DESC")),
        Index(
            "ix_experiments_follows",
            "follows",
            postgresql_where=text("follows IS NOT NULL"),
        ),
        Index(
            "ix_experiments_open",
            "updated_at",
            postgresql_where=text("status IN ('pending', 'running', 'rolling_up')"),
        ),
    )


class ExperimentArm(Tenant, Base):
    """One version under test, with everything that decides its output frozen."""

    __tablename__ = "experiment_arms"

    experiment_id: Mapped[UUID]
    arm: Mapped[int]
    version_id: Mapped[UUID]
    version_number: Mapped[int]
    name: Mapped[str | None]  # of a text that is no version, as hunk blame tries them
    model: Mapped[str]
    template: Mapped[JsonMap]
    parameters: Mapped[JsonMap]

    __table_args__ = (PrimaryKeyConstraint("experiment_id", "arm"), of_experiment())


class ExperimentExample(Tenant, Base):
    """A golden example as it was when the experiment started."""

    __tablename__ = "experiment_examples"

    experiment_id: Mapped[UUID]
    position: Mapped[int]
    example_id: Mapped[UUID]
    input_data: Mapped[JsonMap]
    expected_output: Mapped[str | None]
    context: Mapped[str | None]
    criteria: Mapped[str | None]
    tags: Mapped[list[str]] = mapped_column(ARRAY(Text()))
    weight: Mapped[float] = mapped_column(Double())
    critical: Mapped[bool]

    __table_args__ = (PrimaryKeyConstraint("experiment_id", "position"), of_experiment())


class Shard(Identified, Tenant, Leased, Base):
    """A contiguous slice of cases: the unit of a Celery message and of a lease."""

    __tablename__ = "shards"

    experiment_id: Mapped[UUID]
    number: Mapped[int]
    first_case: Mapped[int]
    cases: Mapped[int]
    in_flight: Mapped[list[int]] = mapped_column(ARRAY(Integer()), server_default="{}")

    __table_args__ = (
        of_experiment(),
        own("id"),
        own("experiment_id", "number"),  # also how the roll-up and the loops find them
        Index(
            "ix_shards_open", "next_send", postgresql_where=text("state IN ('pending', 'running')")
        ),
    )


class Result(Tenant, Base):
    """One case's output and state; the key makes a second one impossible.

    Of the experiments' ids in here and beside it the planner keeps no statistics (migration 0009).
    """

    __tablename__ = "results"

    experiment_id: Mapped[UUID]
    case_no: Mapped[int]
    shard_id: Mapped[UUID]
    arm: Mapped[int]
    position: Mapped[int]
    repeat: Mapped[int]
    state: Mapped[CaseState] = mapped_column(Text())
    retrying: Mapped[bool] = mapped_column(server_default="false")  # to be run again: not counted
    rendered_prompt: Mapped[str | None]
    output: Mapped[str | None]
    error_code: Mapped[str | None]
    error: Mapped[str | None]
    score: Mapped[float | None] = mapped_column(Double())
    hallucination_rate: Mapped[float | None] = mapped_column(Double())
    latency_ms: Mapped[float | None] = mapped_column(Double())
    tokens_in: Mapped[int] = mapped_column(Integer, server_default="0")
    tokens_out: Mapped[int] = mapped_column(Integer, server_default="0")
    cost_usd: Mapped[Decimal | None] = mapped_column(Money)
    cost_estimated: Mapped[Decimal] = mapped_column(Money, server_default="0")
    cached: Mapped[bool] = mapped_column(server_default="false")
    created_at: Mapped[datetime] = mapped_column(server_default=func.clock_timestamp())

    __table_args__ = (
        PrimaryKeyConstraint("experiment_id", "case_no"),
        of_experiment(),
        CheckConstraint("(state = 'scored') = (score IS NOT NULL)", name="scored_has_score"),
        # the orders of the list: of a million, the worst are found without looking at the others
        Index("ix_results_score", "experiment_id", text("score NULLS FIRST"), "case_no"),
        Index("ix_results_latency", "experiment_id", text("latency_ms DESC NULLS LAST"), "case_no"),
    )


class CaseScore(Tenant, Base):
    """One evaluator's judgment of one case."""

    __tablename__ = "case_scores"

    experiment_id: Mapped[UUID]
    case_no: Mapped[int]
    evaluator: Mapped[str]
    evaluator_version: Mapped[str]
    state: Mapped[str]
    value: Mapped[float | None] = mapped_column(Double())
    hallucination_rate: Mapped[float | None] = mapped_column(Double())
    reason: Mapped[str] = mapped_column(server_default="")
    claims: Mapped[list[dict[str, Any]]] = mapped_column(JSONB(), server_default="[]")
    details: Mapped[JsonMap] = mapped_column(server_default="{}")

    __table_args__ = (
        PrimaryKeyConstraint("experiment_id", "case_no", "evaluator"),
        of_experiment(),
    )
