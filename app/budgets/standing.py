"""A budget as it is shown: state, forecast, and whom it stops or would stop."""

from datetime import timedelta
from decimal import Decimal
from uuid import UUID

from sqlalchemy import ColumnElement, Integer, func, or_, select, true
from sqlalchemy.orm import Session

from app.budgets.ledger import Line
from app.budgets.schemas import (
    AffectedExperiment,
    AffectedRead,
    BudgetRead,
    BudgetState,
    ForecastRead,
)
from app.models import FINAL, BudgetPeriodKind, BudgetScope, CaseState, Experiment, Run

MOST_EXPERIMENTS = 20
TOO_LITTLE = {
    BudgetPeriodKind.day: timedelta(hours=2),
    BudgetPeriodKind.month: timedelta(days=2),
}
DAY = timedelta(days=1)


def state_of(line: Line) -> BudgetState:
    stopped = line.hard_stop and line.stopped_at is not None
    if stopped or line.spent_usd >= line.limit_usd:
        return BudgetState.exceeded
    if line.spent_usd >= line.limit_usd * line.alert_share:
        return BudgetState.alert
    return BudgetState.ok


def forecast(line: Line) -> ForecastRead | None:
    """Spent ÷ time gone × the period's length: a straight line, and how many days it rests on."""
    gone = line.read_at - line.starts_at
    if gone < TOO_LITTLE[line.period]:
        return None
    a_second = line.spent_usd / Decimal(gone.total_seconds())
    whole = Decimal((line.ends_at - line.starts_at).total_seconds())
    limit_at = None
    if a_second and line.spent_usd < line.limit_usd < a_second * whole:
        left = (line.limit_usd - line.spent_usd) / a_second
        limit_at = line.read_at + timedelta(seconds=float(left))
    return ForecastRead(
        usd=round(a_second * whole, 6), days=round(gone / DAY, 2), limit_at=limit_at
    )


def show(session: Session, workspace_id: UUID, line: Line) -> BudgetRead:
    state = state_of(line)
    return BudgetRead(
        id=line.id,
        scope=line.scope,
        prompt_id=line.prompt_id,
        api_key_id=line.api_key_id,
        object_name=line.object_name,
        period=line.period,
        time_zone=line.time_zone,
        limit_usd=line.limit_usd,
        alert_share=line.alert_share,
        hard_stop=line.hard_stop,
        enabled=line.enabled,
        period_from=line.starts_at,
        period_to=line.ends_at,
        spent_usd=line.spent_usd,
        reserved_usd=line.reserved_usd,
        left_usd=max(line.left_usd, Decimal(0)),
        share_used=float(line.spent_usd / line.limit_usd),
        forecast=forecast(line),
        state=state,
        affected=_affected(session, workspace_id, line, state),
        created_by=line.created_by,
        created_at=line.created_at,
        updated_at=line.updated_at,
    )


def _affected(session: Session, workspace_id: UUID, line: Line, state: BudgetState) -> AffectedRead:
    skipped = func.coalesce(
        Experiment.counts[CaseState.budget_skipped.value].astext.cast(Integer), 0
    )
    cut_short = (skipped > 0) & (Experiment.updated_at >= line.starts_at)
    found = session.execute(
        select(Experiment.id, Experiment.name, Experiment.status, skipped.label("budget_skipped"))
        .where(
            Experiment.workspace_id == workspace_id,
            _under(line, Experiment),
            or_(Experiment.status.not_in(FINAL), cut_short),
        )
        .order_by(Experiment.id.desc())
        .limit(MOST_EXPERIMENTS)
    )
    runs = session.scalar(
        select(func.count())
        .select_from(Run)
        .where(
            Run.workspace_id == workspace_id,
            _under(line, Run),
            Run.state.in_(["pending", "running"]),
        )
    )
    return AffectedRead(
        stopped=line.enabled and line.hard_stop and state is BudgetState.exceeded,
        experiments=[AffectedExperiment.model_validate(row) for row in found],
        runs=runs or 0,
    )


def _under(line: Line, of: type[Experiment | Run]) -> ColumnElement[bool]:
    if line.scope is BudgetScope.prompt:
        return of.prompt_id == line.prompt_id
    if line.scope is BudgetScope.key:
        return of.api_key_id == line.api_key_id
    return true()
