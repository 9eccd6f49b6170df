from math import inf, nan

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.statistics.power import minimum_detectable_difference, required_examples


@pytest.mark.parametrize(
    ("sd", "difference", "n"),
    [(0.15, 0.05, 56), (0.25, 0.03, 430), (0.35, 0.05, 303), (0.5, 0.1, 155)],
)
def test_the_planning_table(sd, difference, n):
    """One-sided 5 %, 80 % power: the sizes of the published planning formula."""
    assert n == required_examples(sd, difference)


@given(st.floats(0.01, 1), st.integers(1, 5000), st.booleans())
def test_size_and_difference_undo_each_other(sd, n, two_sided):
    """The examples needed for what n examples can show are n, up to rounding."""
    difference = minimum_detectable_difference(sd, n, two_sided=two_sided)

    assert required_examples(sd, difference, two_sided=two_sided) in {n, n + 1}


def test_two_sided_questions_need_more():
    """Asking for either direction costs examples."""
    assert required_examples(0.3, 0.05) < required_examples(0.3, 0.05, two_sided=True)


@pytest.mark.parametrize(
    "unknown",
    [
        required_examples(0, 0.05),
        minimum_detectable_difference(0, 50),
        minimum_detectable_difference(0.2, 0),
    ],
)
def test_no_spread_or_no_examples_is_none(unknown):
    """Data without spread do not promise that zero examples are enough."""
    assert unknown is None


@pytest.mark.parametrize("sd", [-0.1, nan, inf])
def test_an_impossible_spread_is_refused(sd):
    """A standard deviation is a finite number from 0."""
    with pytest.raises(ValueError, match="standard deviation"):
        minimum_detectable_difference(sd, 10)


@pytest.mark.parametrize("difference", [0, -0.1, nan, inf])
def test_an_impossible_difference_is_refused(difference):
    """A difference to find is above 0."""
    with pytest.raises(ValueError, match="difference to find"):
        required_examples(0.2, difference)


@pytest.mark.parametrize(("alpha", "power"), [(0, 0.8), (1, 1), (0.05, 1), (0.05, 0.01)])
def test_impossible_error_rates_are_refused(alpha, power):
    """Alpha and power are shares, and power is not below alpha."""
    with pytest.raises(ValueError, match="alpha and power"):
        required_examples(0.2, 0.1, alpha=alpha, power=power)


def test_examples_are_not_negative():
    """Fewer than no examples raise."""
    with pytest.raises(ValueError, match="counted from 0"):
        minimum_detectable_difference(0.2, -1)
