"""Every published or library-computed number we claim to reproduce, at its own tolerance.

An oracle belongs to the check whose pattern is its whole name; one without a check fails.
"""

import json
import re
from math import ceil, sqrt
from pathlib import Path

import pytest

from app.statistics.estimates import Estimate, normal_quantile, t_quantile
from app.statistics.paired import difference_interval
from app.statistics.power import required_examples_t, t_test_power
from tests.statistics.oracle_checks import CHECKS, MISPRINTS, counts_of

ORACLES = Path(__file__).parents[2].parent / "shared" / "data" / "oracles" / "oracles.json"

INVERTED = {"paired_n_for_effect"}  # checked below, through its inverse
RELATIVE = {"cusum_arl_two_sided"}  # its table has three digits


def oracles():
    """All of them; a single skipped case where the data are not there."""
    if not ORACLES.exists():
        reason = f"the oracle file {ORACLES.name} is not beside this checkout"
        return [pytest.param(None, id="absent", marks=pytest.mark.skip(reason=reason))]
    known = json.loads(ORACLES.read_text(encoding="utf-8"))
    return [pytest.param(one, id=one["name"]) for one in known]


def flat(expected):
    """Numbers in nested lists and dictionaries, by their path."""
    if isinstance(expected, dict):
        branches = expected.items()
    elif isinstance(expected, list):
        branches = enumerate(expected)
    else:
        return {(): expected}
    return {(key, *path): leaf for key, under in branches for path, leaf in flat(under).items()}


@pytest.mark.parametrize("oracle", oracles())
def test_an_oracle_is_reproduced(oracle):
    """Our function gives every expected number of the fixture, within the fixture's tolerance."""
    name = oracle["name"]
    checks = [check for pattern, check in CHECKS.items() if re.fullmatch(pattern, name)]
    if name in INVERTED:
        checks.append(check_t_test_size(oracle))
    oracle = oracle | MISPRINTS.get(name, {})

    assert 1 == len(checks), f"{name} needs one check, not {len(checks)}"
    expected = flat(oracle["expected"])
    found = flat(checks[0](oracle["inputs"]))
    tolerance = {"rel" if name in RELATIVE else "abs": oracle["tol"]}
    assert pytest.approx(expected, **tolerance) == {path: found[path] for path in expected}


def check_t_test_size(oracle):
    """The size is where power reaches its goal, so it lies between its neighbours' powers."""

    def check(given):
        size, tolerance = oracle["expected"], oracle["tol"]
        power = [
            t_test_power(given["sd_d"], given["delta"], n)
            for n in (size - tolerance, size + tolerance)
        ]

        assert power[0] < given["power"] < power[1]
        assert ceil(size) == required_examples_t(given["sd_d"], given["delta"])
        return size

    return check


@pytest.mark.parametrize(
    "oracle", [case for case in oracles() if case.id.startswith(("paired_diff_ci", "absent"))]
)
def test_pseudo_pairs_are_bonett_price_for_binary_scores(oracle):
    """With the normal quantile and variance over N, our interval is Bonett and Price's."""
    counts = counts_of(oracle["inputs"])
    values = [1.0] * counts.gained + [-1.0] * counts.lost + [0.0] * (counts.both + counts.neither)
    n = len(values)
    estimate = difference_interval(values)
    centre = (estimate.low + estimate.high) / 2
    narrowing = normal_quantile(0.975) / t_quantile(0.975, n - 1) * sqrt((n + 1) / (n + 2))
    half = (estimate.high - estimate.low) / 2 * narrowing

    assert pytest.approx(oracle["expected"]["bonett_price"], abs=oracle["tol"]) == [
        centre - half,
        centre + half,
    ]


def test_an_estimate_is_a_plain_tuple():
    """An estimate unpacks in the order it is printed: mean, low, high, n."""
    assert (0.5, 0.4, 0.6, 10) == Estimate(mean=0.5, low=0.4, high=0.6, n=10)
