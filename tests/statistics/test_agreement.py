import csv
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.statistics.agreement import (
    cohen_kappa,
    cross_table,
    fleiss_kappa,
    krippendorff_alpha,
)

JUDGES = (
    Path(__file__).parents[2].parent
    / "shared"
    / "data"
    / "judge_tables"
    / "pandalm_3annotators_2judges.csv"
)

grades = st.integers(0, 3)
ratings = st.lists(st.tuples(grades, grades), min_size=2, max_size=30)


def test_a_cross_table_by_hand():
    """Rows are the first rater's categories, columns the second's, in the order given."""
    table = cross_table(["a", "b", "b"], ["a", "a", "b"], ["b", "a"])

    assert [[1, 1], [0, 1]] == table


@pytest.mark.parametrize(("first", "second"), [(["a"], []), (["a"], ["z"])])
def test_a_cross_table_needs_known_pairs(first, second):
    """A missing rating and a category nobody named raise."""
    with pytest.raises(ValueError, match="known categories"):
        cross_table(first, second, ["a", "b"])


@pytest.mark.parametrize("weights", ["unweighted", "linear", "quadratic"])
@given(pairs=ratings)
def test_kappa_is_one_less_the_share_of_expected_disagreement(pairs, weights):
    """Kappa from its definition over all pairs of ratings; it lies in its interval."""
    first, second = [one for one, _ in pairs], [other for _, other in pairs]
    power = {"unweighted": 0, "linear": 1, "quadratic": 2}[weights]

    def apart(one, other):
        return float(one != other) if not power else abs(one - other) ** power

    observed = np.mean([apart(*pair) for pair in pairs])
    expected = np.mean([apart(one, other) for one in first for other in second])
    found = cohen_kappa(cross_table(first, second, range(4)), seed=1, weights=weights)
    if not expected:
        assert found is None
        return

    assert pytest.approx(1 - observed / expected) == found.coefficient
    assert found.low <= found.coefficient <= found.high
    assert pytest.approx(np.mean([one == other for one, other in pairs])) == found.raw
    assert pytest.approx(1) == sum(found.prevalence)
    assert found.standard_error >= 0


def test_the_standard_error_is_that_of_repeated_samples():
    """Kappas of tables drawn again and again spread as the formula says, and the interval too."""
    rng = np.random.default_rng(4)
    drawn = [
        cohen_kappa(rng.multinomial(200, [0.5, 0.1, 0.1, 0.3]).reshape(2, 2), seed=0)
        for _ in range(300)
    ]
    spread = np.std([found.coefficient for found in drawn])
    truth = (0.8 - 0.52) / 0.48
    covered = np.mean([found.low <= truth <= found.high for found in drawn])

    assert pytest.approx(spread, rel=0.15) == np.mean([found.standard_error for found in drawn])
    assert 0.9 <= covered <= 0.98


def test_high_agreement_may_mean_nothing():
    """Where nearly everything passes, 90 % raw agreement comes with a kappa below 0."""
    found = cohen_kappa([[90, 5], [5, 0]], seed=0)

    assert 0.9 == found.raw
    assert found.coefficient < 0


def test_the_seed_makes_the_interval():
    """The same seed gives the same interval, another seed another."""
    table = [[20, 5], [10, 15]]

    assert cohen_kappa(table, seed=1) == cohen_kappa(table, seed=1)
    assert cohen_kappa(table, seed=1)[1:3] != cohen_kappa(table, seed=2)[1:3]


@pytest.mark.parametrize("table", [[], [[0, 0], [0, 0]], [[5, 0], [0, 0]]])
def test_nothing_to_agree_on_is_none(table):
    """No items and a single category in use have no kappa, and not one of 0 or 1."""
    assert cohen_kappa(table, seed=0) is None


@pytest.mark.parametrize("table", [[[1, 2]], [[1, -1], [0, 1]]])
def test_impossible_tables_are_refused(table):
    """A table that is not square, or counts below 0, raise."""
    with pytest.raises(ValueError, match="table"):
        cohen_kappa(table, seed=0)


