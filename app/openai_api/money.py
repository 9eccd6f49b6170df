"""What a call may cost is reserved before it, and booked when it has cost something."""

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal

from sqlalchemy.orm import Session

from app.budgets import prices, spend
from app.budgets.spend import Spender
from app.core.config import get_settings
from app.llm.client import Completion, Message
from app.models import Run
from app.runs.case import priced
from app.runs.execution import cost_entries
from app.runs.worst_case import Tariff, worst_case

LONGEST = timedelta(minutes=10)  # then a call whose process died is nobody's any more


def reserve(session: Session, run: Run, messages: Sequence[Message]) -> None:
    """The price of an answer as long as it may get; raises BudgetGone."""
    overrides = prices.overrides(session, run.workspace_id)
    amount = worst_case(
        Tariff(get_settings().flat_token_price, overrides),
        model=run.model,
        parameters=run.parameters,
        texts=[message.content for message in messages],
    )
    spender = Spender(
        workspace_id=run.workspace_id, prompt_id=run.prompt_id, api_key_id=run.api_key_id
    )
    spend.reserve(session, spender, run.id, amount, lasts_s=LONGEST.total_seconds())


def book(session: Session, run: Run, paid: Completion | None) -> None:
    """Writes what was paid, and frees what was reserved; None where nothing was."""
    run.cost_estimated = Decimal(0)
    if paid is not None:
        call = priced(
            "completion",
            run.model,
            paid,
            get_settings().flat_token_price,
            overrides=prices.overrides(session, run.workspace_id),
        )
        run.latency_ms = paid.latency_ms
        run.tokens_in, run.tokens_out = call.tokens_in, call.tokens_out
        run.cost_usd, run.cost_estimated = call.cost_usd, call.cost_estimated
        session.add_all(cost_entries(run, (call,)))
    spend.settle(session, run.id)
