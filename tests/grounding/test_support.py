import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from app.grounding.support import overall, risk, support
from app.grounding.text import sentences

ROOT = Path(__file__).resolve().parents[2]
POLICY = (
    "You can return any item within 30 days of delivery for a full refund. Shipping costs are not "
    "refunded.\nItems on sale can only be exchanged. Refunds arrive in 5 to 7 business days, on the "
    "card you paid with."
)

WORDS = (
    "the of and a is not cat dog river Bern Ada Smith refund refunds days 5 30 1,000 1999 Dr. e.g. "
    "U.S. No. 1. 2) sure hope help I you five million third %"
)
vocabulary = st.sampled_from(WORDS.split())
stops = st.sampled_from([".", "!", "?", "...", "", '."', "。", ".)"])
gaps = st.sampled_from([" ", "\n", "\n\n", "\n- ", "\n1. ", "", "\n* 2. ", " \n", "  "])


@st.composite
def prose(draw, least=0):
    """Sentences of known and unknown words, well and badly punctuated, in lines and lists."""
    parts = draw(
        st.lists(
            st.tuples(st.lists(vocabulary, min_size=1, max_size=7), stops, gaps),
            min_size=least,
            max_size=7,
        )
    )
    return "".join(" ".join(listed) + stop + gap for listed, stop, gap in parts)


texts = st.one_of(prose(), st.text(max_size=200))


@given(texts)
def test_a_copy_is_grounded(text):
    """Whatever the text, a copy of it has no risk and nothing unsupported."""
    assert risk(text, text) <= 0.01
    assert all(each.supported for each in support(text, text) if each.checkworthy)


@given(texts, texts, st.data())
def test_a_sentence_of_the_context_is_grounded(before, after, data):
    """A sentence copied out of a longer context stays grounded."""
    copied = data.draw(st.sampled_from(sentences(after) or sentences("Nothing here.")))
    context = before + "\n\n" + after + "\n\nNothing here."

    assert risk(copied.text, context) <= 0.01


@given(texts, texts)
def test_deleting_an_unsupported_sentence_never_lowers_the_score(output, context):
    """And it leaves every other sentence as it was."""
    found = support(output, context)
    for number, worst in enumerate(found):
        if not worst.checkworthy or worst.supported:
            continue
        shorter = output[: worst.sentence.start] + output[worst.sentence.end :]
        kept = [each.sentence.text for each in found[:number] + found[number + 1 :]]

        assert kept == [each.text for each in sentences(shorter)]
        assert risk(shorter, context) <= risk(output, context) + 1e-12


@given(texts, texts)
def test_risk_is_a_share_and_evidence_is_in_the_context(output, context):
    """Any two texts give a number in [0, 1], true offsets and verified quotes."""
    found = support(output, context)

    assert 0.0 <= risk(output, context) <= 1.0
    assert [each.text for each in sentences(output)] == [each.sentence.text for each in found]
    for each in found:
        assert 0.0 <= each.recall <= 1.0
        assert each.evidence is None or each.evidence.text in context
        for start, end in each.novel_spans:
            assert each.sentence.start <= start < end <= each.sentence.end


@given(st.lists(st.floats(0, 1), min_size=2, max_size=9), st.data())
def test_the_aggregate_falls_with_each_unsupported_part(risks, data):
    """Half the worst and half the mean shortfall: taking out r ≥ ½ never raises either."""
    bad = [index for index, each in enumerate(risks) if each >= 0.5]
    assume(bad)
    gone = data.draw(st.sampled_from(bad))

    assert overall(risks[:gone] + risks[gone + 1 :]) <= overall(risks) + 1e-12


@pytest.mark.parametrize(
    ("output", "supported"),
    [
        ("You can return items within 30 days for a full refund.", True),
        (
            "You have thirty days. The refund arrives on your card in five to seven business days.",
            True,
        ),
        ("You can return any item within 45 days for a full refund.", False),
        ("We also offer a lifetime warranty on all electronics.", False),
        ("Our Berlin store takes returns.", False),
    ],
)
def test_added_content_is_seen(output, supported):
    """Close paraphrase passes; a new number, claim or place does not."""
    assert supported is all(each.supported for each in support(output, POLICY))
    assert supported is (risk(output, POLICY) < 0.5)


def test_a_contradiction_is_not_seen():
    """The blind spot, on record: a missing negation has every word in place."""
    assert risk("Shipping costs are refunded.", POLICY) < 0.1


def test_one_bad_sentence_costs_at_least_half_its_own_risk():
    """Good sentences around it dilute the mean, never the worst."""
    bad = "We also offer a lifetime warranty on all electronics."
    alone, diluted = risk(bad, POLICY), risk(f"{POLICY} {bad}", POLICY)

    assert alone / 2 <= diluted < alone


@pytest.mark.parametrize("context", ["", " \n", "..."])
def test_without_a_context_nothing_is_grounded(context):
    """No context supports nothing; the evaluator does not even score it."""
    assert 1.0 == risk("Refunds take a week.", context)
    assert 0.0 == risk("", context)


def test_the_same_in_every_process():
    """Sets iterate differently from process to process; the sums do not."""
    program = (
        "from app.grounding.support import support\n"
        f"print(support({POLICY!r} + ' Ada Smith paid 12 Swiss francs on the card.', {POLICY[20:]!r}))"
    )
    printed = {
        subprocess.run(
            [sys.executable, "-c", program],
            cwd=ROOT,
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }

    assert 1 == len(printed)
