"""Budgets and prices over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Response

from app.accounts.access import requires
from app.accounts.subject import Scope, Subject
from app.budgets import prices, service
from app.budgets.schemas import (
    BudgetCreate,
    BudgetPatch,
    BudgetRead,
    PriceList,
    PriceOverrideCreate,
    PriceOverrideRead,
)
from app.core.problems import EVERYWHERE, responses
from app.core.schema import Page
from app.core.session import SessionDep

router = APIRouter(tags=["budgets"], responses=EVERYWHERE)

Reader = Annotated[Subject, requires(Scope.read)]
Admin = Annotated[Subject, requires(Scope.admin)]


@router.post("/budgets", status_code=201)
def create_budget(
    body: BudgetCreate, subject: Admin, session: SessionDep, response: Response
) -> BudgetRead:
    """A limit for the workspace, a prompt or an API key; counts from the period's start."""
    made = service.create(session, subject, body)
    response.headers["Location"] = f"/api/v1/budgets/{made.id}"
    return made


@router.get("/budgets")
def list_budgets(subject: Reader, session: SessionDep) -> Page[BudgetRead]:
    """All budgets with what is spent, reserved and forecast; the most used first."""
    found = service.show_all(session, subject)
    return Page[BudgetRead](items=found, next_cursor=None, total=len(found))


@router.get("/budgets/{budget_id}", responses=responses(404))
def get_budget(budget_id: UUID, subject: Reader, session: SessionDep) -> BudgetRead:
    """One budget as it stands now."""
    return service.show(session, subject, budget_id)


@router.patch("/budgets/{budget_id}", responses=responses(404))
def change_budget(
    budget_id: UUID, body: BudgetPatch, subject: Admin, session: SessionDep
) -> BudgetRead:
    """Another limit, alert share or hard stop; `retry-failed` then runs what was skipped."""
    changes = {name: getattr(body, name) for name in body.model_fields_set}
    return service.change(session, subject, budget_id, changes)


@router.delete("/budgets/{budget_id}", status_code=204, responses=responses(404))
def delete_budget(budget_id: UUID, subject: Admin, session: SessionDep) -> None:
    """Removes it; the cost log stays."""
    service.remove(session, subject, budget_id)


@router.get("/prices")
def list_prices(subject: Reader, session: SessionDep) -> PriceList:
    """What each model in use or on offer costs today, and where that is known from."""
    return prices.listing(session, subject)


@router.post("/prices", status_code=201, responses=responses(409))
def create_price(
    body: PriceOverrideCreate, subject: Admin, session: SessionDep
) -> PriceOverrideRead:
    """The workspace's own price of a model from a day on; what was booked before stays."""
    return PriceOverrideRead.model_validate(prices.create(session, subject, body))


@router.delete("/prices/{price_id}", status_code=204, responses=responses(404))
def delete_price(price_id: UUID, subject: Admin, session: SessionDep) -> None:
    """Removes one of the workspace's own prices."""
    prices.remove(session, subject, price_id)
