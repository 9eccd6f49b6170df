from math import inf

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from app.statistics.proportions import Share
from app.statistics.traffic import (
    Arm,
    enough_to_decide,
    fixed_difference,
    harm_p_value,
    mean_arm,
    ratio_arm,
    sequential_difference,
    share_arm,
    split_check,
)


@given(st.lists(st.integers(0, 2000), min_size=2, max_size=5).filter(any), st.data())
def test_the_split_check_is_scipys(counts, data):
    """Chi-square against the weights, sound from p = .001."""
    weights = data.draw(st.lists(st.integers(1, 9), min_size=len(counts), max_size=len(counts)))
    expected = stats.chisquare(counts, np.array(weights) / sum(weights) * sum(counts))
    found = split_check(counts, weights)

    assert pytest.approx(tuple(expected), rel=1e-9, abs=1e-12) == (found.statistic, found.p)
    assert (found.p >= 0.001) == found.sound


def test_a_lost_tenth_is_noticed():
    """Of ten thousand users one arm lost a tenth: nothing is to be shown."""
    assert not split_check([5000, 4500], [1, 1]).sound
    assert split_check([5000, 4950], [1, 1]).sound
    assert split_check([0, 0], [1, 1]) is None


@pytest.mark.parametrize(
    ("counts", "weights"), [([1], [1]), ([1, 2], [1]), ([1, -1], [1, 1]), ([1, 1], [1, 0])]
)
def test_impossible_splits_are_refused(counts, weights):
    """One arm, a missing weight, negative counts and weights of 0 raise."""
    with pytest.raises(ValueError, match=r"arms|counts start"):
        split_check(counts, weights)


def test_the_fixed_difference_is_welchs():
    """Interval and p equal SciPy's test of unequal variances."""
    rng = np.random.default_rng(1)
    before, after = rng.normal(0.5, 0.1, 40), rng.normal(0.55, 0.3, 25)
    expected = stats.ttest_ind(after, before, equal_var=False)
    interval = expected.confidence_interval()
    arms = [mean_arm(arm.sum(), (arm**2).sum(), len(arm)) for arm in (before, after)]
    found = fixed_difference(*arms)

    assert pytest.approx((interval.low, interval.high)) == (found.low, found.high)
    assert pytest.approx(expected.pvalue) == found.p


def test_a_ratio_counts_users_not_events():
    """Users with many conversations widen the interval; the delta method covers the ratio."""
    rng = np.random.default_rng(2)
    covered = 0
    for _ in range(300):
        talks = rng.integers(1, 12, 200)
        liked = rng.binomial(talks, rng.beta(2, 2, 200))
        arm = ratio_arm(liked, talks)
        half = 1.96 * np.sqrt(arm.variance / arm.n)
        covered += abs(arm.mean - 0.5) <= half

    assert 0.91 <= covered / 300 <= 0.98


def test_one_event_each_is_a_mean():
    """With one conversation for each user the ratio is the plain mean with its variance."""
    assert pytest.approx(mean_arm(3.0, 3.0, 5)) == ratio_arm([1, 0, 1, 1, 0], [1] * 5)


@pytest.mark.parametrize("difference", [fixed_difference, sequential_difference])
@pytest.mark.parametrize("relative", [False, True])
def test_arms_without_spread_have_no_difference(difference, relative):
    """Where nothing varies, or a single unit came, there is no standard error to go by."""
    assert difference(share_arm(Share(0, 9)), share_arm(Share(0, 9)), relative=relative) is None
    assert difference(Arm(0.5, 0.2, 1), Arm(0.5, 0.2, 9), relative=relative) is None


def test_relative_to_nothing_is_no_difference():
    """A share cannot be compared with a baseline of 0 in percent."""
    assert fixed_difference(Arm(0.0, 0.1, 9), Arm(0.5, 0.2, 9), relative=True) is None


def test_harm_stops_and_gain_does_not():
    """Twenty points fewer thumbs stop the experiment, twenty more never do."""
    before, after = share_arm(Share(800, 1000)), share_arm(Share(600, 1000))

    assert harm_p_value(before, after) < 0.001
    assert 1.0 == harm_p_value(after, before)
    assert harm_p_value(Arm(0.5, 0.0, 1), after) is None


@pytest.mark.parametrize(
    ("baseline", "candidate", "enough"),
    [
        (Share(50, 100), Share(90, 100), True),
        (Share(50, 100), Share(91, 100), False),
        (Share(50, 99), Share(90, 100), False),
    ],
)
def test_few_outcomes_decide_nothing(baseline, candidate, enough):
    """A hundred units in each arm and ten of each outcome are the least."""
    assert enough == enough_to_decide(baseline, candidate)


@pytest.mark.parametrize(
    ("make", "arguments", "sentence"),
    [
        (share_arm, (Share(3, 2),), "0 <= successes"),
        (mean_arm, (1.0, 1.0, 1), "two units"),
        (ratio_arm, ([1.0], [1.0]), "two units"),
        (ratio_arm, ([1.0, 1.0], [0.0, 0.0]), "above 0"),
        (fixed_difference, (Arm(inf, 1.0, 9), Arm(0.0, 1.0, 9)), "finite"),
    ],
)
def test_impossible_arms_are_refused(make, arguments, sentence):
    """Counts and sums that cannot be raise."""
    with pytest.raises(ValueError, match=sentence):
        make(*arguments)
