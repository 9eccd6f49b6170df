"""Review items as the API tells them: blind before the answer, with the judgment after it."""

from typing import Any
from uuid import UUID

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from app.accounts.subject import Subject
from app.evaluators.rubric import LEVELS
from app.models import (
    CaseScore,
    Experiment,
    ExperimentArm,
    ExperimentExample,
    HumanLabel,
    Prompt,
    Result,
    ReviewItem,
)
from app.review import labels
from app.review.lineage import entry_of
from app.review.queue_schemas import AskedOf, CompletedRead, JudgeSaid, ReviewItemRead, Rubric
from app.review.schemas import SampleClaim
from app.runs.scores import ClaimRead


def blind(session: Session, subject: Subject, item_id: UUID) -> ReviewItemRead:
    """The item with its material, without score, verdicts and reasons."""
    row = _material(session, subject, item_id)
    item: ReviewItem = row.ReviewItem
    of_item = ("id", "experiment_id", "case_no", "evaluator", "reason", "question", "lease_until")
    of_example = ("example_id", "input_data", "expected_output", "context", "criteria")
    return ReviewItemRead.model_validate(
        {
            **{name: getattr(item, name) for name in of_item},
            **{name: getattr(row.ExperimentExample, name) for name in of_example},
            "experiment_name": row.Experiment.name,
            "prompt_name": row.prompt_name,
            "version_number": row.version_number,
            "output": row.output,
            "claims": [SampleClaim.model_validate(claim) for claim in row.claims or []],
            "rubric": _rubric(row.Experiment, item),
        }
    )


def _material(session: Session, subject: Subject, item_id: UUID) -> Row[*tuple[Any, ...]]:
    """All of it is there: only items with an output are handed out."""
    found = (
        select(
            ReviewItem,
            Experiment,
            ExperimentExample,
            Prompt.name.label("prompt_name"),
            ExperimentArm.version_number,
            Result.output,
            CaseScore.claims,
        )
        .join(Experiment, Experiment.id == ReviewItem.experiment_id)
        .join(Prompt, Prompt.id == Experiment.prompt_id)
        .join(
            Result,
            (Result.experiment_id == ReviewItem.experiment_id)
            & (Result.case_no == ReviewItem.case_no),
        )
        .join(
            ExperimentArm,
            (ExperimentArm.experiment_id == Result.experiment_id)
            & (ExperimentArm.arm == Result.arm),
        )
        .join(
            ExperimentExample,
            (ExperimentExample.experiment_id == Result.experiment_id)
            & (ExperimentExample.position == Result.position),
        )
        .outerjoin(
            CaseScore,
            (CaseScore.experiment_id == Result.experiment_id)
            & (CaseScore.case_no == Result.case_no)
            & (CaseScore.evaluator == ReviewItem.evaluator),
        )
        .where(ReviewItem.workspace_id == subject.workspace_id, ReviewItem.id == item_id)
        .execution_options(populate_existing=True)
    )
    return session.execute(found).one()


def _rubric(experiment: Experiment, item: ReviewItem) -> Rubric | None:
    if item.question != AskedOf.score:
        return None
    options: Any = entry_of(experiment, item.evaluator)["options"]
    return Rubric(criteria=options.get("criteria"), levels=list(options.get("levels") or LEVELS))


def completed(item: ReviewItem, label: HumanLabel, score: CaseScore | None) -> CompletedRead:
    """Whether the judge said the same: of hallucination where that was asked, else of failing."""
    judged = flagged(item.question, score.value, score.hallucination_rate) if score else None
    return CompletedRead(
        judge=_said(score) if score else None,
        agrees=None if judged is None else judged == flagged_by(item.question, label),
        label_id=label.id,
    )


def flagged(question: str, value: float | None, rate: float | None) -> bool | None:
    """The judge's answer to the item's question; None where it gave no score."""
    if value is None:
        return None
    return (rate or 0) > 0 if question == AskedOf.hallucinated else value < 0.5


def flagged_by(question: str, label: HumanLabel) -> bool:
    """The person's."""
    said = labels.opinion([label])
    return said.hallucinated if question == AskedOf.hallucinated else said.failed


def _said(score: CaseScore) -> JudgeSaid:
    rate = score.hallucination_rate
    return JudgeSaid(
        score=score.value,
        hallucination=None if rate is None else rate > 0,
        hallucination_rate=rate,
        reason=score.reason,
        claims=[ClaimRead.model_validate(claim) for claim in score.claims],
    )
