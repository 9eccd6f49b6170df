"""How many examples a question needs, and what the examples at hand can show.

Most use the normal approximation for a mean of n differences with standard deviation `sd`
(Miller 2024, "Adding error bars to evals"): n = (z_alpha + z_power)² sd² / difference². `sd` and
differences share a unit, scores in [0, 1]. With K repeats of each version and noise variances v
between repeats, sd² = between-example variance + v_baseline / K + v_candidate / K.
"""

from math import asin, ceil, inf, isfinite, sqrt

from scipy import special

from app.statistics.estimates import normal_quantile, refuse_outside


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


def planned_sd(
    between: float,
    baseline_noise: float = 0.0,
    candidate_noise: float = 0.0,
    *,
    baseline_repeats: int = 1,
    candidate_repeats: int = 1,
) -> float:
    """The standard deviation of differences to plan with, from variances (Miller 2024).

    √(between + baseline_noise / K_baseline + candidate_noise / K_candidate): `between` is the
    variance of the true differences between examples, the noises are variances between repeats of
    one example. Raises ValueError for a negative variance or fewer than one repeat.
    """
    variances = between, baseline_noise, candidate_noise
    if not all(isfinite(variance) and variance >= 0 for variance in variances):
        raise ValueError(f"a variance is 0 or above, not one of {variances}")
    if min(baseline_repeats, candidate_repeats) < 1:
        raise ValueError(f"repeats start at 1, not {baseline_repeats} and {candidate_repeats}")
    return sqrt(between + baseline_noise / baseline_repeats + candidate_noise / candidate_repeats)


def required_repeats(
    between: float,
    noise: float,
    n: int,
    difference: float,
    *,
    alpha: float = 0.05,
    power: float = 0.8,
    two_sided: bool = False,
) -> int | None:
    """Repeats of each version on the same n examples that find a true `difference`.

    `between` as in `planned_sd`, `noise` the sum of both versions' variances between repeats. None
    where no number of repeats is enough, because the examples themselves differ too much. Raises
    ValueError as `planned_sd` and `required_examples` do, and for n below 1.
    """
    planned_sd(between, noise)  # refuses what is no variance
    if n < 1:
        raise ValueError(f"repeats need an example, not {n}")
    if not (isfinite(difference) and difference > 0):
        raise ValueError(f"the difference to find is above 0, not {difference}")
    room = n * (difference / _reach(1.0, alpha, power, two_sided=two_sided)) ** 2 - between
    return max(1, ceil(noise / room)) if room > 0 else None


def t_test_power(
    sd: float, difference: float, n: float, *, alpha: float = 0.05, two_sided: bool = False
) -> float:
    """The chance that a paired t test on n differences finds a true `difference` above 0.

    By the noncentral t distribution (Cohen 1988); n may be a fraction. Raises ValueError unless
    `sd` and `difference` are above 0 and n above 1.
    """
    if not (0 < sd < inf and 0 < difference < inf and n > 1):
        raise ValueError(f"power needs a spread, a difference and n > 1: {sd}, {difference}, {n}")
    tail = alpha / 2 if two_sided else alpha
    limit = float(special.stdtrit(n - 1, 1 - tail))
    return 1.0 - float(special.nctdtr(n - 1, difference / sd * sqrt(n), limit))


def required_examples_t(
    sd: float,
    difference: float,
    *,
    alpha: float = 0.05,
    power: float = 0.8,
    two_sided: bool = False,
) -> int | None:
    """`required_examples` for the t test: one or two more, which matters below about thirty.

    None and ValueError as there.
    """
    fewest = required_examples(sd, difference, alpha=alpha, power=power, two_sided=two_sided)
    if fewest is None:
        return None
    n = max(2, fewest)
    while t_test_power(sd, difference, n, alpha=alpha, two_sided=two_sided) < power:
        n += 1
    return n


def required_per_arm(
    baseline: float,
    candidate: float,
    *,
    alpha: float = 0.05,
    power: float = 0.8,
    two_sided: bool = True,
) -> int | None:
    """Examples in each of two independent arms that tell two shares apart, by `cohens_h`.

    None for equal shares. Raises ValueError for a share outside [0, 1] or rates outside (0, 1).
    """
    distance = abs(cohens_h(baseline, candidate))
    if not distance:
        return None
    return required_examples(sqrt(2), distance, alpha=alpha, power=power, two_sided=two_sided)


def cohens_h(baseline: float, candidate: float) -> float:
    """The distance of two shares on the scale where each has variance 1/n (Cohen 1988).

    2·asin√candidate - 2·asin√baseline. Raises ValueError for a share outside [0, 1].
    """
    refuse_outside((baseline, candidate), (0.0, 1.0))
    return 2 * asin(sqrt(candidate)) - 2 * asin(sqrt(baseline))


def _reach(sd: float, alpha: float, power: float, *, two_sided: bool) -> float:
    if not (isfinite(sd) and sd >= 0):
        raise ValueError(f"a standard deviation is 0 or above, not {sd}")
    if not (0 < alpha < 1 and alpha <= power < 1):
        raise ValueError(f"alpha and power lie between 0 and 1, power higher: {alpha}, {power}")
    tail = alpha / 2 if two_sided else alpha
    return (normal_quantile(1 - tail) + normal_quantile(power)) * sd
