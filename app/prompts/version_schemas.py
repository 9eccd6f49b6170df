"""Versions on the wire, and the difference between two."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, Field, JsonValue

from app.core.schema import Flag, Input, JsonObject, Output, storable
from app.llm.client import Role
from app.models import Direction, Ruling
from app.prompts.alignment import Op
from app.prompts.content import Draft
from app.prompts.field_types import Interval, Note, ParameterMap, VariableName
from app.prompts.versions import LARGEST_NUMBER
from app.templating.render import TemplateFormat


class MessageIn(Input):
    role: Role
    content: Annotated[str, Field(min_length=1, max_length=65_536)]


class VariableIn(Input):
    """What the author believes about a variable; `required` null is no belief."""

    name: VariableName
    required: Flag | None = None


class VersionContent(Input):
    """A text prompt (`template`) or a chat prompt (`messages`), exactly one of them."""

    template: Annotated[str, Field(min_length=1, max_length=65_536)] | None = None
    messages: Annotated[list[MessageIn], Field(min_length=1, max_length=50)] | None = None
    template_format: TemplateFormat = "jinja2"
    model: Annotated[str, Field(max_length=200), AfterValidator(storable)] | None = Field(
        None, description="`provider:model`; null takes the platform's default."
    )
    parameters: ParameterMap = Field(default_factory=dict)
    response_schema: JsonObject | None = Field(None, description="JSON Schema, Draft 2020-12.")
    variables: Annotated[list[VariableName | VariableIn], Field(max_length=500)] | None = Field(
        None, description="Refused when the template reads others; it is found out otherwise."
    )
    message: Note = ""

    def draft(self) -> Draft:
        declared = None
        if self.variables is not None:
            declared = dict(
                (item, None) if isinstance(item, str) else (item.name, item.required)
                for item in self.variables
            )
        return Draft(
            template=self.template,
            messages=[turn.model_dump() for turn in self.messages] if self.messages else None,
            template_format=self.template_format,
            model=self.model,
            parameters=self.parameters,
            response_schema=self.response_schema,
            variables=declared,
            message=self.message,
        )


class VersionCreate(VersionContent):
    parent_version: Annotated[int, Field(ge=0, le=LARGEST_NUMBER)] | None = Field(
        None, description="Number of the version this one is based on; 0 where there is none."
    )


class VersionSummary(Output):
    id: UUID
    number: int
    content_hash: str
    model: str | None
    message: str
    created_by: str
    created_at: datetime


class LastScoreRead(Output):
    """The mean score in the newest finished experiment, its 95 % interval, examples judged."""

    experiment_id: UUID
    finished_at: datetime | None
    version_number: int
    mean: float
    interval: Interval | None
    n: int


class Estimate(Output):
    """A measured figure, its 95 % interval where there is one, and how many it rests on."""

    value: float
    interval: Interval | None
    n: int


class Difference(Estimate):
    """Candidate minus baseline, in the metric's own unit."""

    direction: Direction = Field(description="Which way is better.")


class VersionVerdict(Output):
    """The newest stored verdict against the version's parent or the one in production."""

    ruling: Ruling
    baseline_number: int
    experiment_id: UUID
    difference: float | None = Field(description="Of the policy's first metric.")
    interval: Interval | None
    n: int
    direction: Direction = Field(description="Which way that metric is better.")


class ScorePoint(Output):
    version_number: int
    score: Estimate
    experiment_id: UUID
    finished_at: datetime | None
    labels: list[str]


class MessageRead(Output):
    role: Role
    content: str


class VariableRead(Output):
    name: str
    required: bool


class ContentRead(Output):
    id: UUID
    prompt_id: UUID
    number: int
    template_format: TemplateFormat
    template: str | None
    messages: list[MessageRead] | None
    model: str | None
    parameters: ParameterMap
    response_schema: dict[str, JsonValue] | None
    variables: list[VariableRead]
    content_hash: str
    message: str
    parent_number: int | None
    created_by: str
    created_at: datetime


class VersionRead(ContentRead):
    is_active: bool = Field(description="Whether it holds the label `production`.")
    labels: list[str]
    last_score: LastScoreRead | None
    verdict: VersionVerdict | None


class ServedVersion(ContentRead):
    """What a client needs to call a model with the prompt."""

    name: str


class RenderRequest(Input):
    variables: JsonObject = Field(default_factory=dict)


class Rendered(Output):
    messages: list[MessageRead]
    text: str = Field(description="The messages as one text to read.")


class DiffWord(Output):
    op: Op
    text: str


class DiffLine(Output):
    op: Op
    words: list[DiffWord]


class DiffHunk(Output):
    op: Op
    old_start: int
    new_start: int
    lines: list[DiffLine]


class VariableChanges(Output):
    added: list[str]
    removed: list[str]


class ValueChange(Output):
    """`path` is a JSON pointer into the version."""

    path: str
    op: Op
    old: JsonValue
    new: JsonValue


class QuantityChange(Output):
    before: float
    after: float
    difference: float
    interval: Interval | None


class CostChange(Output):
    """US dollars for all cases of the experiment."""

    before: Decimal
    after: Decimal
    difference: Decimal


class EffectRead(Output):
    """What the newest finished experiment with both versions found.

    `score` is the mean score with the paired difference and its 95 % interval, `latency` the
    median in ms; `regressed` counts the examples that got worse.
    """

    experiment_id: UUID
    score: QuantityChange | None
    cost: CostChange | None
    latency: QuantityChange | None
    regressed: int | None


class DiffSide(VersionSummary):
    parent_number: int | None
    template_format: TemplateFormat


class DiffRead(Output):
    old: DiffSide = Field(alias="from")
    new: DiffSide = Field(alias="to")
    unified: str = Field(description="A patch; empty when the texts are the same.")
    hunks: list[DiffHunk]
    variables: VariableChanges
    parameters: list[ValueChange] = Field(
        description="What changed besides the text: model, parameters, format, schema."
    )
    effect: EffectRead | None
