"""Canaries: frozen outputs with a person's label. What moves when they are judged is the judge."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, func, select
from sqlalchemy.orm import Session

from app import audit
from app.accounts.subject import Subject
from app.audit import AuditTag
from app.core.clock import new_id
from app.core.errors import Conflict, NotFound
from app.experiments import service as experiments
from app.judges.own_model import judge_model_of
from app.models import Canary, CaseScore, Experiment, ExperimentExample, Result
from app.review import labels
from app.review.lineage import entry_of

MOST = 100  # of one judge: each is paid for every day


class CanaryNotFound(NotFound):
    message = "There is no canary with this id in your workspace."


class NotLabelled(Conflict):
    message = "Nobody has labelled case {case_no}; a canary needs a person's label to compare with."


class AlreadyACanary(Conflict):
    message = "This output is a canary of this judge already."


class TooMany(Conflict):
    message = "This judge has {most} canaries, the most there can be; delete some first."


def readable_by(subject: Subject) -> Select[Canary]:
    """Every read of canaries starts here."""
    return select(Canary).where(Canary.workspace_id == subject.workspace_id)


def get(session: Session, subject: Subject, canary_id: UUID) -> Canary:
    canary = session.scalar(readable_by(subject).where(Canary.id == canary_id))
    if canary is None:
        raise CanaryNotFound
    return canary


def page(
    session: Session, subject: Subject, *, before: UUID | None, limit: int
) -> tuple[Sequence[Canary], int]:
    """Newest first, and how many there are."""
    wanted = readable_by(subject)
    total = session.scalar(select(func.count()).select_from(wanted.subquery())) or 0
    if before:
        wanted = wanted.where(Canary.id < before)
    return session.scalars(wanted.order_by(Canary.id.desc()).limit(limit)).all(), total


def create(
    session: Session, subject: Subject, experiment_id: UUID, *, case_no: int, evaluator: str
) -> Canary:
    """Freezes a labelled output with its material, its label and the score it got."""
    experiment = experiments.get(session, subject, experiment_id)
    entry = entry_of(experiment, evaluator)
    opinion = labels.opinions(session, experiment, evaluator).get(case_no)
    case = _case(session, experiment, case_no, evaluator)
    if opinion is None or case is None:
        raise NotLabelled(case_no=case_no)
    example = {
        "input_data": case.input_data,
        "expected_output": case.expected_output,
        "context": case.context,
        "criteria": case.criteria,
        "output": case.output,
    }
    judge_model = judge_model_of(entry, experiment.judge_model)
    _refuse_more(session, subject, entry, judge_model, example)
    canary = Canary(
        id=new_id(),
        workspace_id=subject.workspace_id,
        evaluator=dict(entry),
        judge_model=judge_model,
        example=example,
        label=opinion.value,
        first_score=case.value,
        created_by=subject.label,
    )
    session.add(canary)
    session.flush()
    session.refresh(canary)
    audit.record(
        session,
        subject,
        AuditTag.canary_created,
        object_id=canary.id,
        after={"experiment_id": experiment.id, "case_no": case_no, "evaluator": evaluator},
    )
    return canary


def _case(
    session: Session, experiment: Experiment, case_no: int, evaluator: str
) -> Row[*tuple[Any, ...]] | None:
    return session.execute(
        select(
            ExperimentExample.input_data,
            ExperimentExample.expected_output,
            ExperimentExample.context,
            ExperimentExample.criteria,
            Result.output,
            CaseScore.value,
        )
        .select_from(Result)
        .join(
            ExperimentExample,
            (ExperimentExample.experiment_id == Result.experiment_id)
            & (ExperimentExample.position == Result.position),
        )
        .outerjoin(
            CaseScore,
            (CaseScore.experiment_id == Result.experiment_id)
            & (CaseScore.case_no == Result.case_no)
            & (CaseScore.evaluator == evaluator),
        )
        .where(
            Result.workspace_id == experiment.workspace_id,
            Result.experiment_id == experiment.id,
            Result.case_no == case_no,
            Result.output.is_not(None),
        )
    ).one_or_none()


def _refuse_more(
    session: Session,
    subject: Subject,
    entry: Mapping[str, Any],
    judge_model: str,
    example: Mapping[str, Any],
) -> None:
    of_judge = readable_by(subject).where(
        Canary.evaluator == dict(entry), Canary.judge_model == judge_model
    )
    if session.scalar(of_judge.where(Canary.example == dict(example)).limit(1)):
        raise AlreadyACanary
    count = session.scalar(select(func.count()).select_from(of_judge.subquery())) or 0
    if count >= MOST:
        raise TooMany(most=MOST)


def remove(session: Session, subject: Subject, canary_id: UUID) -> None:
    """It is judged no more; the rounds it was in stay."""
    canary = get(session, subject, canary_id)
    evaluator = canary.evaluator["name"]
    session.delete(canary)
    session.flush()
    audit.record(
        session,
        subject,
        AuditTag.canary_deleted,
        object_id=canary_id,
        before={"evaluator": evaluator},
    )
