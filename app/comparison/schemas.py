"""Cases side by side on the wire: rows are arrays, so that thousands of them fit in one answer."""

from datetime import datetime
from enum import StrEnum
from typing import Literal, NamedTuple
from uuid import UUID

from pydantic import Field, JsonValue

from app.core.schema import Money, Output
from app.models import CaseState, Direction, ExperimentStatus, Ruling
from app.prompts.version_schemas import Estimate
from app.runs.scores import ClaimRead
from app.verdicts.parts import Interval
from app.verdicts.schemas import Verdict

PREVIEW = 120  # characters of a question or an output in a row


class Group(StrEnum):
    """What the first candidate did to an example, as the verdict counts it."""

    regressed = "regressed"
    improved = "improved"
    same = "same"
    error = "error"  # a side has no score for it
    only_one = "only_one"  # only one side was asked it


class SideCell(NamedTuple):
    """One example under one side, its repeats taken together; six nulls where it has not run.

    `score` is the metric's mean over the repeats that were judged, `spread` their standard
    deviation. `state` is `scored` when all are, else how the first failed. `cost_usd` is the sum,
    null when one price is unknown; `latency_ms` the mean.
    """

    score: float | None
    state: CaseState | None
    output: str | None
    spread: float | None
    cost_usd: Money | None
    latency_ms: int | None


class CaseRow(NamedTuple):
    """`group` is null while a side has not run, and where an experiment ended before it."""

    example_id: UUID
    position: int
    question: str
    tags: list[str]
    critical: bool
    group: Group | None
    sides: list[SideCell]


class ComparedSide(Output):
    """One arm of one experiment."""

    experiment_id: UUID
    arm: int
    name: str | None = Field(description="Of a text that is no version.")
    version_number: int
    version_id: UUID
    model: str


class SideTotals(ComparedSide):
    labels: list[str] = Field(description="That stand on this version now.")
    experiment_name: str
    status: ExperimentStatus = Field(description="Of the experiment.")
    created_at: datetime = Field(description="Of the experiment.")
    mean: Estimate | None = Field(description="Of the metric, over the examples it has judged.")
    failures: int = Field(description="Examples whose score is below the policy's line.")
    cost_usd: Money | None = Field(
        description="Of all its cases; null until it has ended, and where a price is unknown."
    )
    latency_p95_ms: float | None = Field(description="Null until it has ended.")


class GroupCounts(Output):
    regressed: int
    improved: int
    same: int
    error: int
    only_one: int


class NamedPrompt(Output):
    id: UUID
    name: str


class PrimaryJudge(Output):
    evaluator: str
    version: str
    model: str | None = Field(description="Null for an evaluator that asks none.")


class ShortVerdict(Output):
    """The verdict on a further candidate, its figures those of the first metric."""

    candidate: str = Field(description="`{experiment}:{arm}`.")
    ruling: Ruling
    headline: str
    sentence: str
    direction: Direction | None
    difference: float | None
    interval: Interval | None
    n: int
    wins: int
    ties: int
    losses: int


class CaseTable(Output):
    """Every example of the sides; what a row holds is named by `columns`.

    `prompt`, `snapshot_hash` and `judge` are the first candidate's.
    """

    columns: list[str]
    metric: str
    direction: Direction = Field(description="Which way is better.")
    prompt: NamedPrompt
    snapshot_hash: str
    judge: PrimaryJudge
    evaluators: list[str] = Field(description="Whose scores may be asked for as `metric`.")
    verdict: Verdict | None = Field(
        description="On the first candidate. Null while a side runs, in the list of one "
        "experiment, and where it would have to be computed from over 1,000 examples: "
        "`GET /compare` computes it."
    )
    others: list[ShortVerdict] = Field(
        description="On the further candidates, where there is one, as above."
    )
    sides: list[SideTotals] = Field(description="The baseline first, if there is one.")
    rows: list[CaseRow]
    counts: GroupCounts = Field(description="Over all examples, whatever the rows are filtered by.")


class AskedExample(Output):
    """A golden example as the experiment froze it."""

    id: UUID
    position: int
    input_data: dict[str, JsonValue]
    expected_output: str | None
    context: str | None
    criteria: str | None
    tags: list[str]
    critical: bool


class Override(Output):
    """What a person said of the same output."""

    label_id: UUID = Field(description="To take it back: `DELETE /human-labels/{label_id}`.")
    value: float | None
    hallucinated: bool | None
    comment: str
    labelled_by: str


class JudgedCase(Output):
    """One evaluator's judgment."""

    evaluator: str
    version: str
    score: float | None
    hallucination_rate: float | None
    hallucination: bool | None
    reason: str
    state: str
    raw_reply: str | None = Field(description="Of the judge, kept where it could not be read.")
    claims: list[ClaimRead]
    is_primary: bool
    overridden_by: Override | None = Field(description="The newest human label, if there is one.")


class RepeatedCase(Output):
    repeat: int
    case_no: int
    state: CaseState
    output: str | None
    error_code: str | None
    error: str | None
    score: float | None
    cost_usd: Money | None
    latency_ms: float | None
    tokens_in: int
    tokens_out: int
    evaluations: list[JudgedCase]


class SideRepeats(ComparedSide):
    repeats: list[RepeatedCase] = Field(description="Those that have run.")


class JudgeStanding(Output):
    """How far the primary evaluator agrees with people, as last examined."""

    evaluator: str
    kappa: Estimate | None


class CaseDetail(Output):
    """One example under each side, in full."""

    example: AskedExample
    sides: list[SideRepeats]
    judge: JudgeStanding | None = Field(description="Null when it was never examined.")


Waiting = Literal["waiting"]
