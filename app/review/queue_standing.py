"""How the review queue stands: what waits for a person, and how far people and judges agree."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, any_, func, select
from sqlalchemy.orm import Session

from app.accounts.subject import Subject
from app.core.clock import now
from app.models import CaseScore, HumanLabel, ReviewItem, ReviewReason
from app.review.queue import waiting
from app.review.queue_filling import RECENT
from app.review.queue_schemas import ByReason, QueueRead
from app.review.queue_telling import flagged, flagged_by
from app.review.schemas import Measured

MOST_COMPARED = 5_000  # answers, newest first


def standing(session: Session, subject: Subject) -> QueueRead:
    rows = session.execute(
        select(ReviewItem.reason, func.count(), func.min(ReviewItem.created_at))
        .where(*waiting(subject))
        .group_by(ReviewItem.reason)
    ).all()
    counts = Counter({reason: count for reason, count, _ in rows})
    answers = _answers(session, subject)
    midnight = now().replace(hour=0, minute=0, second=0, microsecond=0)
    return QueueRead(
        total=counts.total(),
        by_reason=ByReason(**{reason.value: counts[reason] for reason in ReviewReason}),
        oldest_at=min((oldest for *_, oldest in rows), default=None),
        done_today=sum(row.HumanLabel.updated_at >= midnight for row in answers),
        agreement=_share(_with_judge(answers)),
        between_people=_share(_between_people(answers)),
    )


def _answers(session: Session, subject: Subject) -> Sequence[Row[*tuple[Any, ...]]]:
    """Labels given through the queue in the last 30 days, each beside the judge's score."""
    return session.execute(
        select(
            ReviewItem.id,
            ReviewItem.question,
            HumanLabel,
            CaseScore.value,
            CaseScore.hallucination_rate,
        )
        .join(
            HumanLabel,
            (HumanLabel.experiment_id == ReviewItem.experiment_id)
            & (HumanLabel.case_no == ReviewItem.case_no)
            & (HumanLabel.evaluator == ReviewItem.evaluator)
            & (HumanLabel.labelled_by == any_(ReviewItem.done_by)),
        )
        .outerjoin(
            CaseScore,
            (CaseScore.experiment_id == ReviewItem.experiment_id)
            & (CaseScore.case_no == ReviewItem.case_no)
            & (CaseScore.evaluator == ReviewItem.evaluator),
        )
        .where(
            ReviewItem.workspace_id == subject.workspace_id,
            HumanLabel.updated_at > now() - RECENT,
        )
        .order_by(HumanLabel.updated_at.desc())
        .limit(MOST_COMPARED)
    ).all()


def _with_judge(answers: Sequence[Row[*tuple[Any, ...]]]) -> list[bool]:
    """Whether each answer is the judge's; answers to what it gave no score are left out."""
    judged = [(row, flagged(row.question, row.value, row.hallucination_rate)) for row in answers]
    return [
        flag == flagged_by(row.question, row.HumanLabel) for row, flag in judged if flag is not None
    ]


def _between_people(answers: Sequence[Row[*tuple[Any, ...]]]) -> list[bool]:
    """Whether the two answered the same, for each item that two answered."""
    flags: dict[Any, list[bool]] = defaultdict(list)
    for row in answers:
        flags[row.id].append(flagged_by(row.question, row.HumanLabel))
    return [len(set(given)) == 1 for given in flags.values() if len(given) > 1]


def _share(agreed: Sequence[bool]) -> Measured | None:
    from app.statistics.estimates import rate_interval  # noqa: PLC0415 - SciPy costs 0.2 s

    found = rate_interval(sum(agreed), len(agreed))
    if found is None:
        return None
    return Measured(value=found.mean, interval=[found.low, found.high], n=found.n)
