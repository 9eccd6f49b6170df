from math import inf, nan

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.statistics.power import (
    cohens_h,
    minimum_detectable_difference,
    planned_sd,
    required_examples,
    required_examples_t,
    required_per_arm,
    required_repeats,
    t_test_power,
)


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


def test_repeats_thin_out_the_noise_alone():
    """Variance between examples stays, that between repeats is divided."""
    assert pytest.approx(0.5) == planned_sd(0.09, 0.1, 0.06)
    assert pytest.approx((0.09 + 0.025 + 0.03) ** 0.5) == planned_sd(
        0.09, 0.1, 0.06, baseline_repeats=4, candidate_repeats=2
    )


@given(st.floats(0, 0.1), st.floats(0.001, 0.5), st.integers(20, 500), st.floats(0.02, 0.2))
def test_the_repeats_asked_for_are_enough(between, noise, n, difference):
    """With so many repeats the n examples suffice, with one fewer they do not."""
    repeats = required_repeats(between, noise, n, difference)
    if repeats is None:
        assert required_examples(between**0.5, difference) >= n
        return

    def needed(count):
        return required_examples(planned_sd(between, noise / count), difference)

    assert needed(repeats) <= n + 1  # rounding where it is just enough
    assert repeats == 1 or needed(repeats - 1) >= n


def test_no_number_of_repeats_makes_examples_alike():
    """Where the examples differ too much, the answer is more examples."""
    assert required_repeats(0.2, 0.1, 50, 0.05) is None


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ((-0.1, 0.1, 50, 0.1), "variance"),
        ((0.1, nan, 50, 0.1), "variance"),
        ((0.1, 0.1, 0, 0.1), "an example"),
        ((0.1, 0.1, 50, 0), "difference to find"),
    ],
)
def test_impossible_repeats_are_refused(arguments, sentence):
    """Negative variances, no examples and no difference raise."""
    with pytest.raises(ValueError, match=sentence):
        required_repeats(*arguments)


def test_repeats_start_at_one():
    """A mean over no repeats is no plan."""
    with pytest.raises(ValueError, match="start at 1"):
        planned_sd(0.1, baseline_repeats=0)


@given(st.floats(0.05, 1), st.floats(0.02, 0.5), st.booleans())
def test_the_t_test_needs_a_little_more(sd, difference, two_sided):
    """The t test's size reaches the power, one fewer does not, and the normal one is not larger."""
    n = required_examples_t(sd, difference, two_sided=two_sided)

    assert required_examples(sd, difference, two_sided=two_sided) <= n
    assert t_test_power(sd, difference, n, two_sided=two_sided) >= 0.8
    assert n == 2 or t_test_power(sd, difference, n - 1, two_sided=two_sided) < 0.8


def test_the_t_test_without_spread_is_none():
    """Data without spread promise nothing to the t test either."""
    assert required_examples_t(0, 0.1) is None


def test_power_needs_two_examples():
    """A single difference has no t test."""
    with pytest.raises(ValueError, match="power needs"):
        t_test_power(0.2, 0.1, 1)


def test_shares_apart():
    """80 % against 85 % takes 903 an arm; equal shares cannot be told apart; direction is free."""
    assert 903 == required_per_arm(0.8, 0.85) == required_per_arm(0.85, 0.8)
    assert required_per_arm(0.8, 0.8) is None
    assert cohens_h(0.8, 0.85) == -cohens_h(0.85, 0.8)


def test_a_share_off_the_scale_is_refused():
    """Percent is not a share."""
    with pytest.raises(ValueError, match="between 0 and 1"):
        required_per_arm(80, 85)
