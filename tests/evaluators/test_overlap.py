"""Wording in common, by the libraries the papers use."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.evaluators.base import Case, InvalidEvaluatorOptions, ScoreState, build
from tests.evaluators.scripted import score, value

NAMES = ["rouge", "bleu", "chrf"]


@pytest.mark.parametrize(
    ("variant", "output", "expected", "wanted"),
    [
        ("rouge1", "the cat sat", "the cat lay down", 4 / 7),
        ("rouge2", "the cat sat", "the cat lay down", 2 / 5),
        ("rougeL", "sat the cat", "the cat sat", 2 / 3),
        ("rougeL", "The CAT, sat!", "the cat sat", 1.0),
        ("rougeL", "", "the cat", 0.0),
        ("rouge1", "кот сидел", "кот спал", 0.5),  # Google's own tokenizer sees no word here
    ],
)
def test_rouge(variant, output, expected, wanted):
    """The F-measure worked out by hand, in any script."""
    assert wanted == pytest.approx(value("rouge", output, expected, variant=variant))


def test_rouge_tells_precision_from_recall():
    """Both stand in the details."""
    found = score("rouge", Case(output="a b", expected="a b c d"), variant="rouge1")

    assert (1.0, 0.5) == (found.details["precision"], found.details["recall"])
    assert "rouge1 0.667 (precision 1.000, recall 0.500)." == found.reason


@pytest.mark.parametrize(
    ("options", "output", "expected", "said"),
    [
        ({}, "x", "…", "too few words"),
        ({"variant": "rouge2"}, "x", "one", "too few words"),
        ({}, "a " * 3_000, "b " * 3_000, "too many to compare"),
    ],
)
def test_rouge_gives_no_verdict_where_there_is_none(options, output, expected, said):
    """Nothing to compare, or minutes of work: not judged, not failed."""
    found = score("rouge", Case(output=output, expected=expected), **options)

    assert (ScoreState.not_applicable, None) == (found.state, found.value)
    assert said in found.reason


@pytest.mark.parametrize(
    ("name", "output", "expected", "options", "wanted"),
    [
        ("bleu", "the cat sat on the mat", "the cat sat on the mat", {}, 1.0),
        ("bleu", "", "the cat", {}, 0.0),
        ("bleu", "the cat", "the cat sat on", {}, 0.3679),  # e^(1 - 4/2)
        ("bleu", "ab", "ab", {"tokenize": "char"}, 1.0),
        ("chrf", "the cat", "the cat", {}, 1.0),
        ("chrf", "", "the cat", {}, 0.0),
        ("chrf", "xyz", "abc", {"word_order": 2}, 0.0),
        ("chrf", "the cat", "the cat", {"word_order": 2}, 1.0),
    ],
)
def test_bleu_and_chrf(name, output, expected, options, wanted):
    """The ends of the scale, and BLEU's brevity penalty."""
    assert wanted == pytest.approx(value(name, output, expected, **options), abs=1e-4)


@pytest.mark.parametrize("name", NAMES)
def test_without_an_expected_output_nothing_is_judged(name):
    """No expected output is a state of its own."""
    found = score(name, Case(output="x", expected=" "))

    assert (ScoreState.not_applicable, None) == (found.state, found.value)


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("rouge", {"variant": "rougeX"}),
        ("bleu", {"tokenize": "flores200"}),
        ("chrf", {"word_order": 1}),
    ],
)
def test_wrong_options_are_refused(name, options):
    """Among them tokenizers that would fetch a model."""
    with pytest.raises(InvalidEvaluatorOptions, match=f"option {next(iter(options))}"):
        build(name, options)


@given(output=st.text(), expected=st.text().filter(str.strip), name=st.sampled_from(NAMES))
def test_overlap_is_a_share(output, expected, name):
    """Whatever the texts, the value is a number from 0 to 1, or there is none."""
    found = value(name, output, expected)

    assert found is None or 0.0 <= found <= 1.0
