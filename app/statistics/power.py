"""How many examples a question needs, and what the examples at hand can show.

Both use the normal approximation for a mean of n differences with standard deviation `sd`
(Miller 2024, "Adding error bars to evals"): n = (z_alpha + z_power)² sd² / difference². `sd` and
differences share a unit, scores in [0, 1]. With K repeats of each version and noise variances v
between repeats, sd² = between-example variance + v_baseline / K + v_candidate / K.
"""

from math import ceil, isfinite, sqrt

from app.statistics.estimates import normal_quantile


def required_examples(
    sd: float,
    difference: float,
    *,
    alpha: float = 0.05,
    power: float = 0.8,
    two_sided: bool = False,
) -> int | None:
    """Examples needed to find a true `difference` with the given power.

    None when `sd` is 0: data without any spread show nothing to plan from. Raises ValueError for
    a negative `sd`, a difference that is not above 0, or rates outside (0, 1).
    """
    if not (isfinite(difference) and difference > 0):
        raise ValueError(f"the difference to find is above 0, not {difference}")
    reach = _reach(sd, alpha, power, two_sided=two_sided)
    return ceil((reach / difference) ** 2) if reach else None


def minimum_detectable_difference(
    sd: float,
    n: int,
    *,
    alpha: float = 0.05,
    power: float = 0.8,
    two_sided: bool = False,
) -> float | None:
    """The smallest true difference that `n` examples find with the given power.

    None when `sd` or `n` is 0. Raises ValueError for a negative `sd` or `n`, or rates outside
    (0, 1).
    """
    if n < 0:
        raise ValueError(f"examples are counted from 0, not {n}")
    reach = _reach(sd, alpha, power, two_sided=two_sided)
    return reach / sqrt(n) if n and reach else None


def _reach(sd: float, alpha: float, power: float, *, two_sided: bool) -> float:
    if not (isfinite(sd) and sd >= 0):
        raise ValueError(f"a standard deviation is 0 or above, not {sd}")
    if not (0 < alpha < 1 and alpha <= power < 1):
        raise ValueError(f"alpha and power lie between 0 and 1, power higher: {alpha}, {power}")
    tail = alpha / 2 if two_sided else alpha
    return (normal_quantile(1 - tail) + normal_quantile(power)) * sd
