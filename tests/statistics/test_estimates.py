from math import inf, nan, sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from app.statistics.estimates import Estimate, mean_interval, rate_interval

scores = st.lists(st.floats(0, 1), min_size=1, max_size=60)
confidences = st.floats(0.01, 0.999)


@given(scores, confidences)
def test_the_interval_holds_the_mean_and_stays_on_the_scale(values, confidence):
    """0 <= low <= mean <= high <= 1 for any scores at any confidence."""
    estimate = mean_interval(values, confidence=confidence)

    assert 0 <= estimate.low <= estimate.mean <= estimate.high <= 1
    assert len(values) == estimate.n


@given(scores, st.randoms(use_true_random=False))
def test_order_does_not_matter(values, random):
    """Shuffled scores give the same estimate to the last bit."""
    shuffled = random.sample(values, len(values))

    assert mean_interval(values) == mean_interval(shuffled)


@given(scores)
def test_more_confidence_is_never_narrower(values):
    """The 99 % interval holds the 95 % interval."""
    usual, wide = mean_interval(values), mean_interval(values, confidence=0.99)

    assert wide.low <= usual.low
    assert usual.high <= wide.high


def test_plus_four_by_hand():
    """The interval is the t interval over the scores and {0, 0, 1, 1}, with n - 1 degrees."""
    values = [0.9, 0.8, 0.75, 1.0, 0.6]
    padded = [*values, 0, 0, 1, 1]
    centre = sum(padded) / 9
    half = stats.t.ppf(0.975, 4) * stats.tstd(padded) / sqrt(9)
    estimate = mean_interval(values)

    assert pytest.approx((0.81, max(0, centre - half), min(1, centre + half), 5)) == estimate


def test_perfect_scores_leave_room_for_doubt():
    """Twenty perfect scores do not prove a perfect version."""
    estimate = mean_interval([1.0] * 20)

    assert 1.0 == estimate.mean == estimate.high
    assert 0.75 < estimate.low < 0.85


def test_one_score_says_nothing():
    """A single score has the whole scale as its interval."""
    assert Estimate(0.7, 0.0, 1.0, 1) == mean_interval([0.7])


@pytest.mark.parametrize("nothing", [mean_interval([]), rate_interval(0, 0)])
def test_nothing_judged_is_none(nothing):
    """No scores give no estimate, and not an estimate of 0."""
    assert nothing is None


@pytest.mark.parametrize("bad", [nan, inf, -inf, -0.01, 1.01])
def test_a_score_off_the_scale_is_refused(bad):
    """NaN, infinities and scores outside [0, 1] raise instead of spreading."""
    with pytest.raises(ValueError, match="between 0 and 1"):
        mean_interval([0.5, bad])


@pytest.mark.parametrize("confidence", [0, 1, 95, nan])
def test_confidence_is_a_share(confidence):
    """A confidence written in percent is refused."""
    with pytest.raises(ValueError, match="confidence"):
        mean_interval([0.5, 0.6], confidence=confidence)


@given(st.integers(1, 5000), st.data())
def test_a_rate_interval_holds_its_rate(n, data):
    """0 <= low <= rate <= high <= 1, and success and failure mirror each other."""
    count = data.draw(st.integers(0, n))
    rate, complement = rate_interval(count, n), rate_interval(n - count, n)

    assert 0 <= rate.low <= rate.mean <= rate.high <= 1
    assert pytest.approx((1 - complement.high, 1 - complement.low)) == (rate.low, rate.high)


@pytest.mark.parametrize(("count", "n"), [(-1, 5), (6, 5), (0, -1)])
def test_impossible_counts_are_refused(count, n):
    """More successes than trials, or fewer than none, raise."""
    with pytest.raises(ValueError, match="0 <= count <= n"):
        rate_interval(count, n)
