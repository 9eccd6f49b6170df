"""Two versions on the same examples: how large the difference is, and whether it is chance.

A pair is one example's score under the baseline and under the candidate, each a mean over its
repeats; a difference is candidate minus baseline, so that below 0 is worse. Examples are matched
by position. All of it is the same for any order of the examples, and mirrored when baseline and
candidate change places.
"""

from collections import defaultdict
from collections.abc import Hashable, Iterator, Sequence
from math import fsum, isfinite, sqrt
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import special

from app.statistics.estimates import Estimate, padded_interval, refuse_outside

# Scores are means of repeats and shares of claims: .1 + .2 against .3 is a tie, not a loss.
TIE = 1e-12

EXACT_UP_TO = 14  # 2^14 sign patterns cost a millisecond
RESAMPLES = 10_000
CELLS = 2**20  # signs drawn at a time: 9 MiB, whatever the number of examples


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
    count in nothing else.
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
    reproducible. `clusters` has one label for each example; the sign-flip test flips a cluster
    as a whole, the intervals take examples as independent. An example fails when its score is
    below `failing_below`. Raises ValueError for unequal lengths or a score outside [0, 1].
    """
    pairs = _judged(baseline, candidate, clusters)
    if not pairs:
        return None
    differences = [pair.candidate - pair.baseline for pair in pairs]
    mirrored = [-difference for difference in differences]
    labels = [pair.cluster for pair in pairs]
    outcomes = _count(pairs, failing_below)
    return PairedComparison(
        n=len(pairs),
        unjudged=len(baseline) - len(pairs),
        difference=_interval(differences, confidence),
        lower_limit=_interval(differences, 2 * confidence - 1).low,
        sd=_standard_deviation(differences),
        outcomes=outcomes,
        p_worse=_p_less(differences, labels, seed, RESAMPLES),
        p_better=_p_less(mirrored, labels, seed, RESAMPLES),
        p_more_failures=mcnemar_mid_p(outcomes.new_failures, outcomes.fixed_failures),
    )


def difference_interval(
    differences: Sequence[float], *, confidence: float = 0.95
) -> Estimate | None:
    """The mean of differences in [-1, 1] with its pseudo-pair t interval; None for none.

    One difference of +1 and one of -1 are added before the t interval is taken, which for 0/1
    scores is the idea of Bonett and Price (2012). Raises ValueError for a difference outside
    [-1, 1].
    """
    return _interval(differences, confidence) if len(differences) else None


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
    over seeded random patterns. With `clusters`, one label for each difference, the signs of a
    cluster flip together. Raises ValueError for NaN or infinity.
    """
    if not len(differences):
        return None
    if not all(map(isfinite, differences)):
        raise ValueError("a difference is a finite number; leave out what was not judged")
    labels = range(len(differences)) if clusters is None else clusters
    _refuse_unequal(len(differences), len(labels))
    return _p_less(differences, labels, seed, resamples)


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


def _interval(differences: Sequence[float], confidence: float) -> Estimate:
    return padded_interval(differences, (-1.0, 1.0), confidence=confidence)


def _standard_deviation(differences: Sequence[float]) -> float | None:
    n = len(differences)
    if n < 2:
        return None
    mean = fsum(differences) / n
    return sqrt(fsum((value - mean) ** 2 for value in differences) / (n - 1))


def _p_less(
    differences: Sequence[float], labels: Sequence[Hashable], seed: int, resamples: int
) -> float:
    flipping = _cluster_sums(differences, labels)
    # Flipping some of the differences takes twice their sum off the total, so a pattern's sum is
    # no greater than the one observed just when the flipped differences sum to 0 or more.
    almost_zero = -1e-9 * float(np.abs(flipping).sum())
    if len(flipping) <= EXACT_UP_TO:
        return float(np.mean(_subset_sums(flipping) >= almost_zero))
    draws = _random_subset_sums(flipping, seed, resamples)
    hits = sum(int(np.count_nonzero(sums >= almost_zero)) for sums in draws)
    return (1 + hits) / (1 + resamples)


def _cluster_sums(differences: Sequence[float], labels: Sequence[Hashable]) -> NDArray[np.float64]:
    """Sums by cluster other than 0, sorted so that the draws do not depend on the order given."""
    members: defaultdict[Hashable, list[float]] = defaultdict(list)
    for difference, label in zip(differences, labels, strict=True):
        members[label].append(difference)
    sums = [fsum(cluster) for cluster in members.values()]
    return np.asarray(sorted(value for value in sums if abs(value) > TIE), dtype=np.float64)


def _subset_sums(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """The sums of all 2^n subsets."""
    sums = np.zeros(1)
    for value in values:
        sums = np.concatenate((sums, sums + value))
    return sums


def _random_subset_sums(
    values: NDArray[np.float64], seed: int, resamples: int
) -> Iterator[NDArray[np.float64]]:
    """The sums of random subsets, some thousands at a time; each value is in by a fair coin."""
    coins = np.random.default_rng(seed)
    at_once = max(1, CELLS // len(values))
    for start in range(0, resamples, at_once):
        rows = min(at_once, resamples - start)
        yield coins.integers(0, 2, size=(rows, len(values)), dtype=np.int8) @ values
