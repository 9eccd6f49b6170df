"""The decision on one candidate: worse, within its margins, or unknown, from paired differences.

All metrics here are turned so that below 0 is worse. *Worse* is tested in one Holm family over
everything that may block. *Within* asks every metric to be no worse than its margin and needs no
correction: an intersection-union test (Berger 1982). Neither is an answer too: unknown.
"""

from collections.abc import Sequence
from math import sqrt
from typing import NamedTuple

from app.statistics.estimates import t_quantile
from app.statistics.multiplicity import holm
from app.statistics.paired import PairedComparison
from app.statistics.power import minimum_detectable_difference, required_examples

PSEUDO_PAIRS = 2  # one of +1 and one of -1, added to every interval of a difference
ENOUGH = 1_000_000  # where the search for a number of examples ends


class Metric(NamedTuple):
    """What the pairs say about one metric; differences in [-1, 1], below 0 is worse.

    `lower_limit` is one-sided at 1 - alpha, `sd` the standard deviation of the differences,
    `design_effect` how many times as many examples a question needs because they come in clusters.
    """

    name: str
    n: int
    difference: float
    lower_limit: float
    sd: float
    p_worse: float
    design_effect: float = 1.0


class Finding(NamedTuple):
    """One metric's part in the decision.

    `detectable` is the smallest true drop that n examples would show with 80 % power, None without
    spread; `needed` how many examples a candidate without any drop needs to be shown within the
    margin.
    """

    adjusted_p: float
    worse: bool
    within: bool
    detectable: float | None
    needed: int


def score_metric(name: str, compared: PairedComparison) -> Metric:
    """A mean of scores, tested by flipping signs."""
    return Metric(
        name,
        compared.n,
        compared.difference.mean,
        compared.lower_limit,
        compared.sd or 0.0,
        compared.p_worse,
        compared.design_effect,
    )


def failure_metric(name: str, compared: PairedComparison) -> Metric:
    """The share of examples that pass, from a comparison of 0/1 flags; tested as failures are."""
    return score_metric(name, compared)._replace(p_worse=compared.p_more_failures)


def adjust(families: Sequence[Sequence[Metric]]) -> list[list[float]]:
    """Holm's adjusted p-values over all metrics of all candidates, in the order given."""
    adjusted = iter(holm([metric.p_worse for family in families for metric in family]))
    return [[next(adjusted) for _ in family] for family in families]


def decide(
    metrics: Sequence[Metric],
    adjusted: Sequence[float],
    margins: Sequence[float],
    *,
    alpha: float = 0.05,
    floor: float = 0.01,
) -> list[Finding]:
    """One finding for each metric.

    *Worse*: the adjusted p-value is at most `alpha` and the drop at least `floor`, below which a
    real difference matters to nobody. *Within*: the lower limit is above minus the margin.
    Raises ValueError unless metrics, p-values and margins have one entry each.
    """
    return [
        Finding(
            adjusted_p=p_value,
            worse=p_value <= alpha and metric.difference <= -floor,
            within=metric.lower_limit > -margin,
            detectable=minimum_detectable_difference(_spread(metric), metric.n, alpha=alpha),
            needed=examples_needed(_spread(metric), margin, alpha=alpha),
        )
        for metric, p_value, margin in zip(metrics, adjusted, margins, strict=True)
    ]


def _spread(metric: Metric) -> float:
    return metric.sd * sqrt(metric.design_effect)


def examples_needed(sd: float, margin: float, *, alpha: float = 0.05) -> int:
    """Examples with which a candidate that is no worse is shown within the margin.

    The larger of Miller's n at 80 % power and the least n at which the pseudo-pairs alone leave
    room below the margin: even without any spread, few examples prove nothing.
    """
    low, high = 2, 4
    while high < ENOUGH and _half_width(high, alpha) >= margin:
        low, high = high, high * 2
    while low < high:
        middle = (low + high) // 2
        low, high = (middle + 1, high) if _half_width(middle, alpha) >= margin else (low, middle)
    return max(low, required_examples(sd, margin, alpha=alpha) or 0)


def _half_width(n: int, alpha: float) -> float:
    """The one-sided reach of the pseudo-pair interval for n ties."""
    size = n + PSEUDO_PAIRS
    return t_quantile(1 - alpha, n - 1) * sqrt(PSEUDO_PAIRS / (size - 1) / size)
