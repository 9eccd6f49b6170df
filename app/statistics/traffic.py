"""Two prompts on live traffic: whether the split is sound, and how the arms differ.

The arms are independent and a unit is a user. Differences are candidate minus baseline, or that
over the baseline's mean. The sequential interval may be looked at every day, the fixed one once.
"""

from collections.abc import Sequence
from math import fsum, hypot, isfinite, sqrt
from typing import NamedTuple

from scipy import special

from app.statistics import confidence_sequence
from app.statistics.estimates import two_sided
from app.statistics.proportions import Share

PLANNED = 5_000  # units in both arms together at which the sequence is narrowest
SPLIT_ALPHA = 0.001  # a check that runs every day must not cry wolf
ENOUGH_PER_ARM = 100
ENOUGH_OF_EACH = 10  # outcomes of either kind, in each arm


class SplitCheck(NamedTuple):
    """Whether as many units came to each arm as were sent there; if not, no result is to be shown.

    `sound` is p >= .001 of a chi-square test.
    """

    statistic: float
    p: float
    sound: bool


class Arm(NamedTuple):
    """The mean of one arm, the variance of one unit around it, and the number of units."""

    mean: float
    variance: float
    n: int


class ArmDifference(NamedTuple):
    """The difference of two arms with its interval, standard error and two-sided p-value."""

    difference: float
    low: float
    high: float
    standard_error: float
    p: float


def split_check(counts: Sequence[int], weights: Sequence[float]) -> SplitCheck | None:
    """The sample-ratio check: units seen in each arm against the shares they were to get.

    None before the first unit. Raises ValueError for negative counts, weights that are not above
    0, or fewer than two arms.
    """
    if len(counts) != len(weights) or len(counts) < 2:
        raise ValueError(f"each of two arms or more has a count and a weight: {counts}, {weights}")
    if min(counts) < 0 or min(weights) <= 0:
        raise ValueError(f"counts start at 0 and weights are above it: {counts}, {weights}")
    total, weight = sum(counts), fsum(weights)
    if not total:
        return None
    expected = [total * share / weight for share in weights]
    statistic = fsum((seen - due) ** 2 / due for seen, due in zip(counts, expected, strict=True))
    p = float(special.chdtrc(len(counts) - 1, statistic))
    return SplitCheck(statistic, p, p >= SPLIT_ALPHA)


def share_arm(share: Share) -> Arm:
    """An arm whose units succeed or do not. Raises ValueError unless 0 <= successes <= n, n > 0."""
    successes, n = share
    if not (0 <= successes <= n and n > 0):
        raise ValueError(f"a share needs 0 <= successes <= n and n > 0, not {successes} of {n}")
    return Arm(successes / n, successes / n * (1 - successes / n), n)


def mean_arm(total: float, squares: float, n: int) -> Arm:
    """An arm from the sum of its units' values, the sum of their squares, and their number.

    Raises ValueError for fewer than two units.
    """
    if n < 2:
        raise ValueError(f"a variance needs two units, not {n}")
    return Arm(total / n, max(0.0, (squares - total * total / n) / (n - 1)), n)


def ratio_arm(numerators: Sequence[float], denominators: Sequence[float]) -> Arm:
    """An arm whose units bring several events each: ΣY / ΣX, such as thumbs per conversation.

    One entry for each unit. The variance is the delta method's, (var Y - 2R cov(Y, X) + R² var X)
    / X̄² (Deng et al. 2018). Raises ValueError for unequal lengths, fewer than two units, or
    denominators that sum to 0.
    """
    n = len(numerators)
    if n != len(denominators) or n < 2:
        raise ValueError(f"a ratio needs two units with both numbers: {n}, {len(denominators)}")
    if not fsum(denominators) > 0:
        raise ValueError("a ratio needs a denominator above 0")
    ratio = fsum(numerators) / fsum(denominators)
    mean = fsum(denominators) / n
    strayed = [y - ratio * x for y, x in zip(numerators, denominators, strict=True)]
    # their mean is 0, and var Y - 2R cov + R² var X is the variance of Y - RX
    return Arm(ratio, fsum(part * part for part in strayed) / (n - 1) / mean**2, n)


