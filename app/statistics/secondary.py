"""Tests that readers expect to see beside the verdict, and that do not decide it.

The t test relies on a normal mean, which few examples near a perfect score do not have. Wilcoxon's
asks about the pseudo-median, not the mean, and the ties of judges' scores weaken it.
"""

from collections.abc import Sequence
from math import fsum, isfinite, sqrt
from typing import Literal, NamedTuple

from scipy import special

from app.statistics.estimates import Estimate, t_quantile, two_sided


class PairedT(NamedTuple):
    """Student's paired t test: its statistic and p-values, the plain t interval of the mean."""

    t: float
    p_two_sided: float
    p_less: float
    p_greater: float
    interval: Estimate


class Wilcoxon(NamedTuple):
    """The signed-rank statistic, the smaller of the two rank sums, and its two-sided p."""

    statistic: float
    p: float


def paired_t(differences: Sequence[float], *, confidence: float = 0.95) -> PairedT | None:
    """The t test of a mean difference of 0, in the unit of the differences.

    None for fewer than two differences, or where all are equal and the t test has no scale.
    Raises ValueError for NaN or infinity.
    """
    _refuse_unknown(differences)
    n = len(differences)
    if n < 2 or max(differences) - min(differences) < 1e-12:
        return None
    mean = fsum(differences) / n
    error = sqrt(fsum((value - mean) ** 2 for value in differences) / (n - 1) / n)
    t = mean / error
    less = float(special.stdtr(n - 1, t))
    greater = float(special.stdtr(n - 1, -t))
    half = t_quantile(two_sided(confidence), n - 1) * error
    interval = Estimate(mean, mean - half, mean + half, n)
    return PairedT(t, 2.0 * min(less, greater), less, greater, interval)


def wilcoxon_pratt(
    differences: Sequence[float], *, method: Literal["auto", "exact", "asymptotic"] = "auto"
) -> Wilcoxon | None:
    """Wilcoxon's signed-rank test with Pratt's treatment of zeros (1959), by SciPy.

    `auto` allows for ties, `exact` presumes that there are none. Differences that are equal but
    for rounding count as different. None where every difference is 0. Raises ValueError for NaN
    or infinity.
    """
    from scipy import stats  # noqa: PLC0415 - half a second, for a secondary figure

    _refuse_unknown(differences)
    if not any(differences):
        return None
    found = stats.wilcoxon(list(differences), zero_method="pratt", method=method)
    return Wilcoxon(float(found.statistic), float(found.pvalue))


def _refuse_unknown(differences: Sequence[float]) -> None:
    if not all(map(isfinite, differences)):
        raise ValueError("a difference is a finite number; leave out what was not judged")
