"""One case, rendered, asked and judged: it ends in exactly one state, and says what it cost."""

import asyncio
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import pytest

from app.evaluators.base import Ask, Case, Score, ScoreState, build
from app.llm.client import Message, ModelError, Options
from app.llm.registry import UnknownModel
from app.models import CaseState
from app.runs.case import Brief, Outcome, Performer, options_of
from tests.support.models import FakeModel, unavailable

FLAT = Decimal("0.00001")
PLAIN = {"template_format": "jinja2", "template": "Say {{ what }}.", "messages": None}


def brief(**changes: Any) -> Brief:
    known = {"template": PLAIN, "inputs": {"what": "yes"}, "model": "openai:mock-gen"}
    return Brief(**{**known, "expected": "SAY YES.", **changes})


def perform(model: Any, *evaluators: Any, asked: Brief | None = None) -> Outcome:
    performer = Performer(model, evaluators=evaluators, judge_model="openai:judge", flat_rate=FLAT)
    return asyncio.run(performer.perform(asked or brief()))


class Judge:
    """An evaluator that asks its model, or fails at it."""

    name, version, needs_model = "judge", "7", True

    def __init__(self, error: Exception | None = None) -> None:
        self._error = error

    async def score(self, case: Case, ask: Ask | None) -> Score:
        if self._error:
            raise self._error
        if ask:
            await ask([Message(role="user", content=f"Judge {case.output}")], Options())
        return Score(
            evaluator=self.name,
            evaluator_version=self.version,
            state=ScoreState.scored,
            value=0.5,
            hallucination_rate=0.25,
        )


def test_a_case_is_rendered_asked_and_judged():
    """The first evaluator's score is the case's score."""
    model = FakeModel()
    outcome = perform(model, build("exact"), Judge())

    assert ["Say yes.", "Judge SAY YES."] == model.asked
    assert (CaseState.scored, 1.0) == (outcome.state, outcome.score)
    assert ("Say yes.", "SAY YES.") == (outcome.rendered_prompt, outcome.output)
    assert 0.25 == outcome.hallucination_rate
    assert ["completion", "judge"] == [call.kind for call in outcome.calls]
    assert (90, 10) == outcome.tokens()


def test_without_evaluators_an_answer_is_enough():
    """A single run need not be judged; it has no score then, and no zero."""
    outcome = perform(FakeModel())

    assert (CaseState.scored, None, None) == (
        outcome.state,
        outcome.score,
        outcome.hallucination_rate,
    )


def test_unknown_prices_are_estimated_and_not_known():
    """Two calls of 100 tokens at the flat rate; the price itself stays unknown."""
    outcome = perform(FakeModel(), Judge())

    assert outcome.cost_usd is None
    assert FLAT * 200 == outcome.cost_estimated == outcome.spent


def test_known_prices_add_up():
    """The local model costs nothing, which is known."""
    outcome = perform(FakeModel(), asked=brief(model="local:extractive-baseline"))

    assert (0, 0, 0) == (outcome.cost_usd, outcome.cost_estimated, outcome.spent)


def test_a_template_that_fails_asks_nobody():
    """The state names the template, and the provider is not paid."""
    model = FakeModel()
    outcome = perform(model, asked=brief(inputs={}))

    assert (CaseState.template_error, "template_error") == (outcome.state, outcome.error_code)
    assert "what" in (outcome.error or "")
    assert [] == model.asked
    assert (None, Decimal(0)) == (outcome.output, outcome.spent)


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (unavailable(), "unavailable"),
        (ModelError("rate_limited", "Slowly.", provider="openai"), "rate_limited"),
        (UnknownModel("There is no such model."), "model_not_found"),
    ],
)
def test_a_provider_s_failure_has_its_name(error, code):
    """provider_error with the provider's code and sentence; never a score."""
    outcome = perform(FakeModel(lambda _: error), build("exact"))

    assert (CaseState.provider_error, code) == (outcome.state, outcome.error_code)
    assert str(error) == outcome.error
    assert (None, ()) == (outcome.score, outcome.scores)


