import csv
from math import inf, nan
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import permutation_test

from app.statistics.estimates import Estimate
from app.statistics.multiplicity import holm
from app.statistics.paired import (
    Outcomes,
    compare,
    difference_interval,
    mcnemar_mid_p,
    sign_flip_p_less,
)

TABLES = Path(__file__).parents[2].parent / "shared" / "data" / "score_tables"

differences = st.lists(st.floats(-1, 1), min_size=1, max_size=40)
grades = st.sampled_from([0.0, 0.25, 1 / 3, 0.5, 0.9, 1.0])
pairs = st.lists(st.tuples(grades, grades), min_size=1, max_size=40)


def columns(rows):
    return [before for before, _ in rows], [after for _, after in rows]


@given(differences, st.floats(0.01, 0.999))
def test_the_interval_holds_the_mean_difference(values, confidence):
    """-1 <= low <= mean <= high <= 1 for any differences at any confidence."""
    estimate = difference_interval(values, confidence=confidence)

    assert -1 <= estimate.low <= estimate.mean <= estimate.high <= 1


@given(differences)
def test_the_interval_mirrors(values):
    """Exchanging the versions turns the interval around, to the last bit."""
    estimate, mirrored = difference_interval(values), difference_interval([-v for v in values])

    assert (-estimate.mean, -estimate.high, -estimate.low) == mirrored[:3]


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


def test_the_p_value_is_uniform_under_swaps():
    """When chance alone assigns the versions, p falls below any level about that often."""
    rng = np.random.default_rng(7)
    p_values = np.array(
        [
            sign_flip_p_less(list(rng.choice([-1, 1], 30) * rng.random(30)), seed=i, resamples=400)
            for i in range(600)
        ]
    )

    for level in (0.05, 0.25, 0.5, 0.75):
        assert pytest.approx(level, abs=4 * np.sqrt(level * (1 - level) / 600)) == np.mean(
            p_values <= level
        )


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


@given(pairs, st.integers(0, 2**32))
def test_exchanging_the_versions_mirrors_the_comparison(rows, seed):
    """What is worse for A against B is better for B against A."""
    baseline, candidate = columns(rows)
    ours, theirs = compare(baseline, candidate, seed=seed), compare(candidate, baseline, seed=seed)

    assert (ours.p_worse, ours.p_better) == (theirs.p_better, theirs.p_worse)
    assert -ours.difference.mean == theirs.difference.mean
    assert ours.outcomes.wins == theirs.outcomes.losses
    assert ours.outcomes.new_failures == theirs.outcomes.fixed_failures
    assert ours.sd == theirs.sd


@given(pairs, st.integers(0, 2**32), st.randoms(use_true_random=False))
def test_the_order_of_examples_does_not_matter(rows, seed, random):
    """Shuffled examples give the same comparison to the last bit."""
    shuffled = random.sample(rows, len(rows))

    assert compare(*columns(rows), seed=seed) == compare(*columns(shuffled), seed=seed)


@given(pairs, st.integers(1, 30), st.integers(0, 2**32))
def test_identical_pairs_never_make_a_regression(rows, more, seed):
    """Examples both versions answer alike leave the p-values alone and shrink the difference."""
    padded = [*rows, *[(0.5, 0.5)] * more]
    before, after = compare(*columns(rows), seed=seed), compare(*columns(padded), seed=seed)

    assert (before.p_worse, before.p_more_failures) == (after.p_worse, after.p_more_failures)
    assert abs(after.difference.mean) <= abs(before.difference.mean)


@pytest.mark.parametrize(
    ("baseline", "candidate"), [([0.5], [0.5, 0.5]), ([1.5], [0.5]), ([0.5], [nan])]
)
def test_unusable_scores_are_refused(baseline, candidate):
    """Unequal lengths, scores off the scale and NaN raise."""
    with pytest.raises(ValueError, match=r"one entry|between 0 and 1"):
        compare(baseline, candidate, seed=0)


@pytest.mark.skipif(not TABLES.exists(), reason="the score tables are not beside this checkout")
@pytest.mark.parametrize("size", [20, 50])
def test_the_level_holds_on_real_scores(size):
    """Versions swapped at random within real pairs are called a regression at most 6 % of times."""
    with (TABLES / "gsm8k_4models.csv").open(encoding="utf-8") as file:
        table = list(csv.DictReader(file))
    systems = [
        name for name in table[0] if {row[name] for row in table} <= {"0", "1", "0.0", "1.0"}
    ]
    first, second = (np.array([float(row[name]) for row in table]) for name in systems[:2])
    rng = np.random.default_rng(size)
    called = 0
    for trial in range(400):
        drawn = rng.integers(0, len(table), size)
        swap = rng.random(size) < 0.5
        result = compare(
            list(np.where(swap, first[drawn], second[drawn])),
            list(np.where(swap, second[drawn], first[drawn])),
            seed=trial,
        )
        called += min(holm([result.p_worse, result.p_more_failures])) <= 0.05

    assert called / 400 <= 0.06
