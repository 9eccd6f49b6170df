"""Budgets: made, changed and removed by admins."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import Select, delete, func, select, update
from sqlalchemy.orm import Session

from app import audit
from app.accounts.subject import Subject
from app.audit import AuditTag
from app.budgets import ledger, standing
from app.budgets.schemas import BudgetCreate, BudgetRead
from app.core.clock import new_id
from app.core.errors import NotFound, invalid
from app.models import ApiKey, Budget, BudgetPeriod, Prompt

SHOWN = ("scope", "prompt_id", "api_key_id", "period", "limit_usd", "alert_share", "hard_stop")


class BudgetNotFound(NotFound):
    message = "There is no budget with this id in your workspace."


def readable_by(subject: Subject) -> Select[Budget]:
    """Every read of budgets starts here."""
    return select(Budget).where(Budget.workspace_id == subject.workspace_id)


def get(session: Session, subject: Subject, budget_id: UUID) -> Budget:
    budget = session.scalar(readable_by(subject).where(Budget.id == budget_id))
    if budget is None:
        raise BudgetNotFound
    return budget


def show(session: Session, subject: Subject, budget_id: UUID) -> BudgetRead:
    found = ledger.lines(session, subject.workspace_id, ids=[budget_id])
    if not found:
        raise BudgetNotFound
    return standing.show(session, subject.workspace_id, found[0])


def show_all(session: Session, subject: Subject) -> list[BudgetRead]:
    """The tightest first."""
    shown = [
        standing.show(session, subject.workspace_id, line)
        for line in ledger.lines(session, subject.workspace_id)
    ]
    return sorted(shown, key=lambda budget: (not budget.enabled, -budget.share_used))


def create(session: Session, subject: Subject, wanted: BudgetCreate) -> BudgetRead:
    """Counts what the running period has cost so far. Raises Invalid."""
    _check_object(session, subject, wanted)
    budget = Budget(
        id=new_id(),
        workspace_id=subject.workspace_id,
        created_by=subject.label,
        **wanted.model_dump(),
    )
    session.add(budget)
    session.flush()
    ledger.recount(session, subject.workspace_id, budget.id)
    _record(session, subject, AuditTag.budget_created, budget.id, after=_told(budget))
    return show(session, subject, budget.id)


def change(
    session: Session, subject: Subject, budget_id: UUID, changes: Mapping[str, Any]
) -> BudgetRead:
    """With more room the running period's refusals are forgotten: what was stopped may go on."""
    budget = get(session, subject, budget_id)
    before = _told(budget)
    for name, value in changes.items():
        setattr(budget, name, value)
    if changes:
        budget.updated_at = func.clock_timestamp()
        session.flush()
        session.refresh(budget)
        session.execute(
            update(BudgetPeriod)
            .where(BudgetPeriod.budget_id == budget.id)
            .values(stopped_at=None)
            .execution_options(synchronize_session=False)
        )
        after = _told(budget)
        _record(session, subject, AuditTag.budget_changed, budget.id, before=before, after=after)
    return show(session, subject, budget_id)


def remove(session: Session, subject: Subject, budget_id: UUID) -> None:
    budget = get(session, subject, budget_id)
    before = _told(budget)
    session.execute(delete(Budget).where(Budget.id == budget.id))
    _record(session, subject, AuditTag.budget_removed, budget_id, before=before)


def _check_object(session: Session, subject: Subject, wanted: BudgetCreate) -> None:
    if wanted.prompt_id is not None:
        mine = select(Prompt.id).where(
            Prompt.workspace_id == subject.workspace_id, Prompt.id == wanted.prompt_id
        )
        if session.scalar(mine) is None:
            raise invalid("#/prompt_id", "There is no prompt with this id.", code="unknown")
    if wanted.api_key_id is not None:
        key = select(ApiKey.id).where(
            ApiKey.workspace_id == subject.workspace_id, ApiKey.id == wanted.api_key_id
        )
        if session.scalar(key) is None:
            raise invalid("#/api_key_id", "There is no API key with this id.", code="unknown")


def _told(budget: Budget) -> dict[str, Any]:
    return {name: getattr(budget, name) for name in (*SHOWN, "enabled")}


def _record(
    session: Session, subject: Subject, tag: AuditTag, budget_id: UUID, **values: dict[str, Any]
) -> None:
    audit.record(session, subject, tag, object_id=budget_id, **values)
