"""Intervals that hold at every look at once: asymptotic confidence sequences.

Waudby-Smith, Arbour, Sinha, Kennedy and Ramdas (2021, arXiv 2103.06476), equations 9 and 134.
`variance` is that of one observation: squared standard error times n. `planned` is the sample
size at which the sequence is to be narrowest.
"""

from math import exp, expm1, isfinite, log, log1p, sqrt

from app.statistics.estimates import two_sided


def tuning(planned: int, *, alpha: float = 0.05) -> float:
    """The parameter rho that makes a sequence narrowest at the planned sample size.

    For a one-sided sequence give 2·alpha. Raises ValueError for fewer than one planned
    observation or alpha outside (0, 1).
    """
    two_sided(alpha)  # refuses what is no share
    if planned < 1:
        raise ValueError(f"a planned sample has at least one observation, not {planned}")
    return sqrt((-2 * log(alpha) + log(-2 * log(alpha) + 1)) / planned)


def half_width(variance: float, n: int, *, planned: int, alpha: float = 0.05) -> float:
    """How far the two-sided sequence reaches to either side of the estimate after n observations.

    √(2(nρ²+1)/(nρ)² · variance · ln(√(nρ²+1)/alpha)). Raises ValueError for a negative variance
    or fewer than one observation.
    """
    _refuse_impossible(variance, n)
    rho = tuning(planned, alpha=alpha)
    grown = n * rho**2 + 1
    return sqrt(variance * 2 * grown / (n * rho) ** 2 * log(sqrt(grown) / alpha))


def p_value(
    estimate: float, variance: float, n: int, *, planned: int, alpha: float = 0.05
) -> float:
    """A two-sided p-value for a mean of 0 that holds at every look; alpha sets rho alone.

    1/E with E = exp(ρ²S²/(2(nρ²+1)))/√(nρ²+1) and S² = (estimate·n)²/variance. Raises ValueError
    for a negative variance or fewer than one observation.
    """
    _refuse_impossible(variance, n)
    rho = tuning(planned, alpha=alpha)
    grown = n * rho**2 + 1
    exponent = _exponent(estimate, variance, n, rho)
    return min(1.0, exp(min(0.0, log(grown) / 2 - exponent)))


def one_sided_half_width(variance: float, n: int, *, planned: int, alpha: float = 0.05) -> float:
    """How far the one-sided sequence reaches below the estimate, or above it, after n observations.

    √(variance · 2(nρ²+1)/(nρ)² · ln(1 + √(nρ²+1)/(2·alpha))), rho tuned for 2·alpha. Raises
    ValueError for a negative variance, fewer than one observation, or alpha of .5 or above.
    """
    _refuse_impossible(variance, n)
    rho = tuning(planned, alpha=2 * alpha)
    grown = n * rho**2 + 1
    return sqrt(variance * 2 * grown / (n * rho) ** 2 * log1p(sqrt(grown) / (2 * alpha)))


def one_sided_p_value(
    estimate: float, variance: float, n: int, *, planned: int, alpha: float = 0.05
) -> float:
    """The level at which the one-sided sequence excludes a mean of 0 or above: small is below 0.

    `one_sided_half_width` solved for alpha at a fixed rho. Raises ValueError as it does.
    """
    _refuse_impossible(variance, n)
    rho = tuning(planned, alpha=2 * alpha)
    if estimate >= 0:
        return 1.0
    grown = n * rho**2 + 1
    exponent = min(_exponent(estimate, variance, n, rho), 700.0)  # exp(710) overflows
    return min(1.0, sqrt(grown) / (2 * expm1(exponent))) if exponent > 0 else 1.0


def _exponent(estimate: float, variance: float, n: int, rho: float) -> float:
    if not variance:
        return float("inf") if estimate else 0.0
    return (rho * estimate * n) ** 2 / (2 * variance * (n * rho**2 + 1))


def _refuse_impossible(variance: float, n: int) -> None:
    if not (isfinite(variance) and variance >= 0 and n >= 1):
        raise ValueError(f"a sequence needs a variance from 0 and an observation: {variance}, {n}")
