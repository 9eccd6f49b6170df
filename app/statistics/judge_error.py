"""What a judge's verdicts are worth against people's, and rates corrected for the judge's errors.

The labelled examples must be a random part of all: correcting with the flagged ones alone is no
correction. The estimate to show is `corrected_mean`; Rogan and Gladen's falls apart where
sensitivity and specificity add up to little more than 1.
"""

from collections.abc import Sequence
from math import fsum, sqrt
from typing import NamedTuple

import numpy as np

from app.statistics.estimates import (
    Estimate,
    normal_quantile,
    rate_interval,
    refuse_outside,
    two_sided,
)

INFORMATIVE = 0.5  # sensitivity + specificity - 1; below, the correction's interval is useless
ENOUGH_OF_EACH = 20  # people's labels of either kind


class JudgeErrors(NamedTuple):
    """The judge's verdicts against people's labels, counted; positive is what is looked for.

    Such as hallucinated, or failed.
    """

    true_positives: int
    false_negatives: int
    false_positives: int
    true_negatives: int

    @property
    def positives(self) -> int:
        return self.true_positives + self.false_negatives

    @property
    def negatives(self) -> int:
        return self.false_positives + self.true_negatives

    def sensitivity(self, *, confidence: float = 0.95) -> Estimate | None:
        """The share of true positives the judge finds, with Wilson's interval; None without any."""
        return rate_interval(self.true_positives, self.positives, confidence=confidence)

    def specificity(self, *, confidence: float = 0.95) -> Estimate | None:
        """The share of true negatives the judge leaves alone; None without any."""
        return rate_interval(self.true_negatives, self.negatives, confidence=confidence)


class CorrectedMean(NamedTuple):
    """A mean corrected by people's labels, and how much weight the judge had: 0 none, 1 full."""

    estimate: Estimate
    judge_weight: float


class CorrectedRate(NamedTuple):
    """Rogan and Gladen's rate, and whether it may be shown."""

    estimate: Estimate
    may_be_shown: bool


def judge_errors(judge: Sequence[bool], human: Sequence[bool]) -> JudgeErrors:
    """Counts the judge's verdicts by people's labels of the same examples.

    Raises ValueError for unequal lengths.
    """
    _refuse_unequal(judge, human)
    pairs = list(zip(judge, human, strict=True))
    return JudgeErrors(
        true_positives=sum(said and true for said, true in pairs),
        false_negatives=sum(true and not said for said, true in pairs),
        false_positives=sum(said and not true for said, true in pairs),
        true_negatives=sum(not said and not true for said, true in pairs),
    )


def corrected_mean(
    human: Sequence[float],
    judge_on_labelled: Sequence[float],
    judge_elsewhere: Sequence[float],
    *,
    judge_weight: float | None = None,
    confidence: float = 0.95,
) -> CorrectedMean | None:
    """The mean that people would have given all examples: PPI++ (Angelopoulos et al. 2023).

    mean(human) + w · (mean(judge elsewhere) - mean(judge on labelled)), scores in [0, 1]. With w
    tuned to the data, the default, it is asymptotically never worse than people's labels alone;
    w = 1 trusts the judge fully (prediction-powered inference). The interval is normal and cut at
    [0, 1]; `n` counts people's labels. None for fewer than two of them or no other examples.
    Raises ValueError for unequal lengths, a score outside [0, 1] or a weight outside it.
    """
    _refuse_unequal(human, judge_on_labelled)
    for scores in (human, judge_on_labelled, judge_elsewhere, [judge_weight or 0.0]):
        refuse_outside(scores, (0.0, 1.0))
    n, more = len(human), len(judge_elsewhere)
    if n < 2 or not more:
        return None
    true = np.asarray(human, dtype=np.float64)
    said = np.asarray(judge_on_labelled, dtype=np.float64)
    other = np.asarray(judge_elsewhere, dtype=np.float64)
    if judge_weight is None:
        spread = (1 + n / more) * float(np.var(np.concatenate((said, other)), ddof=1))
        shared = float(np.mean((true - true.mean()) * (said - said.mean())))
        judge_weight = min(1.0, max(0.0, shared / spread)) if spread else 0.0
    mean = float(true.mean() + judge_weight * (other.mean() - said.mean()))
    error = sqrt(np.var(true - judge_weight * said) / n + judge_weight**2 * np.var(other) / more)
    half = normal_quantile(two_sided(confidence)) * error
    mean, low, high = (min(1.0, max(0.0, end)) for end in (mean, mean - half, mean + half))
    return CorrectedMean(Estimate(mean, low, high, n), judge_weight)


def rogan_gladen_rate(rate: float, *, sensitivity: float, specificity: float) -> float | None:
    """The true rate behind the judge's: (rate + specificity - 1) / (sensitivity + specificity - 1).

    Rogan and Gladen (1978); not cut at [0, 1]. None for a judge no better than chance. Raises
    ValueError for what is no share.
    """
    refuse_outside((rate, sensitivity, specificity), (0.0, 1.0))
    informative = sensitivity + specificity - 1
    return (rate + specificity - 1) / informative if informative > 1e-12 else None


def rogan_gladen(
    errors: JudgeErrors, positives: int, n: int, *, confidence: float = 0.95
) -> CorrectedRate | None:
    """The judge's `positives` of `n` unlabelled examples, corrected for its measured errors.

    The estimate is cut at [0, 1]. Its interval is normal around the estimate from smoothed shares,
    z² / 2 added to both outcomes of the judge's rate and 1 to those of sensitivity and specificity,
    with variance [p(1-p)/n + (1-θ)² q0(1-q0)/m0 + θ² q1(1-q1)/m1] / (q0+q1-1)². It may be shown
    where sensitivity + specificity - 1 is at least .5 and there are 20 labels of either kind. None
    for a judge no better than chance, without labels of either kind, or for n = 0. Raises
    ValueError unless 0 <= positives <= n.
    """
    known = rate_interval(positives, n)
    sensitivity, specificity = errors.sensitivity(), errors.specificity()
    if known is None or sensitivity is None or specificity is None:
        return None
    rate = rogan_gladen_rate(known.mean, sensitivity=sensitivity.mean, specificity=specificity.mean)
    z = normal_quantile(two_sided(confidence))
    size, found, spared = n + z * z, errors.positives + 2, errors.negatives + 2
    p = (positives + z * z / 2) / size
    q1, q0 = (errors.true_positives + 1) / found, (errors.true_negatives + 1) / spared
    centre = rogan_gladen_rate(p, sensitivity=q1, specificity=q0)
    if rate is None or centre is None:
        return None
    centre = min(1.0, max(0.0, centre))
    variance = fsum(
        (
            p * (1 - p) / size,
            (1 - centre) ** 2 * q0 * (1 - q0) / spared,
            centre**2 * q1 * (1 - q1) / found,
        )
    )
    half = z * sqrt(variance) / (q0 + q1 - 1)
    rate = min(1.0, max(0.0, rate))
    estimate = Estimate(
        rate, max(0.0, min(centre - half, rate)), min(1.0, max(centre + half, rate)), n
    )
    informative = sensitivity.mean + specificity.mean - 1
    enough = min(errors.positives, errors.negatives) >= ENOUGH_OF_EACH
    return CorrectedRate(estimate, informative >= INFORMATIVE and enough)


def _refuse_unequal(one: Sequence[object], other: Sequence[object]) -> None:
    if len(one) != len(other):
        raise ValueError(
            f"judge and people have one entry for each labelled example, "
            f"not {len(one)} and {len(other)}"
        )
