import csv
from collections import defaultdict
from itertools import combinations
from math import nan, sqrt
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.statistics.repeats import VarianceParts, pass_at_k, pass_hat_k, variance_parts

TRIALS = (
    Path(__file__).parents[2].parent
    / "shared"
    / "data"
    / "score_tables"
    / "taubench_gpt4o_airline_4trials.csv"
)


def test_the_parts_by_hand():
    """Two examples, two repeats each: variances within and between as on paper."""
    # within (0.02 + 0.02) / 2, means 0.8 and 0.2 with variance 0.18, less 0.02 / 2
    parts = variance_parts([[0.7, 0.9], [0.1, 0.3]])

    assert pytest.approx((0.02, 0.17, 2)) == parts


def test_the_parts_are_found_again():
    """Scores simulated from two known variances give both back."""
    rng = np.random.default_rng(3)
    scores = rng.normal(0, 0.3, (4000, 1)) + rng.normal(0, 0.2, (4000, 3))
    parts = variance_parts(scores.tolist())

    assert pytest.approx((0.04, 0.09), rel=0.05) == (parts.within, parts.between)


def test_noise_alone_is_not_a_difference_between_examples():
    """Examples that differ less than their repeats would make them differ have variance 0."""
    assert 0.0 == variance_parts([[0.0, 1.0], [1.0, 0.0], [0.0, 1.0]]).between


@pytest.mark.parametrize("scores", [[], [[0.5, 0.6]], [[0.5], [0.6]], [[0.5, 0.6], []]])
def test_parts_need_examples_and_repeats(scores):
    """One example, or none repeated, does not tell noise from difference."""
    assert variance_parts(scores) is None


def test_what_was_not_judged_is_refused():
    """NaN does not become a variance."""
    with pytest.raises(ValueError, match="finite"):
        variance_parts([[0.5, nan], [0.1, 0.2]])


def test_repeats_and_examples_shrink_the_error():
    """The standard error has both parts; the noise floor has the repeats' part of two runs."""
    parts = VarianceParts(within=0.147, between=0.1, examples=50)

    # the published standard errors of the airline tasks with one trial and with four
    assert pytest.approx(0.070, abs=5e-4) == parts.standard_error(n=50, repeats=1)
    assert pytest.approx(0.052, abs=5e-4) == parts.standard_error(n=50, repeats=4)
    assert pytest.approx(1.959964 * sqrt(2 * 0.147 / 200)) == parts.noise_floor(n=50, repeats=4)


def test_identical_reruns_stay_under_the_noise_floor():
    """Two runs of one version on the same examples differ by more in one of twenty cases."""
    rng = np.random.default_rng(9)
    examples = rng.random(80)
    runs = rng.random((2, 2000, 80, 2)) < examples[:, None]
    difference = runs[0].mean(axis=(1, 2)) - runs[1].mean(axis=(1, 2))
    within = float(np.mean(examples * (1 - examples)))
    floor = VarianceParts(within, 0.0, 80).noise_floor(n=80, repeats=2)

    assert pytest.approx(0.05, abs=0.015) == np.mean(np.abs(difference) > floor)


@pytest.mark.parametrize("figure", ["standard_error", "noise_floor"])
def test_a_mean_over_nothing_has_no_error(figure):
    """No examples and no repeats raise."""
    with pytest.raises(ValueError, match="an example and a repeat"):
        getattr(VarianceParts(0.1, 0.1, 5), figure)(n=0, repeats=1)


@given(st.lists(st.booleans(), min_size=1, max_size=8), st.data())
def test_both_rates_count_subsets(repeats, data):
    """Over all ways to draw k of the repeats: how often one succeeds, and how often all do."""
    k = data.draw(st.integers(1, len(repeats)))
    draws = list(combinations(repeats, k))
    given_ = len(repeats), sum(repeats), k

    assert pytest.approx(sum(map(any, draws)) / len(draws)) == pass_at_k(*given_)
    assert pytest.approx(sum(map(all, draws)) / len(draws)) == pass_hat_k(*given_)


@pytest.mark.parametrize("rate", [pass_at_k, pass_hat_k])
@pytest.mark.parametrize("arguments", [(4, 5, 1), (4, -1, 1), (4, 2, 0), (4, 2, 5)])
def test_impossible_repeats_are_refused(rate, arguments):
    """More successes than repeats and more draws than repeats raise."""
    with pytest.raises(ValueError, match="needs 0 <= successes"):
        rate(*arguments)


@pytest.mark.skipif(not TRIALS.exists(), reason="the score tables are not beside this checkout")
def test_real_trials_are_noisy():
    """On recorded trials repeats differ more than tasks, and all four succeed far less than one."""
    rewards = defaultdict(list)
    with TRIALS.open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            rewards[row["task_id"]].append(float(row["reward"]))
    parts = variance_parts(list(rewards.values()))
    rates = [
        np.mean([rate(4, int(sum(task)), 4) for task in rewards.values()])
        for rate in (pass_hat_k, pass_at_k)
    ]

    assert parts.within > parts.between
    assert rates[0] < np.mean([*rewards.values()]) < rates[1]
