"""Differences between two periods, whose calls are different ones: unpaired, after minus before."""

from collections.abc import Sequence
from math import fsum

from app.analytics.series import Figures
from app.prompts.quality import Estimate
from app.statistics.estimates import rate_interval
from app.statistics.proportions import Share, newcombe_interval
from app.statistics.traffic import Arm, fixed_difference


def of_means(before: Sequence[float], after: Sequence[float]) -> Estimate | None:
    """Welch's interval; none where a period has fewer than two units, or nothing varies."""
    if not before or not after:
        return None
    difference = fsum(after) / len(after) - fsum(before) / len(before)
    n = len(before) + len(after)
    if min(len(before), len(after)) < 2:
        return Estimate(difference, None, n)
    return of_arms(_arm(before), _arm(after))


def of_arms(before: Arm, after: Arm) -> Estimate:
    found = fixed_difference(before, after)
    interval = (found.low, found.high) if found else None
    return Estimate(after.mean - before.mean, interval, before.n + after.n)


def of_errors(before: Figures, after: Figures) -> Estimate | None:
    """Of the shares of calls that failed: Newcombe's interval."""
    if not before.runs or not after.runs:
        return None
    found = newcombe_interval(Share(before.errors, before.runs), Share(after.errors, after.runs))
    return Estimate(found.mean, (found.low, found.high), found.n)


def error_rate(figures: Figures) -> Estimate | None:
    """The share of calls that failed: Wilson's interval."""
    found = rate_interval(figures.errors, figures.runs)
    return Estimate(found.mean, (found.low, found.high), found.n) if found else None


def _arm(values: Sequence[float]) -> Arm:
    """From the deviations: sums of squares would find a spread in equal values."""
    mean = fsum(values) / len(values)
    return Arm(mean, fsum((value - mean) ** 2 for value in values) / (len(values) - 1), len(values))
