"""Budgets and prices on the wire."""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Self
from uuid import UUID

from pydantic import Field, model_validator

from app.accounts.schemas import TimeZone
from app.core.schema import Flag, Input, Line, Money, Output
from app.models import BudgetPeriodKind, BudgetScope, ExperimentStatus

Limit = Annotated[Decimal, Field(gt=0, le=1_000_000_000, decimal_places=6)]
Share = Annotated[Decimal, Field(gt=0, le=1, decimal_places=3)]
Price = Annotated[Decimal, Field(ge=0, le=1_000_000, decimal_places=6)]


class BudgetState(StrEnum):
    ok = "ok"
    alert = "alert"  # past its alert share
    exceeded = "exceeded"  # used up, or a hard stop that has refused a call


class BudgetCreate(Input):
    """An object may have several: one that only tells, and above it one that stops."""

    scope: BudgetScope = BudgetScope.workspace
    prompt_id: UUID | None = Field(None, description="Goes with the scope `prompt`.")
    api_key_id: UUID | None = Field(None, description="Goes with the scope `key`.")
    period: BudgetPeriodKind = BudgetPeriodKind.month
    time_zone: TimeZone = Field("UTC", description="Where days and months begin.")
    limit_usd: Limit
    alert_share: Share = Field(Decimal("0.8"), description="Of the limit; tells once a period.")
    hard_stop: Flag = Field(False, description="Refuse calls that do not fit; else only tell.")
    enabled: Flag = True

    @model_validator(mode="after")
    def names_its_object(self) -> Self:
        wanted = {
            BudgetScope.workspace: (False, False),
            BudgetScope.prompt: (True, False),
            BudgetScope.key: (False, True),
        }[self.scope]
        if (self.prompt_id is not None, self.api_key_id is not None) != wanted:
            raise ValueError(
                "the scope `prompt` needs prompt_id, `key` needs api_key_id, "
                "`workspace` neither of them"
            )
        return self


class BudgetPatch(Input):
    """Only what is sent is changed; another object or period is another budget."""

    limit_usd: Limit = Field(default_factory=Decimal)
    alert_share: Share = Field(default_factory=Decimal)
    hard_stop: Flag = False
    enabled: Flag = True


class ForecastRead(Output):
    """What the period will have cost if it goes on as it did so far."""

    usd: Money
    days: float = Field(description="Days of this period the rate rests on.")
    limit_at: datetime | None = Field(
        description="When the limit is reached at this rate; null when not in this period."
    )


class AffectedExperiment(Output):
    id: UUID
    name: str
    status: ExperimentStatus
    budget_skipped: int = Field(
        description="Cases left out for want of money; `retry-failed` runs them once there is some."
    )


class AffectedRead(Output):
    """Work under this budget that waits or runs, or was cut short by it in this period."""

    stopped: bool = Field(description="It is stopped now; else it would be at the limit.")
    experiments: list[AffectedExperiment] = Field(description="At most 20, newest first.")
    runs: int = Field(description="Single runs that wait or run.")


class BudgetRead(Output):
    id: UUID
    scope: BudgetScope
    prompt_id: UUID | None
    api_key_id: UUID | None
    object_name: str | None = Field(description="Of the prompt or the key.")
    period: BudgetPeriodKind
    time_zone: str
    limit_usd: Money
    alert_share: Money
    hard_stop: bool
    enabled: bool
    period_from: datetime
    period_to: datetime
    spent_usd: Money = Field(description="Unknown prices count by the flat rate.")
    reserved_usd: Money = Field(description="Held for calls that are about to be made.")
    left_usd: Money
    share_used: float
    forecast: ForecastRead | None = Field(
        description="Null in the first two hours of a day or two days of a month."
    )
    state: BudgetState
    affected: AffectedRead
    created_by: str
    created_at: datetime
    updated_at: datetime


class BudgetRoom(Output):
    """What the tightest hard-stop budget has left for a plan."""

    budget_id: UUID
    scope: BudgetScope
    object_name: str | None
    period: BudgetPeriodKind
    limit_usd: Money
    left_usd: Money
    missing_usd: Money = Field(description="0 when the plan fits.")
    renews_at: datetime


class PriceSource(StrEnum):
    override = "override"  # this workspace's own
    listed = "listed"
    local = "local"  # runs here and costs nothing
    unknown = "unknown"  # counted by the flat rate, and said to be an estimate


class PriceOverrideCreate(Input):
    """Prices are dated facts: a change is another entry with a later day."""

    model: Line = Field(description="`provider:model`.")
    input_usd: Price = Field(description="USD per million tokens in.")
    output_usd: Price = Field(description="USD per million tokens out.")
    valid_from: date = Field(description="A day in UTC.")


class PriceOverrideRead(Output):
    id: UUID
    model: str
    input_usd: Money
    output_usd: Money
    valid_from: date
    created_by: str
    created_at: datetime


class PriceRead(Output):
    """What a model costs today, in USD per million tokens; null where nobody says."""

    model: str
    source: PriceSource
    input_usd: Money | None
    output_usd: Money | None
    priced_at: date | None = Field(
        description="The day from which an own price counts, or for which the lists were looked "
        "up; null where nobody says, and for what runs here."
    )
    in_use: bool = Field(
        description="A version, experiment or judge names it; else it is there to be chosen."
    )
    overrides: list[PriceOverrideRead] = Field(description="Newest day first.")


class PriceList(Output):
    items: list[PriceRead]
    lists: str = Field(description="Edition of the price lists this installation has.")
    flat_rate_usd: Money = Field(description="USD a million tokens, where no price is known.")
