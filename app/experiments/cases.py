"""The cases of an experiment, one row per case and evaluator, filtered and paged."""

from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, func, select
from sqlalchemy.orm import Session, aliased

from app.models import (
    CaseScore,
    CaseState,
    Experiment,
    ExperimentArm,
    ExperimentExample,
    Result,
)


class Only(StrEnum):
    regressed = "regressed"  # scored lower than the baseline arm on the same example and repeat
    improved = "improved"
    failed = "failed"  # scored below 0.5
    errors = "errors"  # ended without a score


class Sort(StrEnum):
    case = "case"
    score = "score"
    score_descending = "-score"
    latency = "-latency"


ORDERS: dict[Sort, tuple[ColumnElement[Any], ...]] = {
    Sort.case: (),
    Sort.score: (Result.score.asc().nulls_first(),),
    Sort.score_descending: (Result.score.desc().nulls_last(),),
    Sort.latency: (Result.latency_ms.desc().nulls_last(),),
}
SCORED = and_(CaseScore.experiment_id == Result.experiment_id, CaseScore.case_no == Result.case_no)


def rows(experiment: Experiment) -> Select[*tuple[Any, ...]]:
    """Every case × evaluator of one experiment, with what the case asked and answered."""
    return (
        select(
            Result.case_no,
            Result.arm,
            ExperimentArm.version_number,
            ExperimentArm.model,
            ExperimentExample.example_id,
            Result.position,
            Result.repeat,
            Result.state,
            CaseScore.evaluator,
            CaseScore.evaluator_version,
            CaseScore.state.label("evaluator_state"),
            CaseScore.value.label("score"),
            CaseScore.hallucination_rate,
            CaseScore.reason,
            func.coalesce(CaseScore.claims, func.jsonb_build_array()).label("claims"),
            ExperimentExample.input_data,
            ExperimentExample.expected_output,
            Result.output,
            Result.error_code,
            Result.error,
            Result.latency_ms,
            Result.tokens_in,
            Result.tokens_out,
            Result.cost_usd,
            Result.cost_estimated,
            Result.cached,
        )
        .join(
            ExperimentArm,
            and_(
                ExperimentArm.experiment_id == Result.experiment_id,
                ExperimentArm.arm == Result.arm,
            ),
        )
        .join(
            ExperimentExample,
            and_(
                ExperimentExample.experiment_id == Result.experiment_id,
                ExperimentExample.position == Result.position,
            ),
        )
        .outerjoin(CaseScore, SCORED)
        .where(_of(experiment))
    )


def _of(experiment: Experiment) -> ColumnElement[bool]:
    return and_(
        Result.experiment_id == experiment.id,
        Result.workspace_id == experiment.workspace_id,
        Result.retrying.is_(False),
    )


def _only(experiment: Experiment, only: Only) -> ColumnElement[bool]:
    if only is Only.errors:
        return Result.state != CaseState.scored
    if only is Only.failed:
        return Result.score < 0.5
    base = aliased(Result)
    worse = Result.score < base.score if only is Only.regressed else Result.score > base.score
    return (
        select(base.case_no)
        .where(
            base.experiment_id == experiment.id,
            base.arm == (experiment.baseline_arm or 0),
            base.position == Result.position,
            base.repeat == Result.repeat,
            worse,
        )
        .exists()
    )


def page(
    session: Session,
    experiment: Experiment,
    *,
    only: Only | None,
    sort: Sort,
    arm: int | None,
    offset: int,
    limit: int,
) -> tuple[list[Row[Any]], int]:
    """Rows in a stable order from an offset, and how many match in all."""
    wanted = [_of(experiment)]
    if only is not None:
        wanted.append(_only(experiment, only))
    if arm is not None:
        wanted.append(Result.arm == arm)
    order = (*ORDERS[sort], Result.case_no)
    # a result has a row at least: sorted without their texts, a million of them fit into memory
    first = select(Result.case_no).where(*wanted).order_by(*order).limit(offset + limit).subquery()
    found = session.execute(
        rows(experiment)
        .join(first, first.c.case_no == Result.case_no)
        .order_by(*order, CaseScore.evaluator)
        .offset(offset)
        .limit(limit)
    )
    return list(found), _total(session, experiment, wanted)


def _total(session: Session, experiment: Experiment, wanted: list[ColumnElement[bool]]) -> int:
    """How many rows match: one for each result and evaluator, or for a result nobody scored."""
    all_scored = experiment.counts.get(CaseState.scored) == experiment.planned
    counted = select(func.count())
    if len(wanted) == 1 and all_scored:  # the narrower table
        counted = counted.where(CaseScore.experiment_id == experiment.id)
    elif len(experiment.evaluators) > 1:
        counted = counted.select_from(Result).outerjoin(CaseScore, SCORED).where(*wanted)
    else:
        counted = counted.select_from(Result).where(*wanted)
    return session.scalar(counted) or 0


def find_evaluation(experiment: Experiment) -> dict[str, Any] | None:
    """The single arm's results of a one-version experiment."""
    return experiment.results[0] if experiment.results else None
