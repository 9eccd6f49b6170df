"""How much prompts are used: calls, and the cases of experiments."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Select, and_, case, false, func, select, true, union_all
from sqlalchemy.orm import Session

from app.accounts.subject import Subject
from app.core.clock import now
from app.models import CaseState, Experiment, Result, Run

USE_DAYS = 7
UNASKED = (CaseState.budget_skipped, CaseState.cancelled)


class Use(NamedTuple):
    """`cost_usd` is that of runs and cases; None as soon as one price is unknown."""

    runs: int
    cases: int
    cost_usd: Decimal | None


NO_USE = Use(0, 0, None)


def uses(session: Session, subject: Subject, ids: Sequence[UUID]) -> dict[UUID, Use]:
    """By prompt: what was asked in the last seven days; prompts nobody asked are missing."""
    since = now() - timedelta(days=USE_DAYS)
    calls = union_all(_runs(subject, ids, since), _cases(subject, ids, since)).subquery()
    unpriced = func.bool_or(and_(calls.c.answered, calls.c.cost_usd.is_(None)))
    rows = session.execute(
        select(
            calls.c.prompt_id,
            func.count().filter(calls.c.single).label("runs"),
            func.count().filter(~calls.c.single).label("cases"),
            case((unpriced, None), else_=func.sum(calls.c.cost_usd)).label("cost_usd"),
        ).group_by(calls.c.prompt_id)
    )
    return {row.prompt_id: Use(row.runs, row.cases, row.cost_usd) for row in rows}


def _runs(subject: Subject, ids: Sequence[UUID], since: datetime) -> Select[*tuple[Any, ...]]:
    return select(
        Run.prompt_id,
        Run.cost_usd,
        Run.latency_ms.is_not(None).label("answered"),
        true().label("single"),
    ).where(
        Run.workspace_id == subject.workspace_id, Run.prompt_id.in_(ids), Run.created_at >= since
    )


def _cases(subject: Subject, ids: Sequence[UUID], since: datetime) -> Select[*tuple[Any, ...]]:
    return (
        select(
            Experiment.prompt_id,
            Result.cost_usd,
            Result.latency_ms.is_not(None).label("answered"),
            false().label("single"),
        )
        .join(Result, Result.experiment_id == Experiment.id)
        .where(
            Experiment.workspace_id == subject.workspace_id,
            Experiment.prompt_id.in_(ids),
            Experiment.updated_at >= since,  # every result moves it
            Result.created_at >= since,
            Result.state.not_in(UNASKED),
        )
    )
