"""Intervals for shares counted in 0/1: one share, or the difference of two independent ones.

Wilson's in `estimates.rate_interval` is the usual one. The exact one is for guarantees; Jeffreys'
and Agresti and Coull's are what other tools print. Differences are candidate minus baseline.
"""

from collections.abc import Callable
from math import acos, copysign, cos, hypot, inf, pi, sqrt
from typing import NamedTuple

from scipy import special

from app.statistics.estimates import Estimate, normal_quantile, rate_interval, two_sided


class Share(NamedTuple):
    """`successes` of `n` trials."""

    successes: int
    n: int


def exact_interval(share: Share, *, confidence: float = 0.95) -> Estimate:
    """Clopper and Pearson's interval (1934): covers at least so often, at the price of width.

    Raises ValueError unless 0 <= successes <= n and n > 0.
    """
    count, n = _known(share)
    tail = 1.0 - two_sided(confidence)
    low = float(special.betaincinv(count, n - count + 1, tail)) if count else 0.0
    high = float(special.betaincinv(count + 1, n - count, 1.0 - tail)) if count < n else 1.0
    return Estimate(count / n, low, high, n)


def jeffreys_interval(share: Share, *, confidence: float = 0.95) -> Estimate:
    """The equal-tailed posterior interval under Jeffreys' prior Beta(1/2, 1/2).

    At 0 of n and n of n it leaves the share itself out by a hair (Brown, Cai and DasGupta 2001).
    Raises ValueError unless 0 <= successes <= n and n > 0.
    """
    count, n = _known(share)
    tail = 1.0 - two_sided(confidence)
    a, b = count + 0.5, n - count + 0.5
    low, high = special.betaincinv(a, b, [tail, 1.0 - tail])
    return Estimate(count / n, float(low), float(high), n)


def agresti_coull_interval(share: Share, *, confidence: float = 0.95) -> Estimate:
    """Wald's interval after adding z² trials, half of them successes (Agresti and Coull 1998).

    Raises ValueError unless 0 <= successes <= n and n > 0.
    """
    count, n = _known(share)
    z = normal_quantile(two_sided(confidence))
    size = n + z * z
    centre = (count + z * z / 2) / size
    half = z * sqrt(centre * (1 - centre) / size)
    return Estimate(count / n, max(0.0, centre - half), min(1.0, centre + half), n)


def no_failures_limit(n: int, *, confidence: float = 0.95) -> float:
    """The one-sided upper limit of a failure rate after n trials without one: 1 - (1 - c)^(1/n).

    About 3 / n at 95 %, the rule of three (Hanley and Lippman-Hand 1983). No trials: 1.
    Raises ValueError for a negative n.
    """
    two_sided(confidence)  # refuses what is no share
    if n < 0:
        raise ValueError(f"trials are counted from 0, not {n}")
    return 1.0 - (1.0 - confidence) ** (1 / n) if n else 1.0


def newcombe_interval(baseline: Share, candidate: Share, *, confidence: float = 0.95) -> Estimate:
    """The difference of two independent shares, method 10 of Newcombe (1998, part 2).

    The distances from each share to the ends of its Wilson interval, added in quadrature. `n` is
    the size of both groups together. Raises ValueError unless 0 <= successes <= n and n > 0.
    """
    before = rate_interval(*_known(baseline), confidence=confidence)
    after = rate_interval(*_known(candidate), confidence=confidence)
    assert before is not None  # n > 0
    assert after is not None
    difference = after.mean - before.mean
    return Estimate(
        difference,
        max(-1.0, difference - hypot(after.mean - after.low, before.high - before.mean)),
        min(1.0, difference + hypot(after.high - after.mean, before.mean - before.low)),
        baseline.n + candidate.n,
    )


def agresti_caffo_interval(
    baseline: Share, candidate: Share, *, confidence: float = 0.95
) -> Estimate:
    """The difference of two independent shares by Wald after one more success and failure in each.

    Agresti and Caffo (2000). `n` is the size of both groups together. Raises ValueError unless
    0 <= successes <= n and n > 0.
    """
    _known(baseline)
    _known(candidate)
    z = normal_quantile(two_sided(confidence))
    sizes = baseline.n + 2, candidate.n + 2
    before, after = (baseline.successes + 1) / sizes[0], (candidate.successes + 1) / sizes[1]
    half = z * sqrt(before * (1 - before) / sizes[0] + after * (1 - after) / sizes[1])
    return _difference(baseline, candidate, after - before - half, after - before + half)


def miettinen_nurminen_interval(
    baseline: Share, candidate: Share, *, confidence: float = 0.95
) -> Estimate:
    """The difference of two independent shares by inverting their score test.

    Miettinen and Nurminen (1985), with their variance factor N / (N - 1). `n` is the size of both
    groups together. Raises ValueError unless 0 <= successes <= n and n > 0.
    """
    _known(baseline)
    _known(candidate)
    z = normal_quantile(two_sided(confidence))
    estimate = candidate.successes / candidate.n - baseline.successes / baseline.n

    def score(difference: float) -> float:
        return _score(baseline, candidate, estimate, difference)

    low = where_it_falls_to(score, z, -1.0, estimate)
    high = where_it_falls_to(score, -z, estimate, 1.0)
    return _difference(baseline, candidate, low, high)


def where_it_falls_to(
    score: Callable[[float], float], level: float, start: float, end: float
) -> float:
    """Where a decreasing score reaches the level between start and end, or the nearer of them.

    Bisection, to 2^-50 of the distance: scores of shares jump to infinity at the bounds, which
    stops the faster methods.
    """
    for _ in range(50):
        middle = (start + end) / 2
        if score(middle) > level:
            start = middle
        else:
            end = middle
    return (start + end) / 2


def _score(baseline: Share, candidate: Share, estimate: float, difference: float) -> float:
    """How many standard errors the estimate lies above a supposed difference."""
    total = baseline.n + candidate.n
    before = _constrained(baseline, candidate, difference)
    after = before + difference
    variance = before * (1 - before) / baseline.n + after * (1 - after) / candidate.n
    variance *= total / (total - 1)
    distance = estimate - difference
    return distance / sqrt(variance) if variance > 0 else copysign(inf, distance)


def _constrained(baseline: Share, candidate: Share, difference: float) -> float:
    """The likeliest baseline share if the difference were so: a root of a cubic, in closed form."""
    (x, m), (y, n) = baseline, candidate
    total = m + n
    a = total
    b = (n + 2 * m) * difference - total - x - y
    c = (m * difference - total - 2 * x) * difference + x + y
    d = x * difference * (1 - difference)
    middle = b / (3 * a)
    q = middle**3 - b * c / (6 * a * a) + d / (2 * a)
    p = copysign(sqrt(max(0.0, middle**2 - c / (3 * a))), q)
    angle = (pi + acos(max(-1.0, min(1.0, q / p**3)))) / 3 if p else 0.0
    share = 2 * p * cos(angle) - middle
    return min(max(share, 0.0, -difference), 1.0, 1.0 - difference)


def _difference(baseline: Share, candidate: Share, low: float, high: float) -> Estimate:
    mean = candidate.successes / candidate.n - baseline.successes / baseline.n
    return Estimate(
        mean,
        max(-1.0, min(low, mean)),
        min(1.0, max(high, mean)),
        baseline.n + candidate.n,
    )


def _known(share: Share) -> Share:
    if not (0 <= share.successes <= share.n and share.n > 0):
        raise ValueError(
            f"a share needs 0 <= successes <= n and n > 0, not {share.successes} of {share.n}"
        )
    return share
