import pytest

import app.evaluators  # noqa: F401 - registers every evaluator
from app.evaluators.base import (
    InvalidEvaluatorOptions,
    Score,
    ScoreState,
    UnknownEvaluator,
    build,
    factories,
)


def test_an_unknown_name_is_answered_with_the_known_ones():
    """The message lists the evaluators there are."""
    with pytest.raises(
        UnknownEvaluator, match=r"'bleurt'; there are: .*bleu, .*exact, .*similarity"
    ):
        build("bleurt")


def test_an_option_nobody_takes_is_refused():
    """The sentence names the option."""
    with pytest.raises(InvalidEvaluatorOptions, match="strictness"):
        build("grounding", {"strictness": 1})


@pytest.mark.parametrize(
    ("state", "value"),
    [
        (ScoreState.scored, None),
        (ScoreState.judge_error, 0.0),
        (ScoreState.not_applicable, 1.0),
        (ScoreState.scored, 1.5),
        (ScoreState.scored, float("nan")),
    ],
)
def test_no_score_without_judgment_and_none_outside_its_range(state, value):
    """Only `scored` carries a value, and it is a number from 0 to 1."""
    with pytest.raises(ValueError, match="score"):
        Score(evaluator="e", evaluator_version="1", state=state, value=value)


def test_the_registry_cannot_be_changed_through_its_view():
    """Evaluators are registered by the decorator alone."""
    with pytest.raises(TypeError):
        factories()["exact"] = build
