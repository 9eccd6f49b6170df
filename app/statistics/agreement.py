"""How far raters agree beyond chance: Cohen's and Fleiss' kappa, Krippendorff's alpha.

Each comes with the raw agreement and how often each category was used, without which a kappa
misleads: where nearly everything passes, raters who agree on 95 % may have a kappa of 0. Intervals
are percentiles over resampled items, seeded; resamples without any variety say nothing and are
left out.
"""

from collections.abc import Callable, Hashable, Sequence
from math import isnan, nan, sqrt
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from app.statistics.estimates import two_sided

Weights = Literal["unweighted", "linear", "quadratic"]
Scale = Literal["nominal", "ordinal", "interval"]
Matrix = NDArray[np.float64]

RESAMPLES = 2_000


class Agreement(NamedTuple):
    """A coefficient, 1 for perfect agreement and 0 for chance, with its interval over items.

    `raw` is the share of pairs of ratings that are the same, `prevalence` the share of all ratings
    in each category, in their order. `standard_error` is asymptotic, known for Cohen's kappa alone.
    """

    coefficient: float
    low: float
    high: float
    n: int
    raw: float
    prevalence: list[float]
    standard_error: float | None = None


def cross_table(
    first: Sequence[Hashable], second: Sequence[Hashable], categories: Sequence[Hashable]
) -> list[list[int]]:
    """Counts of items by the first rater's category (rows) and the second's (columns).

    `categories` gives the order. Raises ValueError for unequal lengths or another category.
    """
    place = {category: at for at, category in enumerate(categories)}
    unknown = {*first, *second} - set(place)
    if len(first) != len(second) or unknown:
        raise ValueError(
            f"two raters rate the same items in known categories: "
            f"{len(first)} and {len(second)} ratings, unknown {sorted(map(str, unknown))}"
        )
    table = [[0] * len(place) for _ in place]
    for one, other in zip(first, second, strict=True):
        table[place[one]][place[other]] += 1
    return table


def cohen_kappa(
    table: Sequence[Sequence[int]],
    *,
    seed: int,
    weights: Weights = "unweighted",
    confidence: float = 0.95,
) -> Agreement | None:
    """Agreement of two raters from their cross table, categories in order (Cohen 1960, 1968).

    Linear and quadratic weights give part of the credit to near misses on an ordered scale. The
    standard error is that of Fleiss, Cohen and Everitt (1969). None where there is nothing to
    agree on: no items, or a single category in use by both. Raises ValueError unless the table is
    square with counts from 0.
    """
    counts = _counts(table)
    if counts.shape[0] != counts.shape[1]:
        raise ValueError(f"a cross table is square, not {counts.shape[0]} × {counts.shape[1]}")
    n = int(counts.sum())
    credit = _credit(len(counts), weights)
    kappa = float(_kappas(counts[None], credit)[0]) if n else nan
    if isnan(kappa):
        return None
    draws = np.random.default_rng(seed).multinomial(n, counts.ravel() / n, size=RESAMPLES)
    resampled = _kappas(draws.reshape(RESAMPLES, *counts.shape).astype(np.float64), credit)
    low, high = _percentiles(resampled, kappa, confidence)
    prevalence = (counts.sum(axis=0) + counts.sum(axis=1)) / (2 * n)
    return Agreement(
        kappa,
        low,
        high,
        n,
        raw=float(np.trace(counts)) / n,
        prevalence=[float(share) for share in prevalence],
        standard_error=_kappa_error(counts / n, credit, kappa, n),
    )


def fleiss_kappa(
    table: Sequence[Sequence[int]], *, seed: int, confidence: float = 0.95
) -> Agreement | None:
    """Agreement of several raters, one row for each item and one column for each category.

    A cell says how many raters put the item there; every item has the same number of raters, two
    or more (Fleiss 1971). None without items or with a single category in use. Raises ValueError
    for other tables.
    """
    counts = _counts(table)
    raters = counts.sum(axis=1)
    if len(counts) and (raters.min() != raters.max() or raters[0] < 2):
        raise ValueError("every item has the same number of raters, two or more")
    return _by_items(counts, _fleiss, seed, confidence)


def krippendorff_alpha(
    ratings: Sequence[Sequence[float | None]],
    *,
    seed: int,
    scale: Scale = "nominal",
    confidence: float = 0.95,
) -> Agreement | None:
    """Agreement of any number of raters, some of whose ratings are missing (Krippendorff 2004).

    One row for each rater, one column for each item, None where a rater did not rate. Items with
    fewer than two ratings say nothing and are left out. `ordinal` weighs disagreement by the
    ratings between two values, `interval` by their squared distance. None where nothing can be
    compared or only one value occurs. Raises ValueError for rows of unequal length.
    """
    if len({len(row) for row in ratings}) > 1:
        raise ValueError("every rater has an entry for every item, None where not rated")
    items = [[value for value in item if value is not None] for item in zip(*ratings, strict=True)]
    rated = [item for item in items if len(item) > 1]
    values = sorted({value for item in rated for value in item})
    place = {value: at for at, value in enumerate(values)}
    counts = np.zeros((len(rated), len(values)))
    for row, item in zip(counts, rated, strict=True):
        for value in item:
            row[place[value]] += 1

    def alpha(some: Matrix) -> float:
        return _alpha(some, np.asarray(values), scale)

    return _by_items(counts, alpha, seed, confidence)


