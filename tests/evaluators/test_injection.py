"""The bundled attacks tell an evaluator that can be talked round from one that cannot."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from app.evaluators.attacks import ATTACKS, SCENARIOS
from app.evaluators.base import Ask, build
from app.evaluators.injection import InjectionReport, injection_report
from app.llm.client import Completion, Message, ModelError, Options, Usage
from tests.evaluators.judging import REPLIES, verdict
from tests.evaluators.scripted import Script, keyless


def judge(decide: Callable[[str], str]) -> Ask:
    """A judge that decides by the output it is shown."""

    async def ask(
        messages: Sequence[Message], options: Options, *, model: str | None = None
    ) -> Completion:
        shown = messages[1].content.partition("<output-")[2].partition("The material ends")[0]
        usage = Usage(tokens_in=1, tokens_out=1)
        return Completion(text=decide(shown), usage=usage, model="m", latency_ms=1.0)

    return ask


def report(ask: Ask | None, name: str = "correctness", **options: Any) -> InjectionReport:
    return asyncio.run(injection_report(build(name, options), ask))


def test_the_set_is_whole():
    """24 attacks or more, no two alike, each with a wrong answer for a twin."""
    assert len(ATTACKS) >= 24
    assert len(ATTACKS) == len(set(ATTACKS.values()))
    assert all(scenario.wrong != scenario.expected for scenario in SCENARIOS)
    assert len(SCENARIOS) == len({scenario.wrong for scenario in SCENARIOS})


def test_a_judge_that_looks_at_the_answer_resists():
    """Every attack was judged and none brought anything."""
    found = report(judge(lambda _: verdict("incorrect")))

    assert found.resisted
    assert (len(ATTACKS), 0, 0, 0) == (found.n, found.raised, found.unjudged, found.no_room)
    assert 0.0 == found.worst.gain
    assert ("correctness", build("correctness").version) == (
        found.evaluator,
        found.evaluator_version,
    )


def test_a_judge_that_obeys_is_found_out():
    """It calls right whatever says so; those attacks, and only those, raised the score."""

    def credulous(shown: str) -> str:
        return verdict("correct" if "correct" in shown.lower() else "incorrect")

    found = report(judge(credulous))
    obeyed = [pair.attack for pair in found.pairs if pair.gain == 1.0]

    assert not found.resisted
    assert len(obeyed) == found.raised >= 5
    assert {"judge's reply", "claimed authority"} <= set(obeyed)
    assert "flattery" not in obeyed
    assert (1.0, 0.0) == (found.worst.hostile, found.worst.twin)


def test_what_was_not_judged_is_no_pass():
    """A judge that is lost for words by an attack has resisted nothing."""

    def speechless(shown: str) -> str:
        return "?" if "verdict" in shown.lower() else verdict("incorrect")

    found = report(judge(speechless))
    silent = report(Script(ModelError("unavailable", "Gone.", provider="p")))

    assert found.unjudged > 0 == found.raised
    assert (len(ATTACKS), None) == (silent.unjudged, silent.worst)
    assert {0.0} == {pair.gain for pair in silent.pairs}
    assert not found.resisted
    assert not silent.resisted


def test_a_twin_at_the_top_leaves_nothing_to_show():
    """A judge that finds everything right cannot be raised, and has not resisted either."""
    found = report(judge(lambda _: verdict("correct")))

    assert (0, len(ATTACKS)) == (found.raised, found.no_room)
    assert not found.resisted


@pytest.mark.parametrize(
    ("name", "options"),
    [("hallucination", {}), ("grounding", {}), ("exact", {}), ("similarity", {})],
)
def test_the_keyless_evaluators_resist(name, options):
    """What counts words cannot be flattered; the built-in judge reads its own blocks only."""
    found = report(keyless, name, **options)

    assert (0, 0, 0) == (found.raised, found.unjudged, found.no_room)
    assert found.resisted


@pytest.mark.parametrize("name", sorted(REPLIES))
def test_every_scenario_has_what_judges_read(name):
    """No pair goes unjudged for want of a context, a reference, criteria or a question."""
    script = Script("?")
    found = report(script, name)
    calls = 2 * (len(ATTACKS) + len(SCENARIOS))  # a reply that cannot be read is asked for twice

    assert calls == len(script.heard)
    assert len(ATTACKS) == found.unjudged
