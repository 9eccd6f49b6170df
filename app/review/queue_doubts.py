"""Which cases of an ended experiment somebody should look at, and why."""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from sqlalchemy import ColumnElement, Select, case, exists, func, or_, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session, aliased

from app.evaluators.base import ScoreState
from app.evaluators.catalogue import describe
from app.models import CaseScore, Experiment, Result, ReviewReason, VerdictRecord

MOST_OF_EXPERIMENT = 20
UNSURE_ABOVE, UNSURE_BELOW = 0.25, 0.75
DISAGREEMENT = 0.5
ROUNDING = 1e-9  # .9 - .4 may be a little less than .5


class Doubt(NamedTuple):
    """A case that somebody should look at, and whose judgment of it is in question."""

    reason: ReviewReason
    case_no: int
    evaluator: str


def doubts(session: Session, experiment: Experiment) -> Iterator[Doubt]:
    """The most telling first; a case may come more than once."""
    primary = experiment.primary_evaluator
    for case_no in _regressed(session, experiment):
        yield Doubt(ReviewReason.regression, case_no, primary)
    for case_no, evaluator in session.execute(_disagreeing(experiment)):
        yield Doubt(ReviewReason.judges_disagree, case_no, evaluator)
    for case_no, evaluator in session.execute(_unsure(experiment)):
        yield Doubt(ReviewReason.judge_unsure, case_no, evaluator)


def _regressed(session: Session, experiment: Experiment) -> list[int]:
    """Cases of the examples a verdict counts as newly failing, the worst drop first."""
    verdicts = session.execute(
        select(
            VerdictRecord.candidate_arm,
            VerdictRecord.content["changes"]["newly_failing"].label("examples"),
        )
        .where(
            VerdictRecord.workspace_id == experiment.workspace_id,
            VerdictRecord.experiment_id == experiment.id,
        )
        .order_by(VerdictRecord.id)
    )
    newest = {row.candidate_arm: row.examples for row in verdicts}
    return [
        case_no
        for arm, examples in newest.items()
        for case_no in _worst(session, experiment, arm, [row["position"] for row in examples])
    ]


def _worst(
    session: Session, experiment: Experiment, arm: int, positions: Sequence[int]
) -> list[int]:
    """For each example the repeat with the lowest score, in the order of the examples."""
    rows = session.execute(
        select(Result.position, Result.case_no)
        .where(
            Result.workspace_id == experiment.workspace_id,
            Result.experiment_id == experiment.id,
            Result.arm == arm,
            Result.position.in_(positions),
            Result.score.is_not(None),
        )
        .ext(distinct_on(Result.position))
        .order_by(Result.position, Result.score, Result.case_no)
    )
    found = {row.position: row.case_no for row in rows}
    return [found[position] for position in positions if position in found]


@lru_cache
def judges() -> frozenset[str]:
    """Evaluators that ask a model. The others count: they can be wrong, but not unsure."""
    return frozenset(info.name for info in describe() if info.needs_model)


def _opinion(score: type[CaseScore]) -> ColumnElement[bool]:
    """A judge's, or an estimate of hallucination."""
    return or_(score.evaluator.in_(judges()), score.hallucination_rate.is_not(None))


def has_output(score: type[CaseScore]) -> ColumnElement[bool]:
    return exists().where(
        Result.experiment_id == score.experiment_id,
        Result.case_no == score.case_no,
        Result.output.is_not(None),
    )


def _disagreeing(experiment: Experiment) -> Select[int, str]:
    """Cases two judges see differently.

    Asked about is the experiment's first evaluator, if it is one of the two.
    """
    one, other = aliased(CaseScore), aliased(CaseScore)
    apart = func.abs(one.value - other.value)
    asked = case(
        (other.evaluator == experiment.primary_evaluator, other.evaluator), else_=one.evaluator
    )
    return (
        select(one.case_no, asked)
        .join(
            other,
            (other.experiment_id == one.experiment_id)
            & (other.case_no == one.case_no)
            & (other.evaluator > one.evaluator),
        )
        .where(
            one.workspace_id == experiment.workspace_id,
            one.experiment_id == experiment.id,
            _opinion(one),
            _opinion(other),
            apart >= DISAGREEMENT - ROUNDING,
            has_output(one),
        )
        .order_by(apart.desc(), one.case_no)
        .limit(MOST_OF_EXPERIMENT)
    )


def _unsure(experiment: Experiment) -> Select[int, str]:
    """Cases no judgment could be read of, then scores from the middle outwards."""
    between = (CaseScore.value > UNSURE_ABOVE) & (CaseScore.value < UNSURE_BELOW)
    return (
        select(CaseScore.case_no, CaseScore.evaluator)
        .where(
            CaseScore.workspace_id == experiment.workspace_id,
            CaseScore.experiment_id == experiment.id,
            _opinion(CaseScore),
            or_(CaseScore.state == ScoreState.judge_unparseable, between),
            has_output(CaseScore),
        )
        .order_by(func.abs(CaseScore.value - 0.5).nulls_first(), CaseScore.case_no)
        .limit(MOST_OF_EXPERIMENT)
    )
