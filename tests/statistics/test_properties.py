"""What must hold for any scores: the promises a verdict rests on."""

import csv
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.statistics.multiplicity import holm
from app.statistics.paired import compare, difference_interval, sign_flip_p_less

TABLES = Path(__file__).parents[2].parent / "shared" / "data" / "score_tables"

differences = st.lists(st.floats(-1, 1), min_size=1, max_size=40)
grades = st.sampled_from([0.0, 0.25, 1 / 3, 0.5, 0.9, 1.0])
sources = st.integers(0, 12)
rows = st.lists(st.tuples(grades, grades, sources), min_size=1, max_size=40)
seeds = st.integers(0, 2**32)


def compared(examples, seed, *, clustered, exchanged=False):
    baseline, candidate, labels = (list(column) for column in zip(*examples, strict=True))
    if exchanged:
        baseline, candidate = candidate, baseline
    return compare(baseline, candidate, seed=seed, clusters=labels if clustered else None)


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


@pytest.mark.parametrize("clustered", [False, True])
@given(examples=rows, seed=seeds)
def test_exchanging_the_versions_mirrors_the_comparison(examples, seed, clustered):
    """What is worse for A against B is better for B against A, to the last bit."""
    ours = compared(examples, seed, clustered=clustered)
    theirs = compared(examples, seed, clustered=clustered, exchanged=True)

    assert (ours.p_worse, ours.p_better) == (theirs.p_better, theirs.p_worse)
    assert (-ours.difference.mean, -ours.difference.high) == theirs.difference[:2]
    assert ours.outcomes.wins == theirs.outcomes.losses
    assert ours.outcomes.new_failures == theirs.outcomes.fixed_failures
    assert (ours.sd, ours.design_effect) == (theirs.sd, theirs.design_effect)


@pytest.mark.parametrize("clustered", [False, True])
@given(examples=rows, seed=seeds, random=st.randoms(use_true_random=False))
def test_the_order_of_examples_does_not_matter(examples, seed, random, clustered):
    """Shuffled examples give the same comparison to the last bit."""
    shuffled = random.sample(examples, len(examples))

    assert compared(examples, seed, clustered=clustered) == compared(
        shuffled, seed, clustered=clustered
    )


@pytest.mark.parametrize("clustered", [False, True])
@given(examples=rows, more=st.integers(1, 30), seed=seeds)
def test_identical_pairs_never_make_a_regression(examples, more, seed, clustered):
    """Examples both versions answer alike leave the p-values alone and shrink the difference."""
    examples = [*examples, examples[0]]  # so that a source is shared before and after
    padded = [*examples, *[(0.5, 0.5, at % 20) for at in range(more)]]
    before = compared(examples, seed, clustered=clustered)
    after = compared(padded, seed, clustered=clustered)

    assert (before.p_worse, before.p_more_failures) == (after.p_worse, after.p_more_failures)
    assert abs(after.difference.mean) <= abs(before.difference.mean)


@given(rows, seeds)
def test_clusters_only_ever_add_doubt(examples, seed):
    """What is shown with clusters is shown without: the clustered limits are never the narrower."""
    alone = compared(examples, seed, clustered=False)
    together = compared(examples, seed, clustered=True)

    assert together.lower_limit <= alone.lower_limit
    assert together.difference.low <= alone.difference.low
    assert together.difference.high >= alone.difference.high


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


def test_the_p_value_is_uniform_under_swaps_of_clusters():
    """When chance assigns whole clusters, the clustered p keeps its level and the other loses it."""
    rng = np.random.default_rng(8)
    labels = np.repeat(np.arange(20), 5)
    called = {"clustered": 0, "independent": 0}
    for trial in range(300):
        values = np.repeat(rng.choice([-1, 1], 20) * rng.random(20), 5) * rng.random(100)
        clustered = sign_flip_p_less(list(values), seed=trial, clusters=list(labels), resamples=400)
        called["clustered"] += clustered <= 0.05
        called["independent"] += sign_flip_p_less(list(values), seed=trial, resamples=400) <= 0.05

    assert called["clustered"] / 300 <= 0.09  # three standard errors above .05
    assert called["independent"] / 300 > 0.12


def table(name):
    with (TABLES / name).open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def real_pairs():
    """Every two of the four systems, and the same items under two prompts."""
    solved, prompted = table("gsm8k_4models.csv"), table("bbh_codex_direct_vs_cot.csv")
    systems = [name for name in solved[0] if name != "item"]
    for one, other in combinations(systems, 2):
        yield scores_of(solved, one), scores_of(solved, other)
    yield scores_of(prompted, "direct"), scores_of(prompted, "cot")


def scores_of(rows_of_table, column):
    return np.array([float(row[column]) for row in rows_of_table])


@pytest.mark.skipif(not TABLES.exists(), reason="the score tables are not beside this checkout")
@pytest.mark.parametrize("size", [20, 50, 100])
def test_the_level_holds_on_real_scores(size):
    """Versions swapped at random within real pairs are called a regression at most 6 % of times."""
    rng = np.random.default_rng(size)
    called = []
    for first, second in real_pairs():
        for trial in range(100):
            drawn = rng.integers(0, len(first), size)
            swap = rng.random(size) < 0.5
            result = compare(
                list(np.where(swap, first[drawn], second[drawn])),
                list(np.where(swap, second[drawn], first[drawn])),
                seed=trial,
            )
            called.append(min(holm([result.p_worse, result.p_more_failures])) <= 0.05)

    assert np.mean(called) <= 0.06


@pytest.mark.skipif(not TABLES.exists(), reason="the score tables are not beside this checkout")
def test_the_level_holds_on_real_scores_by_task():
    """Prompts swapped for whole tasks are called a regression at most 6 % of times."""
    prompted = table("bbh_codex_direct_vs_cot.csv")
    first, second = scores_of(prompted, "direct"), scores_of(prompted, "cot")
    tasks, numbered = np.unique([row["task"] for row in prompted], return_inverse=True)
    rng = np.random.default_rng(27)
    called = 0
    for trial in range(300):
        drawn = rng.integers(0, len(first), 150)
        swap = (rng.random(len(tasks)) < 0.5)[numbered[drawn]]
        result = compare(
            list(np.where(swap, first[drawn], second[drawn])),
            list(np.where(swap, second[drawn], first[drawn])),
            seed=trial,
            clusters=list(numbered[drawn]),
        )
        called += min(holm([result.p_worse, result.p_more_failures])) <= 0.05

    assert called / 300 <= 0.06
