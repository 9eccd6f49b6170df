import asyncio
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.evaluators import grounding as module
from app.evaluators.base import Case, InvalidEvaluatorOptions, ScoreState, build
from app.grounding.weights import version

POLICY = (
    "You can return any item within 30 days of delivery for a full refund. Shipping costs are not "
    "refunded. Refunds arrive in 5 to 7 business days, on the card you paid with."
)


def judge(output, context=POLICY):
    return asyncio.run(build("grounding").score(Case(output=output, context=context), None))


def test_it_is_registered_needs_no_model_and_names_its_weights():
    """A new set of weights is a new version, so that scores are never compared across them."""
    evaluator = build("grounding")

    assert ("grounding", f"1+{version()}", False) == (
        evaluator.name,
        evaluator.version,
        evaluator.needs_model,
    )
    assert re.fullmatch(r"1\+[0-9a-f]{8}", evaluator.version)


def test_it_has_no_options():
    """An option it does not have is refused, not ignored."""
    with pytest.raises(InvalidEvaluatorOptions, match="threshold"):
        build("grounding", {"threshold": 0.5})


def test_it_says_what_it_is_not():
    """Wherever it is shown, it says that it does not see contradictions."""
    said = "surface grounding, not a contradiction detector"

    assert said == judge(POLICY).details["method"] == judge("").details["method"]
    assert said in module.__doc__.lower()
    assert said in module.grounding.__doc__


@pytest.mark.parametrize(
    ("output", "context", "reason"),
    [
        (POLICY, None, "no context"),
        (POLICY, " \n", "no context"),
        ("", POLICY, "empty"),
        (" \n", POLICY, "empty"),
        ("Yes, it is!", POLICY, "no words to look up"),
        ("?!", POLICY, "no words to look up"),
    ],
)
def test_what_cannot_be_judged_has_no_score(output, context, reason):
    """Without a context, an output or a word to look up there is no number, neither 0 nor 1."""
    score = judge(output, context)

    assert ScoreState.not_applicable is score.state
    assert score.value is None
    assert score.hallucination_rate is None
    assert reason in score.reason


@given(st.text(min_size=1).filter(str.strip))
def test_a_copy_scores_one(text):
    """Any text copied from the context is grounded in it, or has nothing to look up."""
    score = judge(text, text)

    assert score.value is None or score.value >= 0.99
    assert not score.hallucination_rate


@given(st.text(), st.text())
def test_it_never_raises(output, context):
    """Whatever a model or a person wrote, there is a score or a state."""
    score = judge(output, context)

    assert (score.state is ScoreState.scored) == (score.value is not None)


def test_the_worst_sentence_is_named():
    """One unsupported sentence of three: the rate, the claims and the reason say so."""
    output = "Refunds arrive in 5 to 7 business days. Return it within 45 days. Shipping costs are not refunded."
    score = judge(output)

    assert 1 / 3 == score.hallucination_rate
    assert ["supported", "not_found", "supported"] == [claim.verdict for claim in score.claims]
    assert (
        "1 of 3 checked sentences have no support in the context. "
        "The worst is “Return it within 45 days.”: the context lacks “45”."
    ) == score.reason
    assert {"n_claims": 3, "unsupported": 1, "abstained": False}.items() <= score.details.items()
    assert 0.2 < score.value < 0.5


def test_claims_quote_both_texts():
    """Quote and offsets are of the output, evidence is a stretch of the context or nothing."""
    output = "Hello! Refunds arrive in 5 to 7 business days. We have a lifetime warranty."
    greeting, supported, invented = judge(output).claims

    assert "not_checkworthy" == greeting.verdict
    assert (
        "Refunds arrive in 5 to 7 business days, on the card you paid with." == supported.evidence
    )
    assert supported.quote == output[supported.start : supported.end]
    assert invented.evidence is None
    assert "Not found: the context lacks “lifetime warranty”." == invented.reason


ZOO = (
    "Cats purr softly. The keeper eats. Dogs bark loudly. The gate opens. Birds sing sweetly. The sun "
    "sets. Fish swim slowly."
)


@pytest.mark.parametrize(
    ("output", "lack"),
    [
        ("Our friends at Smith Brothers in Bern collect old parcels.", "“Smith Brothers”, “Bern”."),
        (
            "Lions and cats, tigers and dogs, bears and birds, wolves and fish.",
            "“Lions”, “tigers”, “bears” and more.",
        ),
        (
            "Fish bark sweetly as birds purr and dogs swim softly; cats sing loudly.",
            "its words, but not together.",
        ),
    ],
)
def test_the_reason_names_what_is_lacking(output, lack):
    """Names before words, three at most, and a plain sentence where every word is known."""
    assert judge(output, ZOO).reason.endswith(lack)


def test_small_talk_scores_one_and_says_so():
    """An output that states nothing has nothing unsupported; `n_claims` shows it."""
    score = judge("I'm sorry, but I don't know. Can I help you with something else?")

    assert (1.0, 0.0) == (score.value, score.hallucination_rate)
    assert "The output makes no statement to check." == score.reason
    assert {"n_claims": 0, "abstained": True}.items() <= score.details.items()


def test_a_long_reason_is_cut():
    """A sentence without end does not fill the table."""
    reason = judge("lorem" + "ipsum" * 2_000).reason

    assert len(reason.encode()) <= 1_000
