"""What stands in `llmops.yaml`."""

from decimal import Decimal
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, JsonValue, StringConstraints, model_validator

from app.verdicts.policy import Policy

NAME = r"^[a-z0-9][a-z0-9._-]*(/[a-z0-9][a-z0-9._-]*)*$"  # of a prompt, as the API takes it

PromptName = Annotated[str, StringConstraints(pattern=NAME, max_length=200)]
FileName = Annotated[str, StringConstraints(min_length=1, max_length=1_000)]
Text = Annotated[str, StringConstraints(min_length=1, max_length=200)]
Tag = Annotated[str, StringConstraints(min_length=1, max_length=64)]
Version = Annotated[int, Field(ge=1)] | Text


class Section(BaseModel):
    model_config = ConfigDict(extra="forbid")


class EvaluatorSection(Section):
    """An evaluator with options; without options its name alone will do."""

    name: Text
    options: dict[str, JsonValue] = {}


class ExperimentSection(Section):
    """How an experiment is run; what is left out is as the server has it."""

    versions: Annotated[list[Version], Field(max_length=20)] = Field(
        [], description="Compare these, by number or label, instead of the prompt's file."
    )
    base: Version = Field(
        "production", description="What the others are compared with: a label or a number."
    )
    models: Annotated[list[Text], Field(max_length=20)] = Field(
        [], description="`provider:model`; each version runs on each. Else a version's own."
    )
    evaluators: Annotated[list[Text | EvaluatorSection], Field(max_length=20)] = Field(
        [], description="Names, or names with options. Else those the examples have material for."
    )
    judge: Text | None = Field(
        None, description="A judge of the workspace, which then judges as well."
    )
    repeats: Annotated[int, Field(ge=1, le=100)] = 1
    concurrency: Annotated[int, Field(ge=1, le=512)] | None = None
    max_cost_usd: Annotated[Decimal, Field(ge=0, le=1_000_000, decimal_places=6)] | None = Field(
        None, description="No call is made that could go beyond it."
    )
    cache: bool = True
    tags: Annotated[list[Tag], Field(max_length=20)] = []


class GateSection(Policy):
    """The policy of a verdict: either a gate on the server by its `name`, or the policy itself."""

    name: Text | None = Field(None, description="A gate on the server, used as it is there.")

    @model_validator(mode="after")
    def says_one_of_both(self) -> Self:
        if self.name and self.model_fields_set - {"name"}:
            raise ValueError("give the `name` of a gate on the server, or a policy, not both")
        return self

    @property
    def policy(self) -> Policy:
        return Policy.model_validate(self.model_dump(exclude={"name"}, exclude_unset=True))


class Config(Section):
    """`llmops.yaml`; paths are relative to its folder."""

    server: Text | None = Field(
        None, description="The platform's address; `LLMOPS_URL` and `--server` come before it."
    )
    prompts: dict[PromptName, FileName] = Field(
        {}, description="Each prompt's file, by the prompt's name."
    )
    golden: dict[PromptName, FileName | Annotated[list[FileName], Field(min_length=1)]] = Field(
        {}, description="Each prompt's golden examples: a JSONL, CSV or Parquet file, or several."
    )
    experiment: ExperimentSection = ExperimentSection()
    gate: GateSection | None = Field(
        None, description="Default: the gate that protects `production`, else the defaults."
    )
