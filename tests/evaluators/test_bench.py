"""Repeats are settled by the middle, a panel by the mean, and one failure leaves no score."""

import itertools
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.evaluators.base import InvalidEvaluatorOptions, ScoreState, build
from app.evaluators.bench import Opinion, median
from app.llm.client import ModelError
from tests.evaluators.judging import CASE, REPLIES, verdict
from tests.evaluators.scripted import Script, score

PANEL = ["openai:one", "anthropic:two", "local:three"]
GONE = ModelError("unavailable", "Gone.", provider="openai")


def test_repeats_take_the_majority_s_verdict():
    """Three replies, each with its own seed; the details keep all of them."""
    script = Script(verdict("incorrect", "No."), verdict("correct", "Yes."), verdict("correct"))
    found = score("correctness", CASE, script, repeats=3)

    assert (1.0, "correct") == (found.value, found.details["label"])
    assert [7, 8, 9] == [options.seed for _, options in script.heard]
    assert [None] * 3 == script.models
    assert [
        {"value": 0.0, "label": "incorrect"},
        {"value": 1.0, "label": "correct"},
        {"value": 1.0, "label": "correct"},
    ] == found.details["repeats"]
    assert (300, 3) == (found.details["tokens_in"], found.details["parse_attempts"])


def test_repeats_without_a_majority_take_the_middle():
    """Three different verdicts: the one between the others."""
    script = Script(verdict("correct"), verdict("not_attempted"), verdict("partially_correct"))
    found = score("correctness", CASE, script, repeats=3)

    assert (0.5, "partially_correct") == (found.value, found.details["label"])


@given(labels=st.lists(st.sampled_from("abc"), min_size=1, max_size=9).filter(lambda x: len(x) % 2))
def test_the_median_is_the_majority_s_where_there_is_one(labels):
    """Whatever the order of an odd number of replies, more than half of them decide."""
    worth = {"a": 0.0, "b": 0.5, "c": 1.0}
    chosen = median([Opinion(value=worth[x], label=x, reason="") for x in labels]).label
    most = max(set(labels), key=labels.count)

    assert chosen == most or 2 * labels.count(most) <= len(labels)


def test_a_panel_s_value_is_the_mean_of_its_judges():
    """Each judge is asked by name, and its own score is kept beside the others'."""
    script = Script(verdict("correct"), verdict("incorrect", "Wrong year."), verdict("correct"))
    found = score("correctness", CASE, script, models=PANEL)

    assert 2 / 3 == found.value
    assert PANEL == script.models
    assert "mixed" == found.details["label"]
    assert "Mean of 3 judges. The lowest, anthropic:two: Wrong year." == found.reason
    assert [
        {
            "model": "anthropic:two",
            "state": "scored",
            "value": 0.0,
            "hallucination_rate": None,
            "label": "incorrect",
        }
    ] == found.details["judges"][1:2]
    assert "scripted-1" == found.details["judge_model"]


def test_a_panel_that_agrees_has_a_label():
    """And each of its judges may be asked several times."""
    script = Script(verdict("correct"))
    found = score("correctness", CASE, script, models=PANEL[:2], repeats=3)

    assert (1.0, "correct") == (found.value, found.details["label"])
    assert [PANEL[0]] * 3 + [PANEL[1]] * 3 == script.models
    assert 3 == len(found.details["judges"][1]["repeats"])


def test_a_panel_s_rate_is_a_mean_too():
    """One judge finds one of one claim unsupported, the other none."""
    claim = {"id": 1, "claim": "It is red.", "quote_from_output": "Two years", "reason": "No."}
    bad = {**REPLIES["hallucination"], "claims": [
        {**claim, "evidence_quote": None, "verdict": "not_found"}
    ]}  # fmt: skip
    script = Script(json.dumps(REPLIES["hallucination"]), json.dumps(bad))
    found = score("hallucination", CASE, script, models=PANEL[:2])

    assert (0.5, 0.5) == (found.value, found.hallucination_rate)
    assert ["It is red."] == [each.text for each in found.claims]
    assert [0.0, 1.0] == [each["hallucination_rate"] for each in found.details["judges"]]
    assert [0, 1] == [each["n_claims"] for each in found.details["judges"]]


@pytest.mark.parametrize(
    ("answers", "state"),
    [([GONE], "judge_error"), (["no JSON"], "judge_unparseable")],
)
def test_a_panel_scores_only_if_all_judges_do(answers, state):
    """One that fails silences the panel: judge_error, with what the others said."""
    found = score("correctness", CASE, Script(verdict("correct"), *answers), models=PANEL)

    assert (ScoreState.judge_error, None) == (found.state, found.value)
    assert "A panel scores only if all 3 judges do; anthropic:two did not." in found.reason
    assert [("openai:one", "scored"), ("anthropic:two", state)] == [
        (each["model"], each["state"]) for each in found.details["judges"]
    ]


@pytest.mark.parametrize(
    ("answer", "state"),
    [(GONE, ScoreState.judge_error), ("no JSON", ScoreState.judge_unparseable)],
)
def test_a_repeat_that_fails_leaves_no_score(answer, state):
    """A lone judge's failure keeps its own state, and nobody is asked after it."""
    script = Script(verdict("correct"), answer)
    found = score("correctness", CASE, script, repeats=5)

    assert (state, None) == (found.state, found.value)
    assert found.details["code" if answer is GONE else "raw"]
    assert len(script.heard) < 5


@pytest.mark.parametrize("name", sorted(REPLIES))
def test_every_judge_takes_repeats_and_a_panel(name):
    """The version tells them apart, `calls` foretells the calls, and the score is the same."""
    script = Script(json.dumps(REPLIES[name]))
    options = {"repeats": 3, "models": PANEL[:2]}
    evaluator = build(name, options)
    alone = score(name, CASE, Script(json.dumps(REPLIES[name])))
    found = score(name, CASE, script, **options)
    versions = [build(name, some).version for some in ({}, {"repeats": 3}, options)]

    assert ScoreState.scored == found.state
    assert alone.value == found.value
    assert evaluator.calls == len(script.heard)
    assert all(one != other for one, other in itertools.pairwise(versions))
    assert build(name).version == build(name, {"repeats": 1}).version


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"repeats": 2}, "option repeats: Input should be 1, 3, 5, 7 or 9"),
        ({"models": []}, "at least 1 item"),
        ({"models": ["gpt"]}, "option models.0: String should match pattern"),
        ({"models": ["openai:a"] * 6}, "at most 5 items"),
        ({"models": ["openai:a", "openai:a"]}, "name each judge once"),
    ],
)
def test_wrong_benches_are_refused(options, said):
    """An even number has no middle; a judge has to be one that can be named."""
    with pytest.raises(InvalidEvaluatorOptions, match=said):
        build("correctness", options)
