from math import inf, nan

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import permutation_test

from app.statistics.estimates import Estimate
from app.statistics.paired import (
    Outcomes,
    compare,
    difference_interval,
    mcnemar_mid_p,
    sign_flip_p_less,
)

differences = st.lists(st.floats(-1, 1), min_size=1, max_size=40)


def test_one_difference_says_nothing():
    """A single pair has the whole scale as its interval."""
    assert Estimate(-0.5, -1.0, 1.0, 1) == difference_interval([-0.5])


@pytest.mark.parametrize(
    "nothing",
    [difference_interval([]), sign_flip_p_less([], seed=0), compare([None], [0.5], seed=0)],
)
def test_nothing_judged_is_none(nothing):
    """Without a judged pair there is no interval, no p-value and no comparison."""
    assert nothing is None


@pytest.mark.parametrize("bad", [nan, inf, 1.5])
def test_impossible_differences_are_refused(bad):
    """NaN and what no two scores can differ by raise."""
    with pytest.raises(ValueError, match="between -1 and 1"):
        difference_interval([0.1, bad])


@pytest.mark.parametrize("bad", [nan, inf])
def test_the_sign_flip_refuses_what_is_not_finite(bad):
    """NaN does not become a p-value."""
    with pytest.raises(ValueError, match="finite"):
        sign_flip_p_less([0.1, bad], seed=0)


@given(st.lists(st.integers(-8, 8), min_size=2, max_size=9))
def test_few_differences_are_tested_exactly(eighths):
    """Up to 14 differences the p-value is SciPy's over all sign patterns."""
    values = np.array(eighths) / 8
    exact = permutation_test(
        (values, np.zeros_like(values)),
        lambda a, b: np.sum(a - b),
        permutation_type="samples",
        alternative="less",
        vectorized=False,
    )

    assert pytest.approx(exact.pvalue) == sign_flip_p_less(list(values), seed=0)


@given(differences, st.integers(0, 2**32))
def test_the_two_directions_share_all_patterns(values, seed):
    """p for worse and p for better lie in (0, 1] and cover at least every sign pattern."""
    less = sign_flip_p_less(values, seed=seed, resamples=200)
    greater = sign_flip_p_less([-v for v in values], seed=seed, resamples=200)

    assert 0 < less <= 1
    assert 0 < greater <= 1
    assert less + greater > 0.7


def test_sampled_patterns_agree_with_all_patterns():
    """Ten thousand random patterns find the exact p-value of 14 differences to two decimals."""
    values = [-0.4, -0.3, -0.3, -0.2, -0.1, -0.1, 0.1, 0.1, 0.2, 0.3, -0.2, -0.5, 0.05, 0.15]
    exact = sign_flip_p_less(values, seed=0)
    # one more difference, too small to matter, crosses over to sampling
    sampled = sign_flip_p_less([*values, 1e-11], seed=0)

    assert pytest.approx(exact, abs=0.01) == sampled


def test_a_cluster_is_flipped_as_a_whole():
    """Forty examples of two documents are two observations: p cannot go below 1/4."""
    values = [-0.2] * 40
    documents = ["a"] * 20 + ["b"] * 20

    assert sign_flip_p_less(values, seed=0) < 0.001
    assert 0.25 == sign_flip_p_less(values, seed=0, clusters=documents)


def test_clusters_come_with_every_difference():
    """A missing label is refused instead of dropping an example."""
    with pytest.raises(ValueError, match="one entry for each"):
        sign_flip_p_less([0.1, 0.2], seed=0, clusters=["a"])


@pytest.mark.parametrize(
    ("new", "fixed", "p"), [(4, 0, 1 / 32), (0, 4, 31 / 32), (0, 0, 0.5), (1, 1, 0.5)]
)
def test_mcnemar_by_hand(new, fixed, p):
    """Four new failures against none are the fewest that count at 5 %."""
    assert pytest.approx(p) == mcnemar_mid_p(new, fixed)


@given(st.integers(0, 3000), st.integers(0, 3000))
def test_mcnemar_mirrors(new, fixed):
    """The mid-p values of the two directions add up to 1."""
    assert pytest.approx(1) == mcnemar_mid_p(new, fixed) + mcnemar_mid_p(fixed, new)


def test_failures_are_not_negative():
    """Fewer than no failures raise."""
    with pytest.raises(ValueError, match="counted from 0"):
        mcnemar_mid_p(-1, 2)


def test_a_comparison_by_hand():
    """Wins, ties, losses, failures and unjudged pairs are counted as a person would."""
    baseline = [1.0, 0.2, 0.4, 0.6, None, 0.3]
    candidate = [0.4, 0.5, 0.4, None, 0.9, 0.1 + 0.2]
    result = compare(baseline, candidate, seed=1)

    assert (4, 2) == (result.n, result.unjudged)
    assert Outcomes(wins=1, ties=2, losses=1, new_failures=1, fixed_failures=1) == result.outcomes
    assert pytest.approx(-0.075) == result.difference.mean
    assert result.difference.low < result.lower_limit < result.difference.mean
    assert 0.5 == result.p_more_failures


def test_a_failure_survives_rounding():
    """A mean of repeats a hair under the threshold is not a failure."""
    almost = (0.6 + 0.7 + 0.2) / 3  # 0.5 on paper

    assert almost < 0.5
    assert 0 == compare([1.0], [almost], seed=0).outcomes.new_failures


def test_one_pair_has_no_spread():
    """A single pair has no standard deviation, rather than one of 0."""
    assert compare([1.0], [0.5], seed=0).sd is None


@pytest.mark.parametrize(
    ("baseline", "candidate"), [([0.5], [0.5, 0.5]), ([1.5], [0.5]), ([0.5], [nan])]
)
def test_unusable_scores_are_refused(baseline, candidate):
    """Unequal lengths, scores off the scale and NaN raise."""
    with pytest.raises(ValueError, match=r"one entry|between 0 and 1"):
        compare(baseline, candidate, seed=0)


def test_clustered_examples_are_compared_by_cluster():
    """Where examples share a source, the limits, the p-values and the failures go by the source."""
    baseline, candidate = [1.0] * 60, [0.0] * 10 + [1.0] * 50
    sources = [at // 10 for at in range(60)]
    alone = compare(baseline, candidate, seed=0)
    together = compare(baseline, candidate, seed=0, clusters=sources)

    assert alone.difference.mean == together.difference.mean
    assert together.lower_limit < alone.lower_limit
    assert together.difference.low < alone.difference.low
    assert 2**-11 == alone.p_more_failures  # ten new failures, none fixed
    assert (0.5, 0.5) == (together.p_worse, together.p_more_failures)  # one source out of six
    assert 1.0 == alone.design_effect
    assert pytest.approx(11.8) == together.design_effect


def test_labels_that_nobody_shares_change_nothing():
    """Clusters of one example each are examples."""
    baseline, candidate = [0.5, 0.75, 1.0, 0.2] * 6, [0.4, 0.9, 0.3, 0.2] * 6

    assert compare(baseline, candidate, seed=3) == compare(
        baseline, candidate, seed=3, clusters=[f"source {at}" for at in range(24)]
    )


def test_thousands_of_pairs_are_sampled_in_pieces():
    """More signs than are drawn at a time still give the p-value of the normal approximation."""
    values = [0.1, -0.1] * 2_000 + [-0.1] * 80
    p = sign_flip_p_less(values, seed=11, resamples=20_000)

    assert pytest.approx(0.106, abs=0.01) == p  # z = -80 / sqrt(4080), with continuity
