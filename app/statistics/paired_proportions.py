"""Two versions that pass or fail the same examples: intervals and tests other tools print.

The verdict uses the pseudo-pair interval and the mid-p of `paired`; these stand beside them.
Differences are the candidate's share minus the baseline's.
"""

from math import copysign, inf, sqrt
from typing import NamedTuple

from scipy import special

from app.statistics.estimates import Estimate, normal_quantile, rate_interval, two_sided
from app.statistics.proportions import where_it_falls_to


class PairedCounts(NamedTuple):
    """Examples by who passes: both versions, the candidate alone, the baseline alone, neither."""

    both: int
    gained: int
    lost: int
    neither: int


class McNemar(NamedTuple):
    """McNemar's test (1947): two-sided p-values.

    `exact` is binomial, `statistic` the chi-square without continuity correction on one degree of
    freedom, `asymptotic` its p. Without any changed pair all say nothing: p = 1.
    """

    exact: float
    statistic: float
    asymptotic: float


def mcnemar(gained: int, lost: int) -> McNemar:
    """The two tests beside the mid-p. Raises ValueError for a negative count."""
    if min(gained, lost) < 0:
        raise ValueError(f"pairs are counted from 0, not {gained} and {lost}")
    changed = gained + lost
    if not changed:
        return McNemar(1.0, 0.0, 1.0)
    statistic = (gained - lost) ** 2 / changed
    return McNemar(
        exact=min(1.0, 2.0 * float(special.bdtr(min(gained, lost), changed, 0.5))),
        statistic=statistic,
        asymptotic=float(special.chdtrc(1, statistic)),
    )


def bonett_price_interval(counts: PairedCounts, *, confidence: float = 0.95) -> Estimate:
    """Wald's interval after adding a gained and a lost pair (Bonett and Price 2012).

    Raises ValueError for a negative count or no pairs.
    """
    n = _size(counts)
    z = normal_quantile(two_sided(confidence))
    gained, lost = (counts.gained + 1) / (n + 2), (counts.lost + 1) / (n + 2)
    half = z * sqrt((gained + lost - (gained - lost) ** 2) / (n + 2))
    return _within(counts, gained - lost - half, gained - lost + half)


def paired_newcombe_interval(counts: PairedCounts, *, confidence: float = 0.95) -> Estimate:
    """Square-and-add of the two Wilson intervals, less what they share (Newcombe 1998, part 3).

    Method 10: the correlation of the versions is phi, moved half a pair towards 0 where it is
    positive. Raises ValueError for a negative count or no pairs.
    """
    n = _size(counts)
    after = rate_interval(counts.both + counts.gained, n, confidence=confidence)
    before = rate_interval(counts.both + counts.lost, n, confidence=confidence)
    assert after is not None  # n > 0
    assert before is not None
    phi = _phi(counts)
    difference = after.mean - before.mean
    below = _joined(after.mean - after.low, before.high - before.mean, phi)
    above = _joined(after.high - after.mean, before.mean - before.low, phi)
    return _within(counts, difference - below, difference + above)


def tango_interval(counts: PairedCounts, *, confidence: float = 0.95) -> Estimate:
    """The score interval of Tango (1998). Raises ValueError for a negative count or no pairs."""
    n = _size(counts)
    z = normal_quantile(two_sided(confidence))
    estimate = (counts.gained - counts.lost) / n

    def score(difference: float) -> float:
        return _score(counts, n, difference)

    return _within(
        counts,
        where_it_falls_to(score, z, -1.0, estimate),
        where_it_falls_to(score, -z, estimate, 1.0),
    )


def _score(counts: PairedCounts, n: int, difference: float) -> float:
    """How many standard errors the estimate lies above a supposed difference."""
    gained, lost = counts.gained, counts.lost
    half = gained + lost - (2 * n - gained + lost) * difference
    root = sqrt(max(0.0, half * half + 8 * n * lost * difference * (1 - difference)))
    likeliest_lost = (root + half) / (4 * n)
    variance = n * (2 * likeliest_lost + difference * (1 - difference))
    distance = gained - lost - n * difference
    return distance / sqrt(variance) if variance > 0 else copysign(inf, distance)


def _phi(counts: PairedCounts) -> float:
    both, gained, lost, neither = counts
    margins = (both + gained) * (lost + neither) * (both + lost) * (gained + neither)
    product = float(both * neither - gained * lost)
    if product > 0:
        product = max(0.0, product - sum(counts) / 2)
    return product / sqrt(margins) if margins else 0.0


def _joined(one: float, other: float, correlation: float) -> float:
    return sqrt(max(0.0, one * one - 2 * correlation * one * other + other * other))


def _size(counts: PairedCounts) -> int:
    if min(counts) < 0 or not sum(counts):
        raise ValueError(f"pairs are counted from 0 and there is at least one, not {counts}")
    return sum(counts)


def _within(counts: PairedCounts, low: float, high: float) -> Estimate:
    n = sum(counts)
    mean = (counts.gained - counts.lost) / n
    return Estimate(mean, max(-1.0, min(low, mean)), min(1.0, max(high, mean)), n)
