"""Outputs made elsewhere, on the wire: what a test run hands in to be kept as an experiment."""

from typing import Annotated, Self
from uuid import UUID

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from app.core.schema import Input, JsonObject, Line, Tag, Text
from app.experiments.schemas import Git, Selector
from app.runs.schemas import EvaluatorChoice, ModelReference
from app.verdicts.policy import BUILT_IN

MOST_CASES = 10_000


def _not_built_in(name: str) -> str:
    if name in BUILT_IN:
        raise ValueError(f"{name} is computed here; give your own score a name such as my_{name}")
    return name


ScoreName = Annotated[
    str, StringConstraints(pattern=r"^[a-z][a-z0-9_-]{0,63}$"), AfterValidator(_not_built_in)
]


class RecordedScore(Input):
    value: Annotated[float, Field(ge=0, le=1)]
    reason: Text = ""


class RecordedCase(Input):
    """One answer to one example; without `output` or scores, `error` says what happened instead.

    `example_id` is a golden example of the prompt; `key` names one that is none, the same in every
    recording, and comes with its own inputs.
    """

    example_id: UUID | None = None
    key: Line | None = None
    input_data: JsonObject = Field(default_factory=dict)
    expected_output: Text | None = None
    context: Text | None = None
    output: Text | None = None
    error: Text | None = None
    scores: Annotated[dict[ScoreName, RecordedScore], Field(max_length=20)] = Field(
        default_factory=dict, description="By the name of what was measured, each from 0 to 1."
    )
    latency_ms: Annotated[float, Field(ge=0, le=86_400_000)] | None = None

    @model_validator(mode="after")
    def names_one_example(self) -> Self:
        if (self.example_id is None) == (self.key is None):
            raise ValueError("send either example_id or key")
        return self


class RecordedCreate(Input):
    prompt_id: UUID | None = None
    prompt: Line | None = Field(None, description="The prompt's name, instead of its id.")
    experiment_name: Line
    version: Selector = Field(
        "production", description="Id, number, label or `latest` of the version that was used."
    )
    model: ModelReference | None = Field(
        None, description="What made the outputs; the version's own unless said."
    )
    evaluators: Annotated[list[Line | EvaluatorChoice], Field(max_length=20)] = Field(
        default_factory=list,
        description="By what the outputs are judged here; none takes the recorded scores.",
    )
    primary: ScoreName | None = Field(
        None, description="The recorded score that counts; needed without evaluators."
    )
    tags: Annotated[list[Tag], Field(max_length=20)] = Field(default_factory=list)
    git: Git | None = None
    cases: Annotated[list[RecordedCase], Field(min_length=1, max_length=MOST_CASES)] = Field(
        description="As many for each example; a second one of an example is its next repeat."
    )

    @model_validator(mode="after")
    def says_what_counts(self) -> Self:
        if (self.prompt_id is None) == (self.prompt is None):
            raise ValueError("send either prompt_id or prompt (its name)")
        if bool(self.evaluators) == (self.primary is not None):
            raise ValueError("send either evaluators or primary (the name of a recorded score)")
        return self
