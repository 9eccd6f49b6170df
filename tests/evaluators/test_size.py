import pytest

from app.evaluators.base import Case, InvalidEvaluatorOptions, ScoreState, build
from tests.evaluators.scripted import score, value


@pytest.mark.parametrize(
    ("options", "wanted"),
    [
        ({"max_words": 3}, 1.0),
        ({"max_words": 2}, 0.0),
        ({"min_words": 3}, 1.0),
        ({"min_words": 4}, 0.0),
        ({"max_characters": 13}, 1.0),
        ({"max_characters": 12}, 0.0),
        ({"min_characters": 13, "max_characters": 13, "min_words": 3, "max_words": 3}, 1.0),
        ({"min_characters": 14, "max_words": 3}, 0.0),
        ({"max_words": 0}, 0.0),
    ],
)
def test_limits_are_kept_or_not(options, wanted):
    """Each limit includes its own number; space around the output does not count."""
    assert wanted == value("length", "  one two three\n", None, **options)


def test_the_reason_names_every_limit_that_is_broken():
    """With what was found; the counts are details."""
    found = score("length", Case(output="a b"), min_words=3, max_characters=2)

    assert "2 words, at least 3 are asked for; 3 characters, at most 2 are allowed" == found.reason
    assert {"words": 2, "characters": 3} == found.details
    assert "2 words, 3 characters." == score("length", Case(output="a b"), max_words=9).reason


def test_without_a_limit_nothing_is_judged():
    """Any length would pass, which says nothing."""
    found = score("length", Case(output="x"))

    assert (ScoreState.not_applicable, None) == (found.state, found.value)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"min_words": 3, "max_words": 2}, "option max_words: at most 2 and at least 3 words"),
        ({"max_characters": -1}, "option max_characters"),
    ],
)
def test_wrong_limits_are_refused(options, said):
    """Limits nothing can keep, and lengths there are none of."""
    with pytest.raises(InvalidEvaluatorOptions, match=said):
        build("length", options)
