from math import inf, nan

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from app.statistics.equivalence import equivalent, non_inferior, tost
from app.statistics.estimates import Estimate
from app.statistics.missing import missing_bounds
from app.statistics.paired import compare
from app.statistics.secondary import paired_t, wilcoxon_pratt

values = st.lists(st.integers(-20, 20).map(lambda twentieth: twentieth / 20), min_size=1)
score = st.none() | st.floats(0, 1)


@given(values)
def test_the_t_test_is_scipys(differences):
    """Statistic, p-values and interval equal SciPy's; None where it has no scale."""
    found = paired_t(differences, confidence=0.9)
    if found is None:
        assert 1 == len(set(differences))
        return
    expected = stats.ttest_1samp(differences, 0)
    interval = expected.confidence_interval(0.9)

    assert pytest.approx((expected.statistic, expected.pvalue)) == (found.t, found.p_two_sided)
    assert pytest.approx(1) == found.p_less + found.p_greater
    assert pytest.approx((interval.low, interval.high)) == found.interval[1:3]


def test_zeros_keep_their_ranks():
    """Pratt ranks zeros with the rest before dropping them; all zeros have no test."""
    assert wilcoxon_pratt([0.0, 0.0]) is None
    # ranks 1.5 for both zeros, then 3 to 7: the smaller sum is that of 0.1, rank 3
    assert 3.0 == wilcoxon_pratt([0.0, 0.0, 0.1, -0.2, -0.3, -0.4, -0.5]).statistic


@pytest.mark.parametrize("test", [paired_t, wilcoxon_pratt])
@pytest.mark.parametrize("bad", [nan, inf])
def test_what_is_not_finite_is_refused(test, bad):
    """NaN does not become a p-value."""
    with pytest.raises(ValueError, match="finite"):
        test([0.1, bad])


@given(values, st.floats(0.05, 0.5))
def test_tost_agrees_with_its_interval(differences, margin):
    """p <= .05 just where the 90 % t interval lies within the margin."""
    found, t = tost(differences, low=-margin, high=margin), paired_t(differences, confidence=0.9)
    if found is None:
        assert t is None
        return

    assert max(found.p_low, found.p_high) == found.p
    if min(abs(abs(end) - margin) for end in t.interval[1:3]) > 1e-6:
        assert equivalent(t.interval, margin=margin) == (found.p <= 0.05)


def test_a_range_has_two_ends():
    """An equivalence range from high to low raises."""
    with pytest.raises(ValueError, match="from low to high"):
        tost([0.1, 0.2], low=0.1, high=-0.1)


@pytest.mark.parametrize(
    ("limit", "shown"), [(-0.049, True), (-0.05, False), (-0.2, False), (0.01, True)]
)
def test_a_limit_on_the_margin_shows_nothing(limit, shown):
    """Not worse means a limit strictly above minus the margin."""
    assert shown == non_inferior(limit, margin=0.05)


@pytest.mark.parametrize(
    ("low", "high", "shown"), [(-0.04, 0.04, True), (-0.05, 0.04, False), (-0.04, 0.06, False)]
)
def test_equivalence_needs_both_ends(low, high, shown):
    """The same within a margin means both limits inside it."""
    assert shown == equivalent(Estimate(0.0, low, high, 9), margin=0.05)


@pytest.mark.parametrize("margin", [0, -0.1, nan, inf])
def test_a_margin_is_above_zero(margin):
    """A margin of 0 or below cannot be shown and raises."""
    with pytest.raises(ValueError, match="margin is above 0"):
        non_inferior(0.1, margin=margin)


def test_missing_scores_by_hand():
    """Of three pairs one is judged by half and one not at all: the bounds take both extremes."""
    bounds = missing_bounds([0.5, 0.8, None], [0.75, None, None])

    assert pytest.approx(((0.25 - 0.8 - 1) / 3, (0.25 + 0.2 + 1) / 3)) == bounds


@given(st.lists(st.tuples(score, score), min_size=1, max_size=30), st.data())
def test_bounds_hold_whatever_was_missing(rows, data):
    """Any scores in place of the missing ones give a difference within the bounds."""
    columns = [list(column) for column in zip(*rows, strict=True)]
    bounds = missing_bounds(*columns)
    filled = [
        [data.draw(st.floats(0, 1)) if one is None else one for one in column] for column in columns
    ]
    mean = compare(*filled, seed=0).difference.mean

    assert bounds.low - 1e-12 <= mean <= bounds.high + 1e-12


def test_bounds_need_examples_on_the_scale():
    """No examples have no bounds; unequal lengths and scores off the scale raise."""
    assert missing_bounds([], []) is None
    with pytest.raises(ValueError, match="one entry"):
        missing_bounds([0.5], [])
    with pytest.raises(ValueError, match="between 0 and 1"):
        missing_bounds([0.5], [1.5])
