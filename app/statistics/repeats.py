"""Repeats of the same examples: how noisy a version is by itself, and how often it succeeds."""

from collections.abc import Sequence
from math import comb, fsum, isfinite, sqrt
from typing import NamedTuple

from app.statistics.estimates import normal_quantile, two_sided


class VarianceParts(NamedTuple):
    """Where the spread of scores comes from, in squared units of a score.

    `within` is the variance between repeats of one example, `between` that of the examples' true
    means, at least 0; `examples` counts those that went in.
    """

    within: float
    between: float
    examples: int

    def standard_error(self, *, n: int, repeats: int) -> float:
        """Of a mean over n examples with so many repeats each: √(between/n + within/(n·repeats)).

        Raises ValueError unless both are at least 1.
        """
        _refuse_none(n, repeats)
        return sqrt(self.between / n + self.within / (n * repeats))

    def noise_floor(self, *, n: int, repeats: int, confidence: float = 0.95) -> float:
        """How far apart the means of two identical runs of the same n examples lie, at most.

        At the given confidence; the examples are the same, so only their repeats differ:
        z · √(2 · within / (n · repeats)). Raises ValueError unless both are at least 1.
        """
        _refuse_none(n, repeats)
        return normal_quantile(two_sided(confidence)) * sqrt(2 * self.within / (n * repeats))


def variance_parts(scores: Sequence[Sequence[float]]) -> VarianceParts | None:
    """Splits the variance of scores, one row of repeats for each example (Miller 2024).

    within = mean over examples of the variance of their repeats; between = variance of the means
    over repeats, less within / K. Rows may differ in length: 1/K is then averaged. Examples
    without repeats count for the means alone. None for fewer than two examples, or where none was
    repeated. Raises ValueError for NaN or infinity.
    """
    rows = [row for row in scores if row]
    if not all(isfinite(score) for row in rows for score in row):
        raise ValueError("a score is a finite number; leave out what was not judged")
    repeated = [_variance(row) for row in rows if len(row) > 1]
    if len(rows) < 2 or not repeated:
        return None
    within = fsum(repeated) / len(repeated)
    noise = within * fsum(1 / len(row) for row in rows) / len(rows)
    between = _variance([fsum(row) / len(row) for row in rows]) - noise
    return VarianceParts(within, max(0.0, between), len(rows))


def pass_at_k(n: int, successes: int, k: int) -> float:
    """The chance that at least one of k repeats succeeds, from n: 1 - C(n-c, k) / C(n, k).

    Unbiased (Chen et al. 2021). Raises ValueError unless 0 <= successes <= n and 1 <= k <= n.
    """
    _refuse_impossible(n, successes, k)
    return 1 - comb(n - successes, k) / comb(n, k)


def pass_hat_k(n: int, successes: int, k: int) -> float:
    """The chance that all of k repeats succeed, from n: C(c, k) / C(n, k) (Yao et al. 2024).

    Raises ValueError unless 0 <= successes <= n and 1 <= k <= n.
    """
    _refuse_impossible(n, successes, k)
    return comb(successes, k) / comb(n, k)


def _variance(values: Sequence[float]) -> float:
    mean = fsum(values) / len(values)
    return fsum((value - mean) ** 2 for value in values) / (len(values) - 1)


def _refuse_none(n: int, repeats: int) -> None:
    if min(n, repeats) < 1:
        raise ValueError(f"a mean needs an example and a repeat, not {n} and {repeats}")


def _refuse_impossible(n: int, successes: int, k: int) -> None:
    if not (0 <= successes <= n and 1 <= k <= n):
        raise ValueError(
            f"needs 0 <= successes <= n and 1 <= k <= n, not {successes} of {n} with k {k}"
        )
