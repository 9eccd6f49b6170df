"""What a call may cost is reserved before it; `runs.closing` books what it did cost."""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy.orm import Session

from app.budgets import prices, spend
from app.budgets.spend import Spender
from app.core.config import get_settings
from app.llm.client import Message
from app.models import Run
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
