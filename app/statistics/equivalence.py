"""No worse than a margin, or the same within one: what an interval says, and the t tests behind it.

The interval rules are those of the verdict; TOST stands beside them for readers who know it.
"""

from collections.abc import Sequence
from math import isfinite
from typing import NamedTuple

from app.statistics.estimates import Estimate
from app.statistics.secondary import paired_t


class Tost(NamedTuple):
    """Two one-sided paired t tests (Schuirmann 1987).

    `p_low` is against a true difference at or below the low end, `p_high` against one at or above
    the high end, `p` the larger of the two: equivalent at alpha where p <= alpha.
    """

    p_low: float
    p_high: float
    p: float


def non_inferior(lower_limit: float, *, margin: float) -> bool:
    """Whether the candidate is shown to be worse by less than the margin.

    `lower_limit` is the one-sided 95 % limit of candidate minus baseline, in the margin's unit.
    Raises ValueError for a margin that is not above 0.
    """
    return lower_limit > -_known(margin)


def equivalent(interval: Estimate, *, margin: float) -> bool:
    """Whether the versions are shown to differ by less than the margin, either way.

    `interval` is the two-sided 90 % interval of the difference: each of its ends is a one-sided
    95 % limit. Raises ValueError for a margin that is not above 0.
    """
    return -_known(margin) < interval.low <= interval.high < margin


def tost(differences: Sequence[float], *, low: float, high: float) -> Tost | None:
    """Whether the mean difference lies between low and high, by two paired t tests.

    None for fewer than two differences, or where all are equal and the t test has no scale.
    Raises ValueError unless low < high.
    """
    if not low < high:
        raise ValueError(f"an equivalence range goes from low to high, not from {low} to {high}")
    below = paired_t([high - value for value in differences])
    above = paired_t([value - low for value in differences])
    if below is None or above is None:
        return None
    p_low, p_high = above.p_greater, below.p_greater
    return Tost(p_low, p_high, max(p_low, p_high))


def _known(margin: float) -> float:
    if not (isfinite(margin) and margin > 0):
        raise ValueError(f"a margin is above 0, not {margin}")
    return margin
