"""Human labels, samples, judge reports, certificates and canaries on the wire."""

from datetime import datetime
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import AfterValidator, Field, JsonValue, model_validator

from app.core.schema import Flag, Input, Line, Output, storable
from app.review.report import Question

LARGEST_CASE = 2**31 - 1  # of PostgreSQL's integer
Interval = Annotated[list[float], Field(min_length=2, max_length=2)]
CaseNumber = Annotated[int, Field(ge=0, le=LARGEST_CASE)]
Share = Annotated[float, Field(ge=0, le=1)]
StrictShare = Annotated[float, Field(ge=0, le=1, strict=True)]
Comment = Annotated[str, Field(max_length=5_000), AfterValidator(storable)]


class OfCase(Input):
    experiment_id: UUID
    case_no: CaseNumber
    evaluator: Line = Field(description="Whose question is answered, by the evaluator's name.")


class LabelRow(OfCase):
    """A label as a file holds it: numbers and yes or no may be texts."""

    value: Share | None = Field(None, description="What a right judge would score, 0 to 1.")
    hallucinated: bool | None = None
    comment: Comment = ""

    @model_validator(mode="after")
    def says_something(self) -> Self:
        if self.value is None and self.hallucinated is None:
            raise ValueError("say a value from 0 to 1, or whether it is hallucinated, or both")
        return self


class HumanLabelCreate(LabelRow):
    """One person's label; given again, it replaces the one before."""

    value: StrictShare | None = Field(None, description="What a right judge would score, 0 to 1.")
    hallucinated: Flag | None = Field(None, description="Whether any claim lacks support.")


class HumanLabelRead(Output):
    id: UUID
    experiment_id: UUID
    case_no: int
    evaluator: str
    value: float | None
    hallucinated: bool | None
    comment: str
    labelled_by: str
    created_at: datetime
    updated_at: datetime


class LabelRowError(Output):
    """What is wrong in a row, as a spreadsheet numbers rows; `field` is the file's column."""

    row: int
    field: str | None
    message: str


class LabelImportRead(Output):
    """`imported` is how many labels were stored: all of the file, or none."""

    imported: int
    dry_run: bool
    rows: int = Field(description="Rows without errors.")
    errors: list[LabelRowError]


class SampleCreate(Input):
    evaluator: Line
    size: Annotated[int, Field(ge=1, le=10_000)]


class SampleClaim(Output):
    """A claim the judge found, without what it thought of it."""

    text: str
    quote: str | None
    start: int | None
    end: int | None


class SampleCase(Output):
    """What to label: neither the version nor the judge's verdict is told."""

    case_no: int
    input_data: dict[str, JsonValue]
    expected_output: str | None
    context: str | None
    criteria: str | None
    output: str
    claims: list[SampleClaim]
    people: int = Field(description="How many people have labelled it.")
    labelled_by_me: bool


class SampleSummary(Output):
    id: UUID
    experiment_id: UUID
    evaluator: str
    size: int
    population: int = Field(description="Judged cases it was drawn from.")
    seed: int
    created_by: str
    created_at: datetime


class SampleRead(SampleSummary):
    cases: list[SampleCase] = Field(description="In the order drawn; label them from the top.")
    unlabelled: list[int] = Field(description="Cases that nobody has labelled.")


class Confusion(Output):
    """Positive is a flag: hallucinated, or failed."""

    true_positives: int
    false_negatives: int
    false_positives: int
    true_negatives: int


class Measured(Output):
    value: float
    interval: Interval
    n: int


class CorrectedRead(Output):
    value: float | None
    interval: Interval | None
    n: int | None = Field(description="People's labels for PPI++, unlabelled cases for the other.")
    judge_weight: float | None = Field(description="How far the judge was believed, 0 to 1.")
    because: str | None = Field(description="Why there is no value.")


class RateRead(Output):
    """The share of flagged outputs, as judged and as people would have found it."""

    judge: Measured | None
    corrected: CorrectedRead = Field(description="PPI++, from a random sample's labels.")
    rogan_gladen: CorrectedRead


class JudgeReport(Output):
    experiment_id: UUID
    evaluator: str
    evaluator_version: str
    judge_model: str
    question: Question = Field(description="What judge and people are compared on.")
    states: dict[str, int] = Field(description="How judging ended, in cases; only scored count.")
    labels: int = Field(description="Cases that people labelled and the judge scored.")
    labelled_unjudged: int = Field(description="Labelled cases the judge gave no score.")
    drawn_at_random: int = Field(description="Of `labels`, those of the drawn sample.")
    confusion: Confusion
    sensitivity: Measured | None
    specificity: Measured | None
    raw_agreement: float | None
    prevalence: float | None = Field(description="The share people flag, of the labelled.")
    kappa: Measured | None = Field(description="Cohen's; null where one answer only was given.")
    rate: RateRead


class CertificateCreate(Input):
    experiment_id: UUID
    evaluator: Line
    valid_days: Annotated[int, Field(ge=1, le=730)] = 90
    min_kappa: StrictShare = Field(0.4, description="What kappa's interval may not reach below.")


class CertificateRead(Output):
    """Whether a judge may be believed; pending until the examination is done."""

    id: UUID
    evaluator: str
    evaluator_version: str
    judge_model: str
    state: Literal["pending", "decided"]
    admissible: bool
    expired: bool
    n: int
    reasons: list[str] = Field(description="Why it is not admissible.")
    report: dict[str, Any]
    expires_at: datetime
    created_by: str
    created_at: datetime


class CanaryRead(Output):
    id: UUID
    evaluator: str
    evaluator_version: str
    judge_model: str
    example: dict[str, JsonValue]
    label: float
    first_score: float | None
    created_by: str
    created_at: datetime


class CanaryCheckRead(Output):
    """One round over a judge's canaries; `moved` says that the judge changed, not the product."""

    id: UUID
    evaluator: str
    evaluator_version: str
    judge_model: str
    n: int
    unjudged: int
    agreed: int = Field(description="Judged canaries where judge and people both pass or fail it.")
    moved: bool
    report: list[dict[str, Any]]
    created_at: datetime
