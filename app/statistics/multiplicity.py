"""Adjusted p-values for several tests at once: reject where the adjusted value is at most alpha."""

from collections.abc import Sequence
from math import fsum

import numpy as np
from numpy.typing import NDArray

from app.statistics.estimates import refuse_outside


def holm(p_values: Sequence[float]) -> list[float]:
    """Holm's step-down adjustment (1979), in the order given: for tests that may block.

    Rejecting at alpha keeps the chance of any false rejection in the family at alpha, however
    the tests depend on each other. Raises ValueError for a p-value outside [0, 1].
    """
    ordered, order = _ascending(p_values)
    stepped = ordered * np.arange(len(ordered), 0, -1)
    return _restored(np.maximum.accumulate(stepped), order)


def benjamini_hochberg(p_values: Sequence[float]) -> list[float]:
    """Benjamini and Hochberg's step-up adjustment (1995), in the order given: for exploring.

    Rejecting at q keeps the expected share of false ones among the rejected at q, for tests that
    are independent or positively dependent. Raises ValueError for a p-value outside [0, 1].
    """
    ordered, order = _ascending(p_values)
    stepped = ordered * len(ordered) / np.arange(1, len(ordered) + 1)
    return _restored(np.minimum.accumulate(stepped[::-1])[::-1], order)


def benjamini_yekutieli(p_values: Sequence[float]) -> list[float]:
    """Benjamini and Yekutieli's adjustment (2001), in the order given: any dependence whatever.

    Benjamini and Hochberg's values times 1 + 1/2 + … + 1/m. Raises ValueError for a p-value
    outside [0, 1].
    """
    harmonic = fsum(1 / rank for rank in range(1, len(p_values) + 1))
    ordered, order = _ascending(p_values)
    stepped = ordered * (harmonic * len(ordered)) / np.arange(1, len(ordered) + 1)
    return _restored(np.minimum.accumulate(stepped[::-1])[::-1], order)


def bonferroni(p_values: Sequence[float]) -> list[float]:
    """Each p-value times their number, in the order given: where arms have intervals of their own.

    Holm's values are never larger. Raises ValueError for a p-value outside [0, 1].
    """
    refuse_outside(p_values, (0.0, 1.0))
    return [min(1.0, p_value * len(p_values)) for p_value in p_values]


def _ascending(p_values: Sequence[float]) -> tuple[NDArray[np.float64], NDArray[np.intp]]:
    refuse_outside(p_values, (0.0, 1.0))
    known = np.asarray(p_values, dtype=np.float64)
    order = np.argsort(known, kind="stable")
    return known[order], order


def _restored(adjusted: NDArray[np.float64], order: NDArray[np.intp]) -> list[float]:
    restored = np.empty_like(adjusted)
    restored[order] = np.minimum(adjusted, 1.0)
    return [float(value) for value in restored]
