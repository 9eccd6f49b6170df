"""Means and rates with their intervals. Nothing judged is None, never 0."""

from collections.abc import Iterable, Sequence
from math import fsum, inf, sqrt
from typing import NamedTuple

import numpy as np
from scipy import special


class Estimate(NamedTuple):
    """A mean or a rate, the ends of its two-sided interval, and how many were judged.

    All three numbers have the unit of what was averaged: scores and rates lie in [0, 1],
    differences of scores in [-1, 1].
    """

    mean: float
    low: float
    high: float
    n: int


def mean_interval(scores: Iterable[float], *, confidence: float = 0.95) -> Estimate | None:
    """The mean of scores in [0, 1] with its plus-four t interval; None for no scores.

    Two scores of 0 and two of 1 are added before the t interval is taken, as Agresti and Coull
    (1998) do for proportions. It keeps its coverage near a perfect score, where the plain t
    interval and the bootstrap lose theirs. One score alone says nothing: [0, 1].
    Raises ValueError for a score that is no number from 0 to 1.
    """
    judged = list(scores)
    if not judged:
        return None
    return padded_interval(judged, (0.0, 0.0, 1.0, 1.0), confidence=confidence)


def rate_interval(count: int, n: int, *, confidence: float = 0.95) -> Estimate | None:
    """The share `count` of `n` with its Wilson score interval (Wilson 1927); None for n = 0.

    Raises ValueError unless 0 <= count <= n.
    """
    if not 0 <= count <= n:
        raise ValueError(f"a rate needs 0 <= count <= n, not {count} of {n}")
    z = normal_quantile(two_sided(confidence))
    if n == 0:
        return None
    rate = count / n
    centre = (count + z * z / 2) / (n + z * z)
    half = z / (n + z * z) * sqrt(count * (n - count) / n + z * z / 4)
    return _within(rate, centre - half, centre + half, n, bounds=(0.0, 1.0))


def padded_interval(
    values: Sequence[float], padding: Sequence[float], *, confidence: float
) -> Estimate:
    """The mean of at least one bounded value, with a t interval over values and padding together.

    The least and the greatest padding are the bounds of a value and of the interval. With N
    values in all, m and s their mean and standard deviation: m ± t(n - 1) · s / √N, cut at the
    bounds and, at confidence below about .85, widened to hold the plain mean.
    """
    bounds = min(padding), max(padding)
    refuse_outside(values, bounds)
    padded = [*values, *padding]
    n, size = len(values), len(padded)
    # fsum rounds once, so that the order of the examples cannot change a verdict
    centre = fsum(padded) / size
    variance = fsum(np.square(np.asarray(padded) - centre).tolist()) / (size - 1)
    half = t_quantile(two_sided(confidence), n - 1) * sqrt(variance / size)
    return _within(fsum(values) / n, centre - half, centre + half, n, bounds=bounds)


def two_sided(confidence: float) -> float:
    """The upper quantile of a two-sided interval: .975 for .95."""
    if not 0.0 < confidence < 1.0:
        raise ValueError(f"confidence lies between 0 and 1, not at {confidence}")
    return (1.0 + confidence) / 2.0


def normal_quantile(probability: float) -> float:
    """The standard normal quantile."""
    return float(special.ndtri(probability))


def t_quantile(probability: float, degrees_of_freedom: int) -> float:
    """Student's t quantile above the median; infinite without degrees of freedom."""
    return float(special.stdtrit(degrees_of_freedom, probability)) if degrees_of_freedom else inf


def refuse_outside(values: Iterable[float], bounds: tuple[float, float]) -> None:
    """Raises ValueError for a value outside the bounds, for NaN and for infinity."""
    low, high = bounds
    found = np.fromiter(values, float)
    outside = found[~((low <= found) & (found <= high))]  # NaN fails both comparisons
    if outside.size:
        raise ValueError(f"a value lies between {low:g} and {high:g}, not at {outside[0]}")


def _within(
    mean: float, low: float, high: float, n: int, *, bounds: tuple[float, float]
) -> Estimate:
    least, greatest = bounds
    return Estimate(mean, max(least, min(low, mean)), min(greatest, max(high, mean)), n)