def brute_alpha(items, scale):
    """Krippendorff's alpha from its definition: pairs within items against pairs of all values."""
    rated = [item for item in items if len(item) > 1]
    values = [value for item in rated for value in item]

    def apart(one, other):
        if scale == "nominal":
            return float(one != other)
        if scale == "interval":
            return (one - other) ** 2
        low, high = sorted((one, other))
        between = sum(low <= value <= high for value in values)
        return (between - (values.count(low) + values.count(high)) / 2) ** 2 if low < high else 0

    within = sum(
        2 * apart(*pair) / (len(item) - 1) for item in rated for pair in combinations(item, 2)
    )
    across = sum(2 * apart(*pair) for pair in combinations(values, 2)) / max(1, len(values) - 1)
    return 1 - within / across if across else None


@pytest.mark.parametrize("scale", ["nominal", "ordinal", "interval"])
@settings(max_examples=30)  # each resamples two thousand times
@given(table=st.lists(st.tuples(*[st.none() | grades] * 3).map(list), min_size=1, max_size=12))
def test_alpha_is_its_definition(table, scale):
    """Any ratings, some missing: alpha as summed over pairs, inside its interval."""
    found = krippendorff_alpha(list(zip(*table, strict=True)), seed=1, scale=scale)
    expected = brute_alpha([[v for v in item if v is not None] for item in table], scale)
    if expected is None:
        assert found is None
        return

    assert pytest.approx(expected) == found.coefficient
    assert found.low <= found.coefficient <= found.high


def test_alpha_by_two_raters_who_agree():
    """Perfect agreement is 1 for any scale, with an interval of no width."""
    for scale in ("nominal", "ordinal", "interval"):
        found = krippendorff_alpha([[1, 2, 3, None], [1, 2, 3, 4]], seed=0, scale=scale)

        assert (1.0, 1.0, 1.0, 3, 1.0) == found[:5]


def test_raters_rate_the_same_items():
    """Rows of unequal length raise; no ratings have no alpha."""
    with pytest.raises(ValueError, match="every item"):
        krippendorff_alpha([[1, 2], [1]], seed=0)
    assert krippendorff_alpha([], seed=0) is None


def test_fleiss_of_two_raters_and_two_categories_is_scotts_pi():
    """Two raters, 3 of 4 items alike, 5 of 8 ratings in one category: pi by hand."""
    chance = (5 / 8) ** 2 + (3 / 8) ** 2
    found = fleiss_kappa([[2, 0], [2, 0], [1, 1], [0, 2]], seed=0)

    assert pytest.approx((0.75 - chance) / (1 - chance)) == found.coefficient
    assert (0.75, [5 / 8, 3 / 8]) == (found.raw, found.prevalence)


@pytest.mark.parametrize("table", [[[2, 0], [1, 0]], [[1, 0], [0, 1]]])
def test_fleiss_needs_the_same_raters(table):
    """Items with fewer raters than others, or one alone, raise."""
    with pytest.raises(ValueError, match="same number of raters"):
        fleiss_kappa(table, seed=0)


@pytest.mark.parametrize("table", [[], [[3, 0], [3, 0]]])
def test_fleiss_without_variety_is_none(table):
    """No items and a single category have no kappa."""
    assert fleiss_kappa(table, seed=0) is None


@pytest.mark.skipif(not JUDGES.exists(), reason="the judge tables are not beside this checkout")
def test_real_annotators_agree_as_published():
    """Three annotators of the same comparisons: pairwise kappas .85, .86 and .88, to sampling."""
    with JUDGES.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    labels = sorted({row[rater] for row in rows for rater in ("a1", "a2", "a3")})
    votes = {rater: [row[rater] for row in rows] for rater in ("a1", "a2", "a3")}
    kappas = [
        cohen_kappa(cross_table(votes[one], votes[other], labels), seed=0)
        for one, other in combinations(votes, 2)
    ]

    for published, found in zip((0.85, 0.86, 0.88), sorted(kappas), strict=True):
        assert pytest.approx(published, abs=0.03) == found.coefficient
