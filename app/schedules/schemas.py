"""Schedules on the wire."""

from datetime import datetime
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import Field, model_validator

from app.core.schema import Flag, Input, JsonObject, Line, Money, Output
from app.experiments.schemas import Asked, Interval, Selector
from app.models import ExperimentStatus

Cron = Annotated[str, Field(min_length=9, max_length=100, pattern=r"^[0-9A-Za-z*/,\-#?L ]+$")]
Zone = Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9_+\-/]+$")]
Versions = Annotated[list[Selector], Field(min_length=1, max_length=20)]


class ScheduleRequest(Asked):
    """What every run asks for; its answers are never taken from the cache."""


class ScheduleCreate(Input):
    prompt_id: UUID | None = None
    prompt: Line | None = Field(None, description="The prompt's name, instead of its id.")
    name: Line
    cron: Cron = Field(description="Five fields, such as `0 6 * * 1-5`.")
    time_zone: Zone = Field("UTC", description="Whose clock the cron expression means.")
    versions: Versions = Field(["production"], description="As for an experiment, at each run.")
    watch: Flag = Field(
        True, description="Follow one version over its runs and tell when it scores otherwise."
    )
    enabled: Flag = True
    request: ScheduleRequest = Field(default_factory=ScheduleRequest)

    @model_validator(mode="after")
    def names_one_prompt(self) -> Self:
        if (self.prompt_id is None) == (self.prompt is None):
            raise ValueError("send either prompt_id or prompt (its name)")
        return self


class SchedulePatch(Input):
    """Only what is sent is changed; the factories' values are never read."""

    name: Line = Field(default_factory=str)
    cron: Cron = Field(default_factory=str)
    time_zone: Zone = Field(default_factory=str)
    versions: Versions = Field(default_factory=list)
    watch: Flag = Field(default_factory=bool)
    enabled: Flag = Field(default_factory=bool)
    request: ScheduleRequest = Field(default_factory=ScheduleRequest)


class ScheduleRequestRead(Output):
    """As it was asked for; golden examples and evaluators' options as in `ScheduleRequest`."""

    golden: JsonObject
    models: list[str]
    evaluators: list[str | JsonObject]
    repeats: int
    max_cost_usd: Money | None
    concurrency: int | None
    tags: list[str]


class DriftState(Output):
    """Where a watched version stands as of its newest run."""

    state: Literal["learning", "steady", "alarm"]
    sentence: str
    cause: Literal["model", "judge", "unknown"] | None = Field(description="Of the alarm.")
    direction: Literal["up", "down"] | None
    runs: int = Field(description="Of the series that the newest run belongs to.")
    falls: list[float] = Field(description="The sum for a lower mean after each of the last runs.")
    limit: float


class ScheduleRunRead(Output):
    id: UUID
    due_at: datetime
    asked_by: str | None = Field(description="Who wanted it at once; null: it was due.")
    state: Literal["pending", "running", "done", "failed"]
    error: str | None = Field(description="Why it could not start.")
    experiment_id: UUID | None
    status: ExperimentStatus | None = Field(description="Of the experiment.")
    version_number: int | None
    mean: float | None
    n: int | None
    cost_usd: Money | None = Field(description="Null where a price is unknown.")
    verdict: str | None


class ScheduleRead(Output):
    id: UUID
    prompt_id: UUID
    prompt_name: str
    name: str
    cron: str
    time_zone: str
    versions: list[Selector]
    watch: bool
    enabled: bool
    request: ScheduleRequestRead
    number: int = Field(description="Of its changes; the ETag.")
    next_run_at: datetime | None = Field(description="Null while it is switched off.")
    upcoming: list[datetime] = Field(description="The next three times.")
    last_run: ScheduleRunRead | None
    drift: DriftState | None = Field(description="Null before the first run, or unwatched.")
    created_by: str
    created_at: datetime
    updated_at: datetime


class DriftPoint(Output):
    experiment_id: UUID
    at: datetime
    mean: float | None
    n: int
    planned: int
    in_baseline: bool
    counts: bool = Field(description="False: too few of its examples were judged.")
    z: float | None = Field(description="Deviation from the usual mean, in its standard deviation.")
    rises: float | None
    falls: float | None


class DriftAlarm(Output):
    test: Literal["cusum", "sign_flip"]
    direction: Literal["up", "down"]
    cause: Literal["model", "judge", "unknown"]
    found_at: datetime
    changed_at: datetime = Field(description="The first run after the change.")
    experiment_id: UUID
    sentence: str


class CanaryPoint(Output):
    """One round over the judge's canaries: answers that are stored and cannot change."""

    at: datetime
    mean: float | None
    n: int
    moved: bool


class DriftChange(Output):
    """What changed by how much, with its 95 % interval: what is left is the version's own."""

    of: Literal["golden", "canaries", "left"]
    difference: float
    interval: Interval | None
    n: int


class DriftRead(Output):
    """The chart of a watched version: the runs of its newest series, oldest first."""

    schedule_id: UUID
    state: Literal["learning", "steady", "alarm"]
    sentence: str
    version_number: int | None
    model: str | None
    evaluator: str | None
    asks_model: bool = Field(description="Whether the evaluator does, so that it may itself drift.")
    baseline_runs: int = Field(description="How many runs say what is usual.")
    mean: float | None = Field(description="The usual mean score.")
    sd: float | None = Field(description="The usual standard deviation of a run's mean.")
    limit: float = Field(description="The alarm's limit of either sum.")
    slack: float
    points: list[DriftPoint]
    alarms: list[DriftAlarm] = Field(description="Of this series, oldest first.")
    canaries: list[CanaryPoint] = Field(description="Of the same judge and time, oldest first.")
    changes: list[DriftChange] = Field(
        description="The newest run against the first; empty while there are not two."
    )
