"""Two versions on the same examples: how large the difference is, and whether it is chance.

A pair is one example's score under the baseline and under the candidate, each a mean over its
repeats; a difference is candidate minus baseline, so that below 0 is worse. Examples are matched
by position. All of it is the same for any order of the examples, and mirrored when baseline and
candidate change places.
"""

from collections.abc import Hashable, Sequence
from math import fsum, isfinite, sqrt
from typing import NamedTuple

from scipy import special

from app.statistics.clusters import clustered_interval, design_effect, some_shared
from app.statistics.estimates import Estimate, padded_interval, refuse_outside
from app.statistics.sign_flip import RESAMPLES, TIE, flip_p_values


class Outcomes(NamedTuple):
    """Pairs by what the candidate did: better, the same, worse; failing anew, failing no more."""

    wins: int
    ties: int
    losses: int
    new_failures: int
    fixed_failures: int


class PairedComparison(NamedTuple):
    """What the pairs say about candidate minus baseline.

    `lower_limit` is the one-sided limit at the confidence of `difference`: above minus a margin,
    the candidate is not worse by that margin. `p_worse` and `p_better` are one-sided sign-flip
    p-values, `p_more_failures` is McNemar's mid-p. `sd` is the standard deviation of the
    differences, None for a single pair. `unjudged` pairs lack a score on one side or both and
    count in nothing else. `design_effect` is how many times as many examples a question needs
    because they come in clusters: 1 where none shares its cluster.
    """

    n: int
    unjudged: int
    difference: Estimate
    lower_limit: float
    sd: float | None
    outcomes: Outcomes
    p_worse: float
    p_better: float
    p_more_failures: float
    design_effect: float = 1.0


class _Pair(NamedTuple):
    baseline: float
    candidate: float
    cluster: Hashable


def compare(
    baseline: Sequence[float | None],
    candidate: Sequence[float | None],
    *,
    seed: int,
    clusters: Sequence[Hashable] | None = None,
    failing_below: float = 0.5,
    confidence: float = 0.95,
) -> PairedComparison | None:
    """Compares scores in [0, 1] example by example; None when no pair was judged.

    A score of None was not judged and takes its pair out. `seed` makes the p-values
    reproducible. `clusters` has one label for each example. Where a cluster has several, the
    intervals are clustered, the sign-flip test flips a cluster as a whole, and McNemar's test,
    which takes pairs as independent, gives way to a sign-flip test of the failures. An example
    fails when its score is below `failing_below`. Raises ValueError for unequal lengths or a
    score outside [0, 1].
    """
    pairs = _judged(baseline, candidate, clusters)
    if not pairs:
        return None
    differences = [pair.candidate - pair.baseline for pair in pairs]
    labels = [pair.cluster for pair in pairs]
    shared = labels if some_shared(labels) else None
    outcomes = _count(pairs, failing_below)
    p_values = flip_p_values(differences, labels, seed=seed)
    return PairedComparison(
        n=len(pairs),
        unjudged=len(baseline) - len(pairs),
        difference=_interval(differences, confidence, shared),
        lower_limit=_interval(differences, 2 * confidence - 1, shared).low,
        sd=_standard_deviation(differences),
        outcomes=outcomes,
        p_worse=p_values.less,
        p_better=p_values.greater,
        p_more_failures=_p_more_failures(pairs, outcomes, failing_below, shared, seed),
        design_effect=design_effect(differences, labels) or 1.0,
    )


def difference_interval(
    differences: Sequence[float], *, confidence: float = 0.95
) -> Estimate | None:
    """The mean of differences in [-1, 1] with its pseudo-pair t interval; None for none.

    One difference of +1 and one of -1 are added before the t interval is taken, which for 0/1
    scores is the idea of Bonett and Price (2012). Raises ValueError for a difference outside
    [-1, 1].
    """
    return _interval(differences, confidence, None) if len(differences) else None


