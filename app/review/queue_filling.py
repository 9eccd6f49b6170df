"""How outputs get into the review queue: doubtful ones by themselves.

An ended experiment is looked through once, when somebody first asks for the queue; `queued_at` of
the experiment says when. One that ended again, after a retry, is looked through again: what is in
the queue already stays as it is.
"""

from collections.abc import Sequence
from datetime import timedelta
from hashlib import sha256
from uuid import UUID

from sqlalchemy import exists, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.accounts.subject import Subject
from app.core.clock import new_id, now
from app.evaluators.rubric import NAME as RUBRIC
from app.experiments import service as experiments
from app.models import FINAL, ON_BEHALF, CaseScore, Experiment, ReviewItem
from app.models.base import table_of
from app.review import labels
from app.review.queue_doubts import MOST_OF_EXPERIMENT, Doubt, doubts
from app.review.queue_schemas import AskedOf

AT_ONCE = 10  # experiments that one request looks through
RECENT = timedelta(days=30)
TWICE_IN = 10  # one item in ten is answered by two people


def fill(session: Session, subject: Subject) -> None:
    """Puts the doubtful cases of experiments that ended lately into the queue, each once."""
    for experiment in _unseen(session, subject):
        known = {
            evaluator["name"]: labels.opinions(session, experiment, evaluator["name"])
            for evaluator in experiment.evaluators
        }
        seen: dict[int, Doubt] = {}
        for doubt in doubts(session, experiment):
            if doubt.case_no not in known.get(doubt.evaluator, {}):
                seen.setdefault(doubt.case_no, doubt)
        put(session, experiment, list(seen.values())[:MOST_OF_EXPERIMENT])


def _unseen(session: Session, subject: Subject) -> list[Experiment]:
    """Marks them as seen; another request that is looking through them is waited for.

    A page asks for the queue and for its first item at once: both have to see what there is.
    """
    due = (
        experiments.readable_by(subject)
        .where(
            Experiment.status.in_(FINAL),
            Experiment.results.is_not(None),
            Experiment.finished_at > now() - RECENT,
            Experiment.trigger.not_in(ON_BEHALF),
            or_(Experiment.queued_at.is_(None), Experiment.queued_at < Experiment.updated_at),
        )
        .order_by(Experiment.id.desc())
        .limit(AT_ONCE)
        .with_for_update(key_share=True)
    )
    found = list(session.scalars(due))
    if found:
        seen = update(table_of(Experiment)).where(Experiment.id.in_([row.id for row in found]))
        session.execute(seen.values(queued_at=func.clock_timestamp()))
    return found


def put(session: Session, experiment: Experiment, found: Sequence[Doubt]) -> int:
    """How many are new in the queue."""
    if not found:
        return 0
    asked = {name: asked_of(session, experiment, name) for name in {d.evaluator for d in found}}
    items = [
        {
            "id": (item_id := new_id()),
            "workspace_id": experiment.workspace_id,
            "experiment_id": experiment.id,
            "question": asked[doubt.evaluator],
            "people": people_for(item_id),
            **doubt._asdict(),
        }
        for doubt in found
    ]
    added = insert(ReviewItem).on_conflict_do_nothing().returning(ReviewItem.id)
    return len(session.scalars(added, items).all())


def people_for(item_id: UUID) -> int:
    """Two for one item in ten, whatever it is about: people are measured against each other."""
    return 2 if int.from_bytes(sha256(item_id.bytes).digest()[:4]) % TWICE_IN == 0 else 1


def asked_of(session: Session, experiment: Experiment, evaluator: str) -> AskedOf:
    """What people are asked where this evaluator judged."""
    if evaluator == RUBRIC:
        return AskedOf.score
    measures = session.scalar(
        select(
            exists().where(
                CaseScore.workspace_id == experiment.workspace_id,
                CaseScore.experiment_id == experiment.id,
                CaseScore.evaluator == evaluator,
                CaseScore.hallucination_rate.is_not(None),
            )
        )
    )
    return AskedOf.hallucinated if measures else AskedOf.failed
