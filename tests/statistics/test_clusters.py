from math import nan

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.statistics.clusters import clustered_interval, clustered_standard_error, design_effect
from app.statistics.estimates import Estimate, mean_interval, padded_interval
from app.statistics.paired import difference_interval

differences = st.lists(st.floats(-1, 1), min_size=1, max_size=40)


@given(differences)
def test_clusters_of_one_are_examples(values):
    """With a cluster for each value the interval is that of independent differences."""
    assert pytest.approx(difference_interval(values)) == clustered_interval(
        values, range(len(values))
    )


@given(st.lists(st.floats(0, 1), min_size=1, max_size=40))
def test_scores_are_padded_with_four(values):
    """Two pseudo-clusters at each bound give the plus-four interval of scores."""
    clustered = clustered_interval(values, range(len(values)), bounds=(0.0, 1.0), padding=2)

    assert pytest.approx(mean_interval(values)) == clustered


@given(st.lists(st.tuples(st.floats(-1, 1), st.integers(0, 9)), min_size=1, max_size=40))
def test_the_interval_holds_the_mean_and_is_never_the_narrower(rows):
    """The clustered interval holds the mean and the interval of independent examples."""
    values, labels = [value for value, _ in rows], [label for _, label in rows]
    clustered, independent = clustered_interval(values, labels), difference_interval(values)

    assert -1 <= clustered.low <= independent.low <= clustered.mean
    assert clustered.mean <= independent.high <= clustered.high <= 1


def test_copies_prove_nothing():
    """Ten clusters of five equal values say what ten values say."""
    values = [-0.3, 0.1, 0.0, 0.2, -0.1, 0.05, -0.4, 0.3, 0.0, -0.2]
    copies = [value for value in values for _ in range(5)]
    labels = [at // 5 for at in range(50)]
    ten, fifty = difference_interval(values), clustered_interval(copies, labels)

    assert pytest.approx(ten[:3]) == fifty[:3]
    assert pytest.approx(clustered_standard_error(values, range(10))) == clustered_standard_error(
        copies, labels
    )
    # 5 but for the finite-cluster factors 10/9 and 50/49
    assert pytest.approx(5 * (10 / 9) / (50 / 49)) == design_effect(copies, labels)


def test_without_padding_it_is_the_published_interval():
    """Mean ± t(C - 1) · SE with Miller's clustered standard error."""
    values, labels = [0.1, 0.3, -0.2, 0.4, 0.0, 0.2], ["a", "a", "b", "b", "c", "c"]
    error = clustered_standard_error(values, labels)
    half = 4.302652729911275 * error  # t at .975 with two degrees of freedom

    mean = sum(values) / 6
    assert pytest.approx((mean, mean - half, mean + half, 6)) == clustered_interval(
        values, labels, padding=0
    )


def test_one_cluster_says_nothing():
    """Examples of a single source have the whole scale as their interval, and no error to tell."""
    assert Estimate(0.5, -1.0, 1.0, 3) == clustered_interval([0.5] * 3, ["a"] * 3)
    assert clustered_standard_error([0.5] * 3, ["a"] * 3) is None
    assert design_effect([0.5] * 3, ["a"] * 3) is None


def test_values_that_do_not_differ_have_no_design_effect():
    """Without spread nothing tells clusters from examples: the interval takes the safe side."""
    values, labels = [0.0] * 50, [at // 5 for at in range(50)]

    assert design_effect(values, labels) is None
    assert (
        pytest.approx(difference_interval([0.0] * 10)[:3]) == clustered_interval(values, labels)[:3]
    )


def test_no_values_no_interval():
    """Nothing to average is None."""
    assert clustered_interval([], []) is None
    assert clustered_standard_error([], []) is None


@pytest.mark.parametrize(
    ("values", "labels", "sentence"),
    [([0.1, 0.2], ["a"], "one entry"), ([nan], ["a"], "between -1 and 1")],
)
def test_unusable_values_are_refused(values, labels, sentence):
    """A missing label and a value off the scale raise."""
    with pytest.raises(ValueError, match=sentence):
        clustered_interval(values, labels)


def sources_that_fail(rng, count):
    """One source in twenty fails as a whole: often none in the sample does."""
    return np.repeat(-(rng.random(count) < 0.05).astype(float), 5), -0.05


def sources_that_lean(rng, count):
    """Every source has a leaning of its own."""
    noise = rng.normal(0, 0.1, count).repeat(5) + rng.normal(0, 0.15, 5 * count)
    return np.clip(noise, -1, 1), 0.0


def sources_of_many_kinds(rng, count):
    """Each source fails at a rate of its own, most rarely."""
    rates = rng.beta(0.3, 3, count).repeat(5)
    return -(rng.random(5 * count) < rates).astype(float), -0.3 / 3.3


@pytest.mark.parametrize("count", [10, 40])
@pytest.mark.parametrize("draw", [sources_that_fail, sources_that_lean, sources_of_many_kinds])
def test_the_interval_covers(draw, count):
    """The 95 % interval holds the truth at least 93 % of the time, as independent ones do not."""
    rng = np.random.default_rng(count)
    labels = [at // 5 for at in range(5 * count)]
    held = 0
    for _ in range(300):
        values, truth = draw(rng, count)
        interval = clustered_interval([float(value) for value in values], labels)
        held += interval.low <= truth <= interval.high

    assert held / 300 >= 0.93


def test_independent_intervals_would_not_cover():
    """What the clustered interval is for: where whole sources fail, the other one misses."""
    rng = np.random.default_rng(4)
    held = 0
    for _ in range(300):
        values, truth = sources_that_fail(rng, 40)
        interval = padded_interval([float(value) for value in values], (-1.0, 1.0), confidence=0.95)
        held += interval.low <= truth <= interval.high

    assert held / 300 < 0.85