def test_a_judge_that_cannot_be_asked_keeps_the_answer():
    """judge_error: the answer, its price and the other evaluators' scores stay."""
    outcome = perform(FakeModel(), Judge(ZeroDivisionError()), build("exact"))
    failed, other = outcome.scores

    assert (CaseState.judge_error, None) == (outcome.state, outcome.score)
    assert "ZeroDivisionError" in (outcome.error or "")
    assert (ScoreState.judge_error, None, "7") == (
        failed.state,
        failed.value,
        failed.evaluator_version,
    )
    assert 1.0 == other.value
    assert "SAY YES." == outcome.output
    assert 1 == len(outcome.calls)


def test_only_the_first_evaluator_decides_the_state():
    """A second judge that fails leaves the case scored by the first."""
    outcome = perform(FakeModel(), build("exact"), Judge(ZeroDivisionError()))

    assert (CaseState.scored, 1.0) == (outcome.state, outcome.score)


def test_an_evaluator_without_its_material_has_not_judged():
    """not_applicable is judge_error for the case: there is no number to be had."""
    outcome = perform(FakeModel(), build("exact"), asked=brief(expected=None))

    assert (CaseState.judge_error, "not_applicable") == (outcome.state, outcome.error_code)
    assert outcome.score is None


def test_an_answer_that_is_paid_for_is_not_asked_again():
    """With the output given, only the judging is done."""
    model = FakeModel()
    outcome = perform(model, build("exact"), asked=brief(output="SAY YES."))

    assert [] == model.asked
    assert (CaseState.scored, 1.0, ()) == (outcome.state, outcome.score, outcome.calls)


@pytest.mark.parametrize("unstorable", ["a\0b", "a\ud800b"])
def test_what_the_database_cannot_hold_is_replaced(unstorable):
    """A reply with NUL or half a surrogate pair must not make its own result unstorable."""
    answered = perform(FakeModel(lambda _: unstorable))
    failed = perform(
        FakeModel(lambda _: ModelError("invalid_request", unstorable, provider="openai"))
    )

    assert "a\ufffdb" == answered.output == failed.error


def test_a_call_s_options_come_from_the_version():
    """Known parameters and the response schema reach the provider; others do not."""
    heard: list[Options] = []

    class Listening(FakeModel):
        async def complete(self, messages: Sequence[Message], options: Options) -> Any:
            heard.append(options)
            return await super().complete(messages, options)

    asked = brief(
        template={**PLAIN, "response_schema": {"type": "object"}},
        parameters={"temperature": 0.3, "stop": ["END"], "colour": "red"},
    )
    perform(Listening(), asked=asked)

    assert [options_of(asked.parameters, asked.template)] == heard
    assert (0.3, ("END",), {"type": "object"}) == (
        heard[0].temperature,
        heard[0].stop,
        heard[0].response_schema,
    )


class Panel(Judge):
    """An evaluator that asks two judges by name, and the default one."""

    async def score(self, case: Case, ask: Ask | None) -> Score:
        assert ask
        for model in ("openai:one", None, "local:two"):
            await ask([Message(role="user", content="Judge")], Options(), model=model)
        return await super().score(case, None)


def test_a_named_judge_is_asked_counted_and_priced_under_its_name():
    """A panel's calls stand in the books one by one; the local model's price is known."""
    asked: list[str] = []
    model = FakeModel()

    def get_model(reference: str) -> Any:
        asked.append(reference)
        return model

    outcome = perform(get_model, Panel())
    judges = [call for call in outcome.calls if call.kind == "judge"]

    assert ["openai:mock-gen", "openai:one", "openai:judge", "local:two"] == asked
    assert ["openai:one", "openai:judge", "local:two"] == [call.model for call in judges]
    assert [None, None, 0] == [call.cost_usd for call in judges]
    assert FLAT * 300 == outcome.spent


def test_a_judge_nobody_knows_is_a_judge_s_error():
    """The sentence of the registry, not a failure of ours; the answer is kept."""
    model = FakeModel()

    def get_model(reference: str) -> Any:
        if reference == "openai:gone":
            raise UnknownModel("There is no such model.")
        return model

    panel = build("correctness", {"models": ["openai:gone", "openai:there"]})
    outcome = perform(get_model, panel)

    assert (CaseState.judge_error, "SAY YES.") == (outcome.state, outcome.output)
    assert "model_not_found" in (outcome.error or "")
    assert "There is no such model." in (outcome.error or "")
    assert "openai:gone did not" in (outcome.error or "")
