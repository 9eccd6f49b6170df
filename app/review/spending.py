"""What judging outside of an experiment may cost and did: reserved before it, then in the log."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from app.budgets import prices, spend
from app.budgets.spend import Spender
from app.core.config import get_settings
from app.evaluators.base import InvalidEvaluatorOptions, UnknownEvaluator
from app.models import CostEntry
from app.runs.case import Call
from app.runs.worst_case import Tariff, judges_of, worst_judging

LASTS_S = 1_800.0  # a task has 900 s, and may wait before it


def tariff(session: Session, workspace_id: UUID) -> Tariff:
    """How calls of judges are priced in the workspace."""
    return Tariff(get_settings().flat_token_price, prices.overrides(session, workspace_id))


def most(priced_by: Tariff, entry: Mapping[str, Any], judge_model: str, *, read: int) -> Decimal:
    """USD that judging one case of `read` tokens may cost; 0 where the evaluator is no more."""
    try:
        judges = judges_of([entry], judge_model)
    except (UnknownEvaluator, InvalidEvaluatorOptions):
        return Decimal(0)  # nothing can be asked
    return worst_judging(priced_by, judges, read=read)


def reserve(session: Session, workspace_id: UUID, reservation_id: UUID, amount: Decimal) -> None:
    """In place of what the same id held before; raises BudgetGone."""
    spend.settle(session, reservation_id)
    spender = Spender(workspace_id=workspace_id)
    spend.reserve(session, spender, reservation_id, amount, lasts_s=LASTS_S)


def booked(
    calls: Sequence[Call], *, workspace_id: UUID, source: str, experiment_id: UUID | None = None
) -> list[CostEntry]:
    """One entry for each call; `source` is canary or certificate."""
    told = {"workspace_id": workspace_id, "source": source, "experiment_id": experiment_id}
    return [CostEntry(**told, **call._asdict()) for call in calls]
