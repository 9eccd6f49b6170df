"""What an analysis found, as it is stored and shown."""

from enum import StrEnum
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field, JsonValue

from app.analyses.outcomes import Probe, Sureness
from app.analyses.question import VersionRef
from app.core.schema import Output

Lines = Annotated[list[int], Field(min_length=2, max_length=2)]


class Finding(StrEnum):
    found = "found"
    nothing_to_find = "nothing_to_find"  # the bad version was not shown worse than the good one
    budget_ended = "budget_ended"


class VersionFound(Output):
    id: UUID
    number: int
    message: str
    created_by: str


class DiffPair(Output):
    """The two ends for `GET /prompts/diff`."""

    from_id: UUID
    to_id: UUID


class BisectResult(Output):
    kind: Literal["bisect"]
    finding: Finding
    sentence: str
    first_bad: VersionFound | None
    last_good: VersionFound | None
    suspects: list[VersionRef] = Field(
        description="The versions one of which is the first bad one, as far as it is known."
    )
    diff: DiffPair | None
    steps: list[Probe]
    calls: int
    calls_to_test_all: int
    calls_saved: int
    sureness: Sureness | None


class HunkFound(Output):
    """One unit of the difference. Lines count from 1; null where that side has none."""

    index: int
    part: str = Field(description="`template`, `messages/2`, `model`, `parameters/temperature` …")
    old_lines: Lines | None
    new_lines: Lines | None
    old: JsonValue
    new: JsonValue
    blamed: bool


class BlameResult(Output):
    kind: Literal["blame"]
    finding: Finding
    sentence: str
    hunks: list[HunkFound]
    smallest: list[int] = Field(description="The smallest set of hunks that was shown to regress.")
    one_minimal: bool = Field(
        description="Every set with one hunk less was tried, and none was shown to regress."
    )
    evidence: Probe | None = Field(description="The smallest set against the good version.")
    steps: list[Probe]
    calls: int
    sureness: Sureness | None


Result = Annotated[BisectResult | BlameResult, Field(discriminator="kind")]


def as_lines(lines: tuple[int, int] | None) -> list[int] | None:
    return list(lines) if lines else None


def as_json(result: BisectResult | BlameResult) -> dict[str, Any]:
    return result.model_dump(mode="json")
