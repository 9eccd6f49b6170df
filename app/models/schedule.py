"""Experiments that start by the clock, and what is noticed when they are followed over time."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, Index, Integer, func, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Identified, JsonMap, Leased, Tenant, own


class Schedule(Identified, Tenant, Base):
    """An experiment by the clock. One that is watched runs a single version, over and over."""

    __tablename__ = "schedules"

    prompt_id: Mapped[UUID]
    name: Mapped[str]
    cron: Mapped[str]
    time_zone: Mapped[str]
    versions: Mapped[list[Any]] = mapped_column(JSONB())
    request: Mapped[JsonMap]  # what else an experiment is asked for
    watch: Mapped[bool]
    enabled: Mapped[bool]
    number: Mapped[int] = mapped_column(Integer, server_default="1")  # of its changes
    next_run_at: Mapped[datetime | None]
    watched_since: Mapped[datetime | None]  # runs before are no baseline any more
    drift: Mapped[JsonMap | None] = mapped_column(JSONB(none_as_null=True))  # as of the newest run
    created_by: Mapped[str]
    api_key_id: Mapped[UUID | None]  # under whose budget its runs fall
    updated_at: Mapped[datetime] = mapped_column(server_default=func.clock_timestamp())

    __table_args__ = (
        own("id"),
        own("name"),
        ForeignKeyConstraint(
            ["workspace_id", "prompt_id"],
            ["prompts.workspace_id", "prompts.id"],
            ondelete="CASCADE",
        ),
        Index("ix_schedules_due", "next_run_at", postgresql_where=text("enabled")),
    )


def _of_schedule() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(
        ["workspace_id", "schedule_id"],
        ["schedules.workspace_id", "schedules.id"],
        ondelete="CASCADE",
    )


class ScheduleRun(Identified, Tenant, Leased, Base):
    """One time that was due: *pending*, *running*, then *done* with its experiment, or *failed*."""

    __tablename__ = "schedule_runs"

    schedule_id: Mapped[UUID]
    due_at: Mapped[datetime]
    asked_by: Mapped[str | None]  # who wanted it now; None: the clock
    experiment_id: Mapped[UUID | None]
    error: Mapped[str | None]
    watched_at: Mapped[datetime | None]

    __table_args__ = (
        own("id"),
        own("schedule_id", "due_at"),
        _of_schedule(),
        Index("ix_schedule_runs_page", "workspace_id", "schedule_id", text("id DESC")),
        Index(
            "ix_schedule_runs_experiment",
            "experiment_id",
            postgresql_where=text("experiment_id IS NOT NULL"),
        ),
        Index(
            "ix_schedule_runs_unwatched",
            "experiment_id",
            postgresql_where=text("watched_at IS NULL AND experiment_id IS NOT NULL"),
        ),
        Index(
            "ix_schedule_runs_open",
            "next_send",
            postgresql_where=text("state IN ('pending', 'running')"),
        ),
    )


class DriftSignal(Identified, Tenant, Base):
    """A version that nobody changed scores otherwise than it did; told once a series."""

    __tablename__ = "drift_signals"

    schedule_id: Mapped[UUID]
    experiment_id: Mapped[UUID]  # the run that gave the alarm
    series: Mapped[str]
    test: Mapped[str]  # cusum | sign_flip
    direction: Mapped[str]  # up | down
    cause: Mapped[str]  # model | judge | unknown
    changed_at: Mapped[datetime]
    sentence: Mapped[str]

    __table_args__ = (
        own("id"),
        own("schedule_id", "series", "test"),
        _of_schedule(),
    )