def _by_items(
    counts: Matrix, coefficient: Callable[[Matrix], float], seed: int, confidence: float
) -> Agreement | None:
    n = len(counts)
    found = coefficient(counts) if n else nan
    if isnan(found):
        return None
    rng = np.random.default_rng(seed)
    resampled = [coefficient(counts[rng.integers(0, n, n)]) for _ in range(RESAMPLES)]
    low, high = _percentiles(np.asarray(resampled), found, confidence)
    raters = counts.sum(axis=1)
    raw = (counts * (counts - 1)).sum(axis=1) / (raters * (raters - 1))
    prevalence = counts.sum(axis=0) / counts.sum()
    return Agreement(found, low, high, n, float(raw.mean()), [float(share) for share in prevalence])


def _fleiss(counts: Matrix) -> float:
    raters = float(counts[0].sum())
    shares = counts.sum(axis=0) / counts.sum()
    chance = float((shares**2).sum())
    raw = float((counts * (counts - 1)).sum() / (len(counts) * raters * (raters - 1)))
    return (raw - chance) / (1 - chance) if chance < 1 else nan


def _alpha(counts: Matrix, values: Matrix, scale: Scale) -> float:
    """1 - observed over expected disagreement, from the coincidences of values within items."""
    raters = counts.sum(axis=1)
    weighed = counts / (raters - 1)[:, None]
    coincidences = weighed.T @ counts - np.diag(weighed.sum(axis=0))
    totals = counts.sum(axis=0)
    distances = _distances(totals, values, scale)
    expected = float(totals @ distances @ totals) / float(totals.sum() - 1)
    if not expected:
        return nan
    return 1.0 - float((coincidences * distances).sum()) / expected


def _distances(totals: Matrix, values: Matrix, scale: Scale) -> Matrix:
    """The squared distance of every value from every other."""
    if scale == "nominal":
        return 1.0 - np.eye(len(values))
    if scale == "interval":
        return (values[:, None] - values[None, :]) ** 2
    ranks = np.cumsum(totals) - totals / 2  # the ratings between two values, half of each end's own
    return (ranks[:, None] - ranks[None, :]) ** 2


def _credit(size: int, weights: Weights) -> Matrix:
    """How much each pair of categories counts as agreement: 1 on the diagonal."""
    if weights == "unweighted":
        return np.eye(size)
    distance = np.abs(np.subtract.outer(np.arange(size), np.arange(size))) / max(1, size - 1)
    return 1.0 - (distance if weights == "linear" else distance**2)


def _kappas(tables: Matrix, credit: Matrix) -> Matrix:
    """Kappa of each of many tables; NaN where chance agreement is perfect."""
    shares = tables / tables.sum(axis=(1, 2), keepdims=True)
    observed = (shares * credit).sum(axis=(1, 2))
    chance = np.einsum("ti,ij,tj->t", shares.sum(axis=2), credit, shares.sum(axis=1))
    room = 1.0 - chance
    room[room < 1e-12] = np.nan
    return np.asarray((observed - chance) / room)


def _kappa_error(shares: Matrix, credit: Matrix, kappa: float, n: int) -> float:
    rows, columns = shares.sum(axis=1), shares.sum(axis=0)
    chance = float(rows @ credit @ columns)
    usual = (credit @ columns)[:, None] + (rows @ credit)[None, :]
    spread = float((shares * (credit - usual * (1 - kappa)) ** 2).sum())
    return sqrt(max(0.0, spread - (kappa - chance * (1 - kappa)) ** 2) / n) / (1 - chance)


def _percentiles(resampled: Matrix, found: float, confidence: float) -> tuple[float, float]:
    """The percentile interval, widened to hold what it is an interval of."""
    upper = two_sided(confidence)
    known = resampled[~np.isnan(resampled)]
    low, high = np.quantile(known, [1 - upper, upper]) if len(known) else (found, found)
    return min(float(low), found), max(float(high), found)


def _counts(table: Sequence[Sequence[int]]) -> Matrix:
    counts = np.asarray(table, dtype=np.float64)
    if not len(counts):
        return np.zeros((0, 0))
    if counts.ndim != 2 or not (counts >= 0).all():
        raise ValueError("a table has rows of equal length with counts from 0")
    return counts
