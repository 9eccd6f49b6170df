"""Waiting for a provider that is left alone."""

import asyncio
from collections.abc import Sequence

import pytest

from app.llm.breaker import CircuitOpen
from app.llm.client import Completion, Usage
from app.runs.patience import Patience

ANSWER = Completion(text="Yes.", model="m", usage=Usage(tokens_in=1, tokens_out=1), latency_ms=1.0)


class Stumbling:
    """A provider whose circuit is open for the first calls."""

    def __init__(self, waits: Sequence[float], provider: str = "openai") -> None:
        self.waits, self.calls, self.provider = list(waits), 0, provider

    async def __call__(self) -> Completion:
        self.calls += 1
        if self.waits:
            raise CircuitOpen(self.provider, self.waits.pop(0))
        return ANSWER


def asked(patience: Patience, call: Stumbling) -> Completion:
    return asyncio.run(patience.ask(call.provider, call))


def test_a_provider_that_stumbles_costs_no_answer():
    """Two refusals are waited for, and what was waited is forgotten with the answer."""
    patience = Patience(5)
    first, second = Stumbling([0.01, 0.01]), Stumbling([0.01])

    assert ANSWER == asked(patience, first) == asked(patience, second)
    assert (3, 2) == (first.calls, second.calls)


def test_patience_ends():
    """A wait that is too long is not begun; the next call does not wait again."""
    patience = Patience(0.05)
    with pytest.raises(CircuitOpen):
        asked(patience, Stumbling([60.0]))
    again = Stumbling([0.2])
    with pytest.raises(CircuitOpen):
        asked(patience, again)

    assert 1 == again.calls


def test_a_provider_that_answers_buys_no_patience_with_another():
    """Between two calls of a judge that is away the model answers; the second does not wait."""
    patience = Patience(0.05)
    with pytest.raises(CircuitOpen):
        asked(patience, Stumbling([0.04, 0.04], "anthropic"))
    answered, again = Stumbling([]), Stumbling([0.04], "anthropic")
    asked(patience, answered)
    with pytest.raises(CircuitOpen):
        asked(patience, again)

    assert (1, 1) == (answered.calls, again.calls)


def test_somebody_who_waits_is_told_at_once():
    """Single runs have no patience."""
    with pytest.raises(CircuitOpen):
        asked(Patience(0), Stumbling([0.01]))