def fixed_difference(
    baseline: Arm, candidate: Arm, *, relative: bool = False, confidence: float = 0.95
) -> ArmDifference | None:
    """For a single look at the planned end: Welch's t interval and test.

    A relative difference has the delta method's standard error. None for an arm of fewer than two
    units, for arms without any spread, and for a relative difference from a mean of 0.
    """
    found = _difference(baseline, candidate, relative=relative)
    if found is None:
        return None
    difference, error = found
    freedom = _welch(baseline, candidate)
    half = float(special.stdtrit(freedom, two_sided(confidence))) * error
    p = 2.0 * float(special.stdtr(freedom, -abs(difference) / error))
    return ArmDifference(difference, difference - half, difference + half, error, p)


def sequential_difference(
    baseline: Arm,
    candidate: Arm,
    *,
    relative: bool = False,
    confidence: float = 0.95,
    planned: int = PLANNED,
) -> ArmDifference | None:
    """For looking whenever one likes: the asymptotic confidence sequence, two-sided.

    `planned` is the size of both arms together at which it is narrowest. None as in
    `fixed_difference`.
    """
    found = _difference(baseline, candidate, relative=relative)
    if found is None:
        return None
    difference, error = found
    n, alpha = baseline.n + candidate.n, 2 * (1 - two_sided(confidence))
    variance = error * error * n
    half = confidence_sequence.half_width(variance, n, planned=planned, alpha=alpha)
    p = confidence_sequence.p_value(difference, variance, n, planned=planned, alpha=alpha)
    return ArmDifference(difference, difference - half, difference + half, error, p)


def harm_p_value(
    baseline: Arm, candidate: Arm, *, planned: int = PLANNED, alpha: float = 0.05
) -> float | None:
    """The one-sided sequential p-value that the candidate's mean is lower: stop at alpha or below.

    It holds at every look. None as in `fixed_difference`.
    """
    found = _difference(baseline, candidate, relative=False)
    if found is None:
        return None
    difference, error = found
    n = baseline.n + candidate.n
    return confidence_sequence.one_sided_p_value(
        difference, error * error * n, n, planned=planned, alpha=alpha
    )


def enough_to_decide(baseline: Share, candidate: Share) -> bool:
    """Whether the sequence's approximation may be relied on; before that, show Newcombe's interval.

    At least 100 units in each arm and 10 of each outcome in each.
    """
    return all(
        arm.n >= ENOUGH_PER_ARM and min(arm.successes, arm.n - arm.successes) >= ENOUGH_OF_EACH
        for arm in (baseline, candidate)
    )


def _difference(baseline: Arm, candidate: Arm, *, relative: bool) -> tuple[float, float] | None:
    """The difference and its standard error."""
    if min(baseline.n, candidate.n) < 2 or (relative and not baseline.mean):
        return None
    errors = sqrt(baseline.variance / baseline.n), sqrt(candidate.variance / candidate.n)
    difference = candidate.mean - baseline.mean
    if relative:
        difference /= baseline.mean
        errors = errors[0] * candidate.mean / baseline.mean**2, errors[1] / baseline.mean
    error = hypot(*errors)
    if not isfinite(difference + error):
        raise ValueError(f"an arm's mean and variance are finite: {baseline}, {candidate}")
    return (difference, error) if error else None


def _welch(baseline: Arm, candidate: Arm) -> float:
    """Welch and Satterthwaite's degrees of freedom."""
    one, other = baseline.variance / baseline.n, candidate.variance / candidate.n
    return (one + other) ** 2 / (one**2 / (baseline.n - 1) + other**2 / (candidate.n - 1))
