"""The review queue on the wire. What is handed out is blind: nothing of the judge's verdict."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Self
from uuid import UUID

from pydantic import Field, JsonValue, model_validator

from app.core.schema import Flag, Input, Line, Output
from app.models import ReviewReason
from app.review.schemas import Comment, Measured, SampleClaim, StrictShare
from app.runs.scores import ClaimRead


class AskedOf(StrEnum):
    """What a person is asked of an output."""

    hallucinated = "hallucinated"
    failed = "failed"
    score = "score"


class ByReason(Output):
    regression: int = Field(description="Cases that passed under the baseline.")
    judges_disagree: int = Field(description="Two judges differ by half of the scale or more.")
    judge_unsure: int = Field(description="Scores between .25 and .75, and unreadable judgments.")
    random: int


class QueueRead(Output):
    """What waits for the caller."""

    total: int
    by_reason: ByReason
    oldest_at: datetime | None
    done_today: int = Field(description="Answers of everybody since midnight UTC.")
    agreement: Measured | None = Field(
        description="How often people agree with the judge, over the queue's answers of 30 days. "
        "Most were picked as doubtful: it says nothing of the judge on other outputs."
    )
    between_people: Measured | None = Field(
        description="How often two people agree, over the items that two answered."
    )


class NextAsked(Input):
    evaluator: Line | None = None
    experiment_id: UUID | None = None
    skip: Annotated[list[UUID], Field(max_length=100)] = Field(
        [], description="Items not to hand out this time, such as the one on the screen."
    )


class Rubric(Output):
    """The levels to choose from, the worst first; the value is the level's place from 0 to 1."""

    criteria: str | None = Field(description="Null: the item's own criteria.")
    levels: list[str]


class ReviewItemRead(Output):
    id: UUID
    experiment_id: UUID
    experiment_name: str
    prompt_name: str
    version_number: int
    case_no: int
    example_id: UUID = Field(description="The golden example that was asked.")
    evaluator: str
    reason: ReviewReason
    question: AskedOf
    input_data: dict[str, JsonValue]
    expected_output: str | None
    context: str | None
    criteria: str | None
    output: str
    claims: list[SampleClaim]
    rubric: Rubric | None
    lease_until: datetime = Field(description="Until then nobody else is given it.")


class NextRead(Output):
    item: ReviewItemRead | None
    remaining: int = Field(description="Items waiting for the caller, this one included.")


class ReviewAnswer(Input):
    """What the caller says: a value, whether it hallucinates, or both."""

    value: StrictShare | None = Field(None, description="What a right judge would score, 0 to 1.")
    hallucinated: Flag | None = Field(None, description="Whether any claim lacks support.")
    comment: Comment = ""

    @model_validator(mode="after")
    def says_something(self) -> Self:
        if self.value is None and self.hallucinated is None:
            raise ValueError("say a value from 0 to 1, or whether it is hallucinated, or both")
        return self


class JudgeSaid(Output):
    score: float | None = Field(description="From 0 to 1; null when not judged.")
    hallucination: bool | None = Field(description="Whether it flags any claim; null: not asked.")
    hallucination_rate: float | None
    reason: str
    claims: list[ClaimRead]


class CompletedRead(Output):
    """The judge's verdict, once the person has said his own."""

    judge: JudgeSaid | None = Field(description="Null: the case has been run again meanwhile.")
    agrees: bool | None = Field(description="Null where the judge gave no score.")
    label_id: UUID


class QueueSample(Input):
    experiment_id: UUID | None = Field(
        None,
        description="Its first evaluator's cases, as a label sample: their labels correct the "
        "judge's rate. Without it, cases of all experiments of the last 30 days.",
    )
    size: Annotated[int, Field(ge=1, le=500)]


class SampledRead(Output):
    added: int = Field(description="Fewer than asked for where no more are left.")
    remaining: int
