"""Figures over time and the dashboard on the wire.

A gap is null, never 0: a bucket without calls has no cost, no latency and no score.
"""

from datetime import datetime
from enum import IntEnum, StrEnum
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from app.budgets.schemas import BudgetState
from app.core.schema import Money, Output
from app.experiments.schemas import Progress
from app.models import BudgetPeriodKind, ExperimentStatus, Ruling
from app.prompts.version_schemas import Difference, Estimate


class Every(StrEnum):
    hour = "hour"
    day = "day"
    week = "week"


class GroupBy(StrEnum):
    none = "none"
    prompt = "prompt"
    model = "model"
    source = "source"
    version = "version"


class Source(StrEnum):
    """Where a call came from; `experiment` are the cases of experiments."""

    run = "run"
    query = "query"
    playground = "playground"
    chat = "chat"
    gateway = "gateway"
    experiment = "experiment"


class Days(IntEnum):
    """How far back the dashboard looks."""

    one = 1
    week = 7
    month = 30


class ExportFormat(StrEnum):
    csv = "csv"


class Totals(Output):
    """One group, or everything, over the whole window.

    `runs` counts calls and the cases of experiments that were asked; `errors` those that failed.
    `cost_usd` is null where nothing was asked, and where a price is unknown: `unpriced` counts
    those calls, and `cost_estimated` values them at the flat rate.
    """

    runs: int
    errors: int
    cost_usd: Money | None
    cost_estimated: Money | None
    unpriced: int
    tokens_in: int | None
    tokens_out: int | None
    latency_p50: float | None = Field(description="In ms, as the other percentiles.")
    latency_p95: float | None
    latency_p99: float | None
    hallucination: Estimate | None = Field(
        description="Mean share of an answer's claims its sources do not support."
    )
    score: Estimate | None = Field(description="Mean of the first evaluator's scores.")


class Series(Output):
    """The same, one value for each bucket."""

    key: str = Field(description="What the group is grouped by: an id, a model, a source.")
    name: str
    runs: list[int]
    errors: list[int]
    cost_usd: list[Money | None]
    cost_estimated: list[Money | None]
    unpriced: list[int]
    tokens_in: list[int | None]
    tokens_out: list[int | None]
    latency_p50: list[float | None]
    latency_p95: list[float | None]
    latency_p99: list[float | None]
    hallucination: list[Estimate | None]
    score: list[Estimate | None]
    totals: Totals


class ErrorClass(Output):
    error_code: str
    count: int
    per_bucket: list[int]


class LabelMark(Output):
    at: datetime
    prompt_id: UUID
    prompt_name: str
    label: str
    from_number: int | None
    to_number: int


class Mover(Output):
    """A prompt's figure against the period before; `change` is after minus before."""

    prompt_id: UUID
    name: str
    metric: Literal["score", "hallucination", "errors", "cost", "latency"] = Field(
        description="`errors` is a share; `cost` US dollars and `latency` ms, both a call's mean."
    )
    before: Estimate
    after: Estimate
    change: Estimate


class Analytics(Output):
    since: datetime = Field(alias="from")
    until: datetime = Field(alias="to")
    interval: Every
    tz: str
    by: GroupBy
    buckets: list[datetime] = Field(
        description="Where each begins; the first may begin before the window."
    )
    groups: list[Series] = Field(description="The six largest, the others together.")
    errors_by_class: list[ErrorClass]
    totals: Totals
    previous: Totals = Field(description="Of the period before, as long as this one.")
    label_moves: list[LabelMark]
    movers: list[Mover] = Field(description="Most evidence first.")


class Action(Output):
    label: str
    url: str


class Attention(Output):
    """A sentence, what it rests on, and the one thing to do about it."""

    kind: Literal["regression", "gate", "circuit", "review", "stuck", "baseline", "budget"]
    severity: Literal["regression", "decision", "work"]
    title: str
    detail: str
    difference: Difference | None
    action: Action


Point = tuple[datetime, float | None, float | None, float | None]


class TileBudget(Output):
    """Of its own period, which is not the page's."""

    period: BudgetPeriodKind
    state: BudgetState
    spent_usd: Money
    limit_usd: Money


class Tile(Output):
    key: Literal["quality", "hallucination", "latency", "cost", "errors"]
    value: Estimate | None
    exact: Money | None = Field(description="Of the cost, to the last digit.")
    budget: TileBudget | None = Field(
        description="Of the workspace, beside the cost alone: the month's, else the day's."
    )
    change: Estimate | None = Field(description="To the period before.")
    better: Literal["up", "down"]
    series: Annotated[list[Point], Field(description="Bucket, value, ends of its interval.")]
    note: str


class RunningExperiment(Output):
    experiment_id: UUID
    name: str
    prompt_name: str
    status: ExperimentStatus
    progress: Progress
    eta_s: int | None
    cost_usd: Money | None
    max_cost_usd: Money | None


class ProductionHolder(Output):
    version_id: UUID
    number: int
    moved_at: datetime
    moved_by: str


class PromptLine(Output):
    prompt_id: UUID
    name: str
    production: ProductionHolder | None
    latest_number: int
    ahead: int = Field(description="Versions saved since the one in production.")
    latest_verdict: Ruling | None = Field(description="On the newest version against production.")
    score: Estimate | None
    change: Difference | None = Field(description="To the version in production before.")
    trend: list[float] = Field(description="Scores in the last experiments, oldest first.")


class WorkspaceName(Output):
    id: UUID
    name: str


class Dashboard(Output):
    workspace: WorkspaceName
    since: datetime = Field(alias="from")
    until: datetime = Field(alias="to")
    attention: list[Attention]
    tiles: list[Tile]
    running: list[RunningExperiment]
    prompts: list[PromptLine]
    prompts_total: int
    label_moves: list[LabelMark]
