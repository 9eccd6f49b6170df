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
        .outerjoin(
            CaseScore,
            and_(
                CaseScore.experiment_id == Result.experiment_id,
                CaseScore.case_no == Result.case_no,
            ),
        )
        .where(
            Result.experiment_id == experiment.id,
            Result.workspace_id == experiment.workspace_id,
            Result.retrying.is_(False),
        )
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
    wanted = rows(experiment)
    if only is not None:
        wanted = wanted.where(_only(experiment, only))
    if arm is not None:
        wanted = wanted.where(Result.arm == arm)
    total = session.scalar(select(func.count()).select_from(wanted.subquery())) or 0
    order: list[Any] = {
        Sort.case: [],
        Sort.score: [Result.score.asc().nulls_first()],
        Sort.score_descending: [Result.score.desc().nulls_last()],
        Sort.latency: [Result.latency_ms.desc().nulls_last()],
    }[sort]
    ordered = wanted.order_by(*order, Result.case_no, CaseScore.evaluator)
    return list(session.execute(ordered.offset(offset).limit(limit))), total


def find_evaluation(experiment: Experiment) -> dict[str, Any] | None:
    """The single arm's results of a one-version experiment."""
    return experiment.results[0] if experiment.results else None
