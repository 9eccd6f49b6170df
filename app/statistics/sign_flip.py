"""The sign-flip test: were neither version better, each difference might have its other sign.

Only the sizes of the differences are flipped, and every pattern of signs counts together with its
mirror image. So one set of patterns serves both directions, and exchanging the versions exchanges
the two p-values to the last bit. Eight sizes share a table of their 256 signed sums and one random
byte picks from it, which is eight times fewer additions than flipping one by one.
"""

from collections import defaultdict
from collections.abc import Hashable, Sequence
from math import fsum
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

# Scores are means of repeats and shares of claims: .1 + .2 against .3 is a tie, not a loss.
TIE = 1e-12

EXACT_UP_TO = 14  # 2^14 sign patterns cost a fifth of a millisecond
RESAMPLES = 10_000
AT_ONCE = 2**20  # random bytes drawn at a time: 1 MiB, whatever the number of examples

BITS = np.unpackbits(np.arange(256, dtype=np.uint8)[None, :], axis=0).astype(np.float64)
SIGNS = 2.0 * BITS - 1.0  # 8 × 256: all the signs of eight sizes


class FlipPValues(NamedTuple):
    """One-sided p-values for a mean difference below 0 and above 0."""

    less: float
    greater: float


def flip_p_values(
    differences: Sequence[float],
    labels: Sequence[Hashable],
    *,
    seed: int,
    resamples: int = RESAMPLES,
) -> FlipPValues:
    """Both one-sided p-values of the sign-flip test (Fisher 1935).

    `labels` has one label for each difference; the signs of a cluster flip together. Each p is the
    share of sign patterns whose sum lies as far out as the one observed: over all patterns for up
    to 14 clusters whose sum is not 0, else (1 + hits) / (1 + resamples) over half as many seeded
    random patterns and their mirror images. The same for any order of the differences.
    """
    flipping = _cluster_sums(differences, labels)
    observed = fsum(flipping)
    sizes = np.sort(np.abs(np.asarray(flipping, dtype=np.float64)))
    # Sums that differ by rounding alone are equal, or a score of .1 would never tie.
    rounding = 1e-9 * float(sizes.sum())
    if len(sizes) <= EXACT_UP_TO:
        sums = _all_sums(sizes)
        return FlipPValues(
            less=float(np.mean(sums <= observed + rounding)),
            greater=float(np.mean(sums >= observed - rounding)),
        )
    sums = _random_sums(sizes, seed, (resamples + 1) // 2)
    drawn = 2 * len(sums)
    return FlipPValues(
        less=(1 + _with_mirrors(sums, observed + rounding)) / (1 + drawn),
        greater=(1 + _with_mirrors(sums, rounding - observed)) / (1 + drawn),
    )


def _cluster_sums(differences: Sequence[float], labels: Sequence[Hashable]) -> list[float]:
    """The sums by cluster that are not 0: flipping a 0 changes nothing."""
    members: defaultdict[Hashable, list[float]] = defaultdict(list)
    for difference, label in zip(differences, labels, strict=True):
        members[label].append(difference)
    return [total for cluster in members.values() if abs(total := fsum(cluster)) > TIE]


def _all_sums(sizes: NDArray[np.float64]) -> NDArray[np.float64]:
    """The sums under all 2^n patterns of signs."""
    sums = np.zeros(1)
    for size in sizes:
        sums = np.concatenate((sums - size, sums + size))
    return sums


def _random_sums(sizes: NDArray[np.float64], seed: int, patterns: int) -> NDArray[np.float64]:
    """The sums under so many random patterns, each sign a fair coin."""
    eights = np.zeros((-(-len(sizes) // 8), 8))
    eights.ravel()[: len(sizes)] = sizes
    tables = eights @ SIGNS
    coins = np.random.default_rng(seed)
    sums = np.zeros(patterns)
    rows = max(1, AT_ONCE // patterns)
    for start in range(0, len(tables), rows):
        some = tables[start : start + rows]
        bytes_drawn = coins.integers(0, 256, size=(len(some), patterns), dtype=np.uint8)
        for table, picks in zip(some, bytes_drawn, strict=True):
            sums += table[picks]
    return sums


def _with_mirrors(sums: NDArray[np.float64], limit: float) -> int:
    """How many of the sums and of their mirror images are at most the limit."""
    return int(np.count_nonzero(sums <= limit) + np.count_nonzero(sums >= -limit))
