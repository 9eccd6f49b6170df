"""Analyses on the wire."""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import Field

from app.analyses.findings import Result
from app.analyses.outcomes import Probe
from app.analyses.question import Question
from app.core.schema import Input, Line, Money, Output
from app.experiments.schemas import GoldenSelection, Selector
from app.models import AnalysisKind
from app.runs.schemas import EvaluatorChoice, ModelReference


class AnalysisStatus(StrEnum):
    pending = "pending"
    running = "running"
    completed = "completed"
    failed = "failed"
    cancelled = "cancelled"


class AnalysisCreate(Input):
    """From a good version to a bad, later one; by id, number, label or `latest`."""

    good: Selector
    bad: Selector
    golden: GoldenSelection = GoldenSelection()
    evaluators: Annotated[list[Line | EvaluatorChoice], Field(max_length=20)] = Field(
        [],
        description="Default: those that last judged the bad version on these examples, or the "
        "good one.",
    )
    models: Annotated[list[ModelReference], Field(max_length=1)] = Field(
        [], description="One model for every version; each runs its own otherwise."
    )
    gate: Line | None = Field(
        None, description="Whose policy decides, by name or id; default: the gate of production."
    )
    max_calls: Annotated[int, Field(ge=1, le=10_000_000)] | None = None
    max_cost_usd: Annotated[Decimal, Field(ge=0, le=1_000_000, decimal_places=6)] | None = None


class AnalysisAccepted(Output):
    analysis_id: UUID
    task_id: UUID
    status_url: str
    delayed: bool = Field(
        description="The queue does not answer: the question is stored and starts when it does."
    )


class AnalysisProgress(Output):
    """`done` probes of about so many, and what they cost so far."""

    done: int
    total_estimate: int
    calls: int
    cost_usd: Money | None = Field(description="Null as soon as one price is unknown.")
    step: str


class AnalysisSummary(Output):
    id: UUID
    kind: AnalysisKind
    prompt_id: UUID
    status: AnalysisStatus
    asked: Question
    progress: AnalysisProgress
    error: str | None
    created_by: str
    created_at: datetime
    finished_at: datetime | None


class AnalysisRead(AnalysisSummary):
    steps: list[Probe] = Field(description="The probes decided so far.")
    result: Result | None
