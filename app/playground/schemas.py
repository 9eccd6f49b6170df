"""The playground on the wire."""

from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from app.core.schema import Input, JsonObject, Text
from app.runs.schemas import Evaluators, ModelReference

Source = Annotated[str, StringConstraints(max_length=65_536, pattern=r"^[^\x00]*$")]
JUDGING = {"evaluators", "expected_output", "context"}  # of a trial: what comes after the answer


class TrialMessage(Input):
    role: Literal["system", "user", "assistant"]
    content: Source


class TrialCreate(Input):
    template: Source | None = None
    messages: Annotated[list[TrialMessage], Field(min_length=1, max_length=50)] | None = None
    template_format: Literal["jinja2", "fstring"] = "jinja2"
    variables: JsonObject = {}
    model: ModelReference | None = None
    parameters: JsonObject = {}
    response_schema: JsonObject | None = None
    evaluators: Evaluators = Field([], description="Judge the answer, after the event `done`.")
    expected_output: Text | None = None
    context: Text | None = None

    @model_validator(mode="after")
    def has_one_text(self) -> Self:
        if (self.template is None) == (self.messages is None):
            raise ValueError("send either template or messages")
        return self
