"""Every published or library-computed number we claim to reproduce, at its own tolerance."""

import json
from math import ceil, sqrt
from pathlib import Path

import pytest

from app.statistics.estimates import Estimate, normal_quantile, rate_interval, t_quantile
from app.statistics.multiplicity import benjamini_hochberg, holm
from app.statistics.paired import difference_interval, mcnemar_mid_p, sign_flip_p_less
from app.statistics.power import minimum_detectable_difference, required_examples

ORACLES = Path(__file__).parents[2].parent / "shared" / "data" / "oracles" / "oracles.json"


def fixtures(*prefixes):
    """The fixtures whose names start so; a single skipped case where the data are not there."""
    if not ORACLES.exists():
        reason = f"the oracle file {ORACLES.name} is not beside this checkout"
        return [pytest.param(None, id="absent", marks=pytest.mark.skip(reason=reason))]
    known = json.loads(ORACLES.read_text(encoding="utf-8"))
    return [pytest.param(one, id=one["name"]) for one in known if one["name"].startswith(prefixes)]


def close(expected, fixture):
    return pytest.approx(expected, abs=fixture["tol"])


@pytest.mark.parametrize("fixture", fixtures("prop_ci_wilson", "scipy_wilson"))
def test_rates_have_wilson_intervals(fixture):
    """Rate intervals equal those of statsmodels and SciPy."""
    estimate = rate_interval(fixture["inputs"]["k"], fixture["inputs"]["n"])

    assert close(fixture["expected"], fixture) == [estimate.low, estimate.high]


@pytest.mark.parametrize("fixture", fixtures("mcnemar_"))
def test_mcnemar_mid_p(fixture):
    """Twice the smaller one-sided mid-p is the published two-sided one."""
    (_, b), (c, _) = fixture["inputs"]["table"]

    assert close(fixture["expected"]["midp"], fixture) == 2 * min(
        mcnemar_mid_p(b, c), mcnemar_mid_p(c, b)
    )


@pytest.mark.parametrize("fixture", fixtures("paired_diff_ci"))
def test_pseudo_pairs_are_bonett_price_for_binary_scores(fixture):
    """With the normal quantile and variance over N, our interval is Bonett and Price's."""
    (a, b), (c, d) = fixture["inputs"]["table"]
    differences = [1.0] * b + [-1.0] * c + [0.0] * (a + d)
    n = len(differences)
    estimate = difference_interval(differences)
    centre = (estimate.low + estimate.high) / 2
    narrowing = normal_quantile(0.975) / t_quantile(0.975, n - 1) * sqrt((n + 1) / (n + 2))
    half = (estimate.high - estimate.low) / 2 * narrowing

    assert close(fixture["expected"]["diff"], fixture) == estimate.mean
    assert close(fixture["expected"]["bonett_price"], fixture) == [centre - half, centre + half]


@pytest.mark.parametrize("fixture", fixtures("signflip_exact_less"))
def test_sign_flip_is_the_exact_permutation_test(fixture):
    """For few examples the p-value is SciPy's exact one, whatever the seed."""
    p = sign_flip_p_less(fixture["inputs"]["d"], seed=5)

    assert close(fixture["expected"], fixture) == p


@pytest.mark.parametrize("fixture", fixtures("multitest_holm"))
def test_holm(fixture):
    """Adjusted p-values equal statsmodels' for the tutorial list."""
    assert close(fixture["expected"], fixture) == holm(fixture["inputs"]["p"])


@pytest.mark.parametrize("fixture", fixtures("multitest_fdr_bh", "scipy_fdr_bh"))
def test_benjamini_hochberg(fixture):
    """Adjusted p-values equal statsmodels' and SciPy's for the tutorial list."""
    assert close(fixture["expected"], fixture) == benjamini_hochberg(fixture["inputs"]["p"])


@pytest.mark.parametrize("fixture", fixtures("z_n_formula", "miller_n"))
def test_sample_sizes(fixture):
    """The size before rounding up is the closed form's, and the rounded one is the next integer."""
    given = fixture["inputs"]
    sd = given["sd_d"] if "sd_d" in given else sqrt(given["omega2"])
    two_sided = fixture["name"] == "miller_n"
    plan = {"alpha": given["alpha"], "power": given["power"], "two_sided": two_sided}
    of_one = minimum_detectable_difference(sd, 1, **plan)

    assert close(fixture["expected"], fixture) == (of_one / given["delta"]) ** 2
    assert ceil(fixture["expected"]) == required_examples(sd, given["delta"], **plan)


def test_an_estimate_is_a_plain_tuple():
    """An estimate unpacks in the order it is printed: mean, low, high, n."""
    assert (0.5, 0.4, 0.6, 10) == Estimate(mean=0.5, low=0.4, high=0.6, n=10)
