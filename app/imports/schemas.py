"""What an import tells about itself, on the wire."""

from uuid import UUID

from pydantic import Field, JsonValue

from app.core.schema import Output
from app.golden.schemas import RowErrorRead
from app.imports.formats import ForeignFormat


class ImportedPrompt(Output):
    id: UUID | None = Field(description="Null in a dry run for one that is not there yet.")
    name: str
    created: bool


class ImportedVersion(Output):
    prompt: str
    number: int
    created: bool = Field(description="False where a version says exactly this already.")
    where: str = Field(description="Its place in the file.")
    message: str


class ImportedEvaluator(Output):
    """As `POST /experiments/run` takes it; the first one is the one that decides."""

    name: str
    options: dict[str, JsonValue]


class ImportedThreshold(Output):
    """What the file asks of a metric. It is told, not enforced: a gate compares with a base."""

    where: str
    metric: str = Field(description="An evaluator's name, `cost_usd` or `latency_ms`.")
    least: float | None
    most: float | None


class NotImportedRead(Output):
    where: str = Field(description="The place in the file, such as `tests[3].assert[0]`.")
    what: str
    why: str


class ImportReport(Output):
    """All of the file that has a place here was stored, or nothing of it."""

    format: ForeignFormat
    dry_run: bool
    prompts: list[ImportedPrompt]
    versions: list[ImportedVersion]
    golden_examples: int = Field(description="How many were stored; in a dry run, would be.")
    models: list[str]
    evaluators: list[ImportedEvaluator]
    thresholds: list[ImportedThreshold]
    not_imported: list[NotImportedRead]
    errors: list[RowErrorRead] = Field(
        description="Of a dry run; otherwise an error refuses the file with 422 and `rows`."
    )
