from math import inf, nan

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.statistics.betting import BettingTest
from app.statistics.confidence_sequence import (
    half_width,
    one_sided_half_width,
    one_sided_p_value,
    p_value,
    tuning,
)
from app.statistics.group_sequential import boundaries, obrien_fleming

sizes = st.integers(1, 50_000)


@pytest.mark.parametrize(
    ("looks", "value"),
    [(1, 1.960), (2, 1.977), (3, 2.004), (4, 2.024), (5, 2.040), (10, 2.087), (20, 2.126)],
)
def test_the_published_boundaries(looks, value):
    """Two-sided 5 %: the constants of Jennison and Turnbull's table."""
    assert pytest.approx(value, abs=6e-4) == obrien_fleming(looks)


def test_thirty_looks():
    """A look a day for a month: as simulated, to two decimals."""
    assert pytest.approx(2.146, abs=0.005) == obrien_fleming(30)


def test_boundaries_fall_to_the_last_look():
    """The first of five looks needs a z above 4.5, the last little more than a single look does."""
    found = boundaries(5)

    assert sorted(found, reverse=True) == found
    assert pytest.approx((4.562, 2.040), abs=1e-3) == (found[0], found[-1])


def test_looking_five_times_keeps_the_level():
    """Random walks without a drift cross a boundary in one case out of ten at alpha .1."""
    rng = np.random.default_rng(5)
    walks = np.cumsum(rng.normal(size=(20_000, 5)), axis=1) / np.sqrt(np.arange(1, 6))
    crossed = (np.abs(walks) >= boundaries(5, alpha=0.1)).any(axis=1)

    assert pytest.approx(0.1, abs=0.008) == crossed.mean()


@pytest.mark.parametrize(("looks", "alpha"), [(0, 0.05), (101, 0.05), (5, 0), (5, 1)])
def test_impossible_plans_are_refused(looks, alpha):
    """No looks, too many, and levels that are none raise."""
    with pytest.raises(ValueError, match=r"looks are|alpha lies"):
        obrien_fleming(looks, alpha=alpha)


@given(st.floats(0.001, 4), sizes, st.floats(-2, 2), st.floats(0.01, 0.2))
def test_the_p_value_and_the_sequence_agree(variance, n, estimate, alpha):
    """p is below alpha just where the two-sided sequence leaves out 0."""
    half = half_width(variance, n, planned=5000, alpha=alpha)
    p = p_value(estimate, variance, n, planned=5000, alpha=alpha)

    assert 0 <= p <= 1
    if abs(abs(estimate) - half) > 1e-9:
        assert (abs(estimate) > half) == (p < alpha)


@given(st.floats(0.001, 4), sizes, st.floats(-2, 2), st.floats(0.01, 0.2))
def test_the_one_sided_p_value_and_sequence_agree(variance, n, estimate, alpha):
    """p is below alpha just where the one-sided sequence says the mean is below 0."""
    half = one_sided_half_width(variance, n, planned=5000, alpha=alpha)
    p = one_sided_p_value(estimate, variance, n, planned=5000, alpha=alpha)

    assert 0 <= p <= 1
    if abs(estimate + half) > 1e-9:
        assert (estimate + half < 0) == (p < alpha)


def test_one_side_reaches_less_far():
    """Asking about harm alone needs less evidence than asking about either direction."""
    assert one_sided_half_width(1.0, 5000, planned=5000) < half_width(1.0, 5000, planned=5000)


@pytest.mark.parametrize("value", [p_value, one_sided_p_value])
def test_no_spread_is_certain_or_silent(value):
    """Without variance a difference is certain, and no difference says nothing."""
    assert 1e-6 > value(-0.1, 0.0, 100, planned=5000)
    assert 1.0 == value(0.0, 0.0, 100, planned=5000)


def test_a_month_of_peeking_keeps_the_level():
    """Thirty daily looks at equal arms exclude 0 in at most 5 % of experiments."""
    rng = np.random.default_rng(30)
    totals = np.cumsum(rng.normal(size=(2000, 30)) * 10, axis=1)  # 100 conversations a day
    n = 100 * np.arange(1, 31)
    halves = [half_width(1.0, int(size), planned=3000) for size in n]
    excluded = (np.abs(totals / n) > halves).any(axis=1)
    harmed = (totals / n < [-one_sided_half_width(1.0, int(s), planned=3000) for s in n]).any(
        axis=1
    )

    assert excluded.mean() <= 0.05
    assert harmed.mean() <= 0.05


@pytest.mark.parametrize(("variance", "n"), [(-1, 10), (nan, 10), (inf, 10), (1, 0)])
def test_impossible_samples_are_refused(variance, n):
    """Negative variances and empty samples raise."""
    with pytest.raises(ValueError, match="variance from 0"):
        half_width(variance, n, planned=100)


@pytest.mark.parametrize(("planned", "alpha"), [(0, 0.05), (100, 1.5)])
def test_impossible_tuning_is_refused(planned, alpha):
    """A plan for no observations, or a level that is none, raises."""
    with pytest.raises(ValueError, match=r"planned sample|confidence"):
        tuning(planned, alpha=alpha)


def bet(differences, **options):
    test = BettingTest(**options)
    for difference in differences:
        test.update(difference)
    return test


def test_a_clear_drop_stops_early():
    """A candidate that fails everything is called worse within ten examples, and for good."""
    test = BettingTest()
    stopped = next(n for n in range(1, 100) if test.update(-1.0))
    for _ in range(50):
        test.update(1.0)

    assert stopped <= 10
    assert test.reject
    assert test.p <= 0.05
    assert test.capital < 1
    assert stopped + 50 == test.n


def test_betting_keeps_its_level_at_every_look():
    """Four hundred looks at versions that do not differ reject in at most 5 % of runs."""
    rng = np.random.default_rng(6)
    rejected = sum(
        bet(rng.choice([-1.0, 0.0, 1.0], 400, p=[0.2, 0.6, 0.2])).reject for _ in range(200)
    )

    assert rejected / 200 <= 0.05 + 3 * np.sqrt(0.05 * 0.95 / 200)


def test_a_margin_is_given_the_benefit():
    """A drop within the allowed margin is not called worse, the same drop without one is."""
    rng = np.random.default_rng(2)
    differences = np.clip(rng.normal(-0.1, 0.2, 400), -1, 1)

    assert bet(differences).reject
    assert not bet(differences, at_least=-0.15).reject


@given(st.lists(st.floats(-1, 1), max_size=60), st.floats(-0.9, 0.9))
def test_the_capital_stays_finite_and_positive(differences, at_least):
    """No sequence of differences makes the capital negative, and p never goes back up."""
    test = BettingTest(at_least=at_least)
    before = test.p
    for difference in differences:
        test.update(difference)

        assert 0 <= test.capital < inf
        assert 0 <= test.p <= before
        before = test.p


@pytest.mark.parametrize("options", [{"alpha": 0}, {"alpha": 1}, {"at_least": -1}])
def test_impossible_bets_are_refused(options):
    """A level that is none raises before the first example."""
    with pytest.raises(ValueError, match="lies between"):
        BettingTest(**options)


def test_a_bet_needs_a_difference():
    """NaN and what no two scores differ by raise and leave the test as it was."""
    test = BettingTest()
    for bad in (nan, 1.5):
        with pytest.raises(ValueError, match="between -1 and 1"):
            test.update(bad)

    assert (0, 1.0, 1.0) == (test.n, test.capital, test.p)
