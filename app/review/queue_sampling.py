"""Judged cases for the review queue at random, of one experiment or of all that ended lately.

Those of one experiment are a label sample as well: their labels correct the judge's rate.
"""

from collections.abc import Iterable
from contextlib import suppress
from uuid import UUID

from sqlalchemy import ColumnElement, exists, func, select
from sqlalchemy.orm import Session

from app.accounts.subject import Subject
from app.core.clock import now
from app.experiments import service as experiments
from app.models import FINAL, ON_BEHALF, CaseScore, Experiment, HumanLabel, ReviewItem, ReviewReason
from app.review import labels, samples
from app.review.queue_doubts import Doubt, has_output
from app.review.queue_filling import RECENT, put
from app.review.samples import AlreadyDrawn, NothingJudged


def sample(session: Session, subject: Subject, *, experiment_id: UUID | None, size: int) -> int:
    """Puts so many more judged cases into the queue; how many there were.

    Raises StillRunning and NothingJudged.
    """
    if experiment_id is None:
        return _sample_of_all(session, subject, size)
    experiment = experiments.get(session, subject, experiment_id)
    evaluator = experiment.primary_evaluator
    waiting = _undealt(session, experiment)
    if len(waiting) < size:
        before = samples.find_latest(session, experiment, evaluator)
        drawn = len(before.cases) if before else 0
        with suppress(AlreadyDrawn):  # all there are
            wanted = drawn - len(waiting) + size
            samples.draw(session, subject, experiment.id, evaluator=evaluator, size=wanted)
        waiting = _undealt(session, experiment)
    return put(session, experiment, _at_random(evaluator, waiting[:size]))


def _at_random(evaluator: str, cases: Iterable[int]) -> list[Doubt]:
    return [Doubt(ReviewReason.random, case_no, evaluator) for case_no in cases]


def _undealt(session: Session, experiment: Experiment) -> list[int]:
    """Cases of the last label sample that are neither labelled nor in the queue."""
    evaluator = experiment.primary_evaluator
    drawn = samples.find_latest(session, experiment, evaluator)
    if drawn is None:
        return []
    queued = session.scalars(
        select(ReviewItem.case_no).where(
            ReviewItem.workspace_id == experiment.workspace_id,
            ReviewItem.experiment_id == experiment.id,
            ReviewItem.evaluator == evaluator,
        )
    )
    dealt = {*queued, *labels.opinions(session, experiment, evaluator)}
    return [case_no for case_no in drawn.cases if case_no not in dealt]


def _sample_of_all(session: Session, subject: Subject, size: int) -> int:
    drawn = session.execute(
        select(CaseScore.experiment_id, CaseScore.case_no)
        .join(
            Experiment,
            (Experiment.id == CaseScore.experiment_id)
            & (Experiment.primary_evaluator == CaseScore.evaluator),
        )
        .where(
            Experiment.workspace_id == subject.workspace_id,
            Experiment.status.in_(FINAL),
            Experiment.finished_at > now() - RECENT,
            Experiment.trigger.not_in(ON_BEHALF),
            CaseScore.value.is_not(None),
            has_output(CaseScore),
            _unknown(ReviewItem),
            _unknown(HumanLabel),
        )
        .order_by(func.random())
        .limit(size)
    ).all()
    if not drawn:
        raise NothingJudged("No case of the last 30 days is left to draw; run an experiment.")
    cases: dict[UUID, list[int]] = {}
    for experiment_id, case_no in drawn:
        cases.setdefault(experiment_id, []).append(case_no)
    added = 0
    for experiment_id, case_nos in cases.items():
        experiment = experiments.get(session, subject, experiment_id)
        doubts = _at_random(experiment.primary_evaluator, case_nos)
        added += put(session, experiment, doubts)
    return added


def _unknown(of: type[ReviewItem] | type[HumanLabel]) -> ColumnElement[bool]:
    """Nothing of this kind is about the same judgment."""
    return ~exists().where(
        of.experiment_id == CaseScore.experiment_id,
        of.case_no == CaseScore.case_no,
        of.evaluator == CaseScore.evaluator,
    )
