"""Runs on the wire."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from app.core.schema import Input, JsonObject, Line, Money, Output, Text, storable
from app.runs.scores import ScoreRead

Label = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_-]{0,63}$")]
ModelReference = Annotated[str, Field(min_length=3, max_length=200), AfterValidator(storable)]


class RunStatus(StrEnum):
    pending = "pending"
    running = "running"
    completed = "completed"
    failed = "failed"
    cancelled = "cancelled"


class RunSource(StrEnum):
    run = "run"
    query = "query"
    playground = "playground"
    gateway = "gateway"  # the OpenAI-compatible endpoint


class EvaluatorChoice(Input):
    """An evaluator by name, with its options; `GET /evaluators` lists both."""

    name: Line
    options: JsonObject = {}


def choice(value: str | EvaluatorChoice) -> dict[str, Any]:
    """`"exact"` is short for `{"name": "exact"}`."""
    return {"name": value} if isinstance(value, str) else value.model_dump()


class EvaluatorRead(Output):
    """An evaluator and its options, each as a JSON Schema with its default."""

    name: str
    needs_model: bool
    summary: str
    options: dict[str, dict[str, Any]]


Evaluators = Annotated[list[Line | EvaluatorChoice], Field(max_length=20)]


class RunCreate(Input):
    prompt_version_id: UUID | None = None
    prompt: UUID | Line | None = Field(
        None,
        description="Id or name; goes with `label`.",
        union_mode="left_to_right",  # an id in JSON is text, and would be taken for a name
    )
    label: Label = "production"
    variables: JsonObject = {}
    model: ModelReference | None = None
    parameters: JsonObject = {}
    evaluators: Evaluators = []
    expected_output: Text | None = None
    context: Text | None = None

    @model_validator(mode="after")
    def names_one_version(self) -> Self:
        if (self.prompt_version_id is None) == (self.prompt is None):
            raise ValueError("send either prompt_version_id or prompt (with an optional label)")
        return self


class RunAccepted(Output):
    task_id: UUID
    run_id: UUID
    status: Literal["pending"]
    status_url: str
    delayed: bool = Field(
        description="The queue does not answer: the run is stored and starts when it does."
    )


class RunSummary(Output):
    id: UUID
    status: RunStatus
    source: RunSource
    prompt_id: UUID | None
    prompt_name: str | None
    version_id: UUID | None
    version_number: int | None
    model: str
    output: str | None
    error_code: str | None
    error: str | None
    latency_ms: float | None
    tokens_in: int | None
    tokens_out: int | None
    cost_usd: Money | None
    cost_estimated: Money | None
    created_by: str
    created_at: datetime
    finished_at: datetime | None


class RunRead(RunSummary):
    rendered_prompt: str | None
    variables: dict[str, Any]
    parameters: dict[str, Any]
    scores: list[ScoreRead]


class QueryCreate(Input):
    query: Annotated[Text, Field(min_length=1, max_length=20_000)]
    model: ModelReference | None = None


class QueryRead(Output):
    query_id: UUID
    status: RunStatus
    response: str | None
    model: str
    tokens: int | None
    cost_usd: Money | None
    error: str | None


class QueryAccepted(QueryRead):
    task_id: UUID
    status_url: str
    delayed: bool
