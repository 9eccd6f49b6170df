"""How a call ends that somebody waits for: recorded and paid, whoever hung up meanwhile."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from uuid import UUID

from sqlalchemy.orm import Session

from app.budgets import prices, spend
from app.core.clock import now
from app.core.config import get_settings
from app.core.database import unit_of_work
from app.llm import tokens
from app.llm.client import Completion, Message, ModelError, Options
from app.models import Run
from app.runs.case import priced
from app.runs.execution import cost_entries

End = Completion | ModelError | None  # None: the reader left


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A run's call: asked while no transaction is open."""

    run_id: UUID
    workspace_id: UUID
    model: str
    messages: Sequence[Message]
    options: Options
    started: float = field(default_factory=time.perf_counter)


def close(question: Question, text: str | None, end: End, *, to_be_judged: bool = False) -> None:
    """Stores how the call ended and what it cost, and settles what was reserved for it.

    `text` is what had come, None where the model was not even asked. The reservation of an answer
    `to_be_judged` stays: its judges are still to be paid.
    """
    with unit_of_work(question.workspace_id) as session:
        run = session.get_one(Run, question.run_id)
        run.finished_at = now()
        run.lease_until = None
        run.output = text or None
        run.state = "completed"
        if isinstance(end, ModelError):
            run.state, run.error_code, run.error = "failed", end.code, end.message
        elif end is None:
            run.state = "cancelled"
            run.error_code, run.error = "interrupted", "The reader left before the end."
        _book(session, run, _paid(question, text, end))
        if not (to_be_judged and run.state == "completed"):
            spend.settle(session, run.id)


def _paid(question: Question, text: str | None, end: End) -> Completion | None:
    """The answer; of one that was cut, what had been asked and had come, by our own count.

    None where nothing was asked, or the provider refused without a word.
    """
    if isinstance(end, Completion):
        return end
    if text is None or (isinstance(end, ModelError) and not text):
        return None
    return Completion(
        text=text,
        usage=tokens.usage(question.messages, text),
        model=question.model,
        latency_ms=(time.perf_counter() - question.started) * 1000,
    )


def _book(session: Session, run: Run, paid: Completion | None) -> None:
    run.cost_estimated = Decimal(0)
    if paid is None:
        return
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
