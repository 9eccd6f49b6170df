"""What the pairs nobody could judge might have said."""

from collections.abc import Sequence
from math import fsum
from typing import NamedTuple

from app.statistics.estimates import refuse_outside


class Bounds(NamedTuple):
    """The least and the greatest value that the missing scores allow."""

    low: float
    high: float


def missing_bounds(
    baseline: Sequence[float | None], candidate: Sequence[float | None]
) -> Bounds | None:
    """The mean difference over all examples, had every missing score been the worst or the best.

    Candidate minus baseline of scores in [0, 1], matched by position; None was not judged. The low
    end sets the candidate's missing scores to 0 and the baseline's to 1, the high end the other
    way round (Manski 1989): bounds without any assumption on why scores are missing, and without
    sampling error. None for no examples. Raises ValueError for unequal lengths or a score outside
    [0, 1].
    """
    if len(baseline) != len(candidate):
        raise ValueError(
            f"scores have one entry for each example, not {len(baseline)} and {len(candidate)}"
        )
    for scores in (baseline, candidate):
        refuse_outside((score for score in scores if score is not None), (0.0, 1.0))
    if not baseline:
        return None
    n = len(baseline)
    worst = fsum([*_filled(candidate, 0.0), *(-score for score in _filled(baseline, 1.0))])
    best = fsum([*_filled(candidate, 1.0), *(-score for score in _filled(baseline, 0.0))])
    return Bounds(worst / n, best / n)


def _filled(scores: Sequence[float | None], missing: float) -> list[float]:
    return [missing if score is None else score for score in scores]
