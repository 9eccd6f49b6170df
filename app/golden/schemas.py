"""Golden examples on the wire."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, Field, JsonValue

from app.core.schema import Flag, Input, JsonObject, Output, Text, storable
from app.prompts.field_types import Tags
from app.prompts.version_schemas import VariableRead

Split = Annotated[str, Field(min_length=1, max_length=64), AfterValidator(storable)]
Source = Annotated[str, Field(max_length=2_000), AfterValidator(storable)]
Weight = Annotated[float, Field(gt=0, le=1_000, strict=True)]


class ExampleCreate(Input):
    """What a good answer looks like for one input."""

    input_data: JsonObject = Field(description="A value for each variable of the prompt.")
    expected_output: Text | None = None
    context: Text | None = Field(None, description="What an answer has to be grounded in.")
    criteria: Text | None = Field(None, description="What a judge looks at.")
    tags: Tags = []
    split: Split = "test"
    weight: Weight = 1.0
    critical: Flag = Field(False, description="One that fails fails the whole experiment.")
    source: Source | None = None


class ExamplePatch(Input):
    """Only what is sent is changed; the factories' values are never read."""

    input_data: JsonObject = Field(default_factory=dict)
    expected_output: Text | None = Field(default_factory=lambda: None)
    context: Text | None = Field(default_factory=lambda: None)
    criteria: Text | None = Field(default_factory=lambda: None)
    tags: Tags = Field(default_factory=list)
    split: Split = Field(default_factory=str)
    weight: Weight = Field(default_factory=float)
    critical: Flag = Field(default_factory=bool)
    source: Source | None = Field(default_factory=lambda: None)


class ExampleRead(Output):
    id: UUID
    prompt_id: UUID
    input_data: dict[str, JsonValue]
    expected_output: str | None
    context: str | None
    criteria: str | None
    tags: list[str]
    split: str
    weight: float
    critical: bool
    source: str | None
    revision: int
    created_by: str
    created_at: datetime
    updated_at: datetime


class FacetRead(Output):
    name: str
    count: int


class LackRead(Output):
    variable: str
    count: int = Field(description="Examples that have no value or an empty text for it.")


class FacetsRead(Output):
    """All examples of the prompt, whatever they are filtered by."""

    total: int
    critical: int
    tags: list[FacetRead] = Field(description="By name, as are splits.")
    splits: list[FacetRead]
    version_number: int | None = Field(description="The newest; null where none is written yet.")
    variables: list[VariableRead] = Field(description="Those of the newest version.")
    lacking: list[LackRead] = Field(description="Of these, those that some example lacks.")


class RowErrorRead(Output):
    """What is wrong in a row, as a spreadsheet numbers rows; `field` is the file's column."""

    row: int
    field: str | None
    message: str


class ImportedExample(Output):
    input_data: dict[str, JsonValue]
    expected_output: str | None
    context: str | None
    criteria: str | None
    tags: list[str]
    split: str
    weight: float
    critical: bool
    source: str | None


class ImportRead(Output):
    """`imported` is how many examples were stored: all of the file, or none."""

    imported: int
    dry_run: bool
    rows: int = Field(description="Rows without errors.")
    errors: list[RowErrorRead]
    columns: list[str]
    mapping: dict[str, str] = Field(description="What each column gives; `-` for nothing.")
    sample: list[ImportedExample] = Field(description="The first rows as they would be stored.")