def sign_flip_p_less(
    differences: Sequence[float],
    *,
    seed: int,
    clusters: Sequence[Hashable] | None = None,
    resamples: int = RESAMPLES,
) -> float | None:
    """One-sided p-value for a mean difference below 0, by flipping signs; None for none.

    If neither version were better, each difference would be as likely to have the other sign
    (Fisher 1935). p is the share of sign patterns whose sum is no greater than the one observed:
    over all patterns for up to 14 differences other than 0, else (1 + hits) / (1 + resamples)
    over seeded random patterns and their mirror images. With `clusters`, one label for each
    difference, the signs of a cluster flip together. Raises ValueError for NaN or infinity.
    """
    if not len(differences):
        return None
    if not all(map(isfinite, differences)):
        raise ValueError("a difference is a finite number; leave out what was not judged")
    labels = range(len(differences)) if clusters is None else clusters
    _refuse_unequal(len(differences), len(labels))
    return flip_p_values(differences, labels, seed=seed, resamples=resamples).less


def mcnemar_mid_p(new_failures: int, fixed_failures: int) -> float:
    """One-sided mid-p of McNemar's test that the candidate fails more (Fagerland et al. 2013).

    With X binomial over the pairs that changed, half of them failing anew by chance:
    P(X >= new) - P(X = new) / 2. No pair changed: .5, evidence for neither side.
    Raises ValueError for a negative count.
    """
    if min(new_failures, fixed_failures) < 0:
        raise ValueError(f"failures are counted from 0, not {new_failures} and {fixed_failures}")
    changed = new_failures + fixed_failures
    at_least = special.bdtrc(new_failures - 1, changed, 0.5)
    more = special.bdtrc(new_failures, changed, 0.5)
    return float(at_least + more) / 2


def _judged(
    baseline: Sequence[float | None],
    candidate: Sequence[float | None],
    clusters: Sequence[Hashable] | None,
) -> list[_Pair]:
    labels = range(len(baseline)) if clusters is None else clusters
    _refuse_unequal(len(baseline), len(candidate), len(labels))
    pairs = [
        _Pair(before, after, label)
        for before, after, label in zip(baseline, candidate, labels, strict=True)
        if before is not None and after is not None
    ]
    refuse_outside((pair.baseline for pair in pairs), (0.0, 1.0))
    refuse_outside((pair.candidate for pair in pairs), (0.0, 1.0))
    return pairs


def _refuse_unequal(*lengths: int) -> None:
    if len(set(lengths)) > 1:
        listed = ", ".join(map(str, lengths))
        raise ValueError(f"scores and clusters have one entry for each example, not {listed}")


def _count(pairs: Sequence[_Pair], failing_below: float) -> Outcomes:
    limit = failing_below - TIE
    wins = sum(pair.candidate - pair.baseline > TIE for pair in pairs)
    losses = sum(pair.baseline - pair.candidate > TIE for pair in pairs)
    return Outcomes(
        wins=wins,
        ties=len(pairs) - wins - losses,
        losses=losses,
        new_failures=sum(pair.candidate < limit <= pair.baseline for pair in pairs),
        fixed_failures=sum(pair.baseline < limit <= pair.candidate for pair in pairs),
    )


def _interval(
    differences: Sequence[float], confidence: float, clusters: Sequence[Hashable] | None
) -> Estimate:
    if clusters is None:
        return padded_interval(differences, (-1.0, 1.0), confidence=confidence)
    clustered = clustered_interval(differences, clusters, confidence=confidence)
    assert clustered is not None  # there are differences
    return clustered


def _p_more_failures(
    pairs: Sequence[_Pair],
    outcomes: Outcomes,
    failing_below: float,
    clusters: Sequence[Hashable] | None,
    seed: int,
) -> float:
    if clusters is None:
        return mcnemar_mid_p(outcomes.new_failures, outcomes.fixed_failures)
    limit = failing_below - TIE
    passed = [float(pair.candidate >= limit) - float(pair.baseline >= limit) for pair in pairs]
    return flip_p_values(passed, clusters, seed=seed).less


def _standard_deviation(differences: Sequence[float]) -> float | None:
    n = len(differences)
    if n < 2:
        return None
    mean = fsum(differences) / n
    return sqrt(fsum((value - mean) ** 2 for value in differences) / (n - 1))
