"""Planned looks at a growing sample: O'Brien and Fleming's boundaries (1979).

After k of K equal parts the sum of standardised results is a random walk with normal steps of
variance 1, and their boundary is a barrier of constant height around it. Its chance of being
crossed within K steps is a K-fold integral, computed step by step (Armitage, McPherson and Rowe
1969).
"""

from functools import lru_cache
from math import sqrt

import numpy as np
from numpy.typing import NDArray
from scipy import special

NODES = 120  # Gauss-Legendre points across the barrier: right to 1e-9 for up to a hundred looks
MOST_LOOKS = 100


@lru_cache(maxsize=256)
def obrien_fleming(looks: int, *, alpha: float = 0.05) -> float:
    """The critical value of the last of so many equally spaced looks, two-sided.

    At look k the boundary for |z| is this times √(looks / k); `boundaries` lists them. Raises
    ValueError unless 1 <= looks <= 100 and 0 < alpha < 1.
    """
    if not 1 <= looks <= MOST_LOOKS:
        raise ValueError(f"looks are from 1 to {MOST_LOOKS}, not {looks}")
    if not 0 < alpha < 1:
        raise ValueError(f"alpha lies between 0 and 1, not at {alpha}")
    low, high = 0.0, 10.0
    for _ in range(50):
        middle = (low + high) / 2
        if _crossing(middle * sqrt(looks), looks) > alpha:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def boundaries(looks: int, *, alpha: float = 0.05) -> list[float]:
    """The value |z| has to reach at each look to stop there. Raises as `obrien_fleming`."""
    last = obrien_fleming(looks, alpha=alpha)
    return [last * sqrt(looks / look) for look in range(1, looks + 1)]


def _crossing(height: float, steps: int) -> float:
    """The chance that a random walk from 0 leaves (-height, height) within so many steps."""
    if steps == 1:
        return 2.0 * float(special.ndtr(-height))
    nodes, weights = _quadrature()
    places, widths = nodes * height, weights * height
    step = _density(places[:, None] - places[None, :]) * widths
    staying = special.ndtr(height - places) - special.ndtr(-height - places)
    for _ in range(steps - 2):
        staying = step @ staying
    return 1.0 - float(np.sum(_density(places) * widths * staying))


@lru_cache(maxsize=1)
def _quadrature() -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    return np.polynomial.legendre.leggauss(NODES)


def _density(distance: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.exp(-(distance**2) / 2) / sqrt(2 * np.pi)
