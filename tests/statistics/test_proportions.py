import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from app.statistics.paired_proportions import (
    PairedCounts,
    bonett_price_interval,
    mcnemar,
    paired_newcombe_interval,
    tango_interval,
)
from app.statistics.proportions import (
    Share,
    agresti_caffo_interval,
    agresti_coull_interval,
    exact_interval,
    jeffreys_interval,
    miettinen_nurminen_interval,
    newcombe_interval,
    no_failures_limit,
)

SINGLE = [exact_interval, agresti_coull_interval, jeffreys_interval]
INDEPENDENT = [newcombe_interval, agresti_caffo_interval, miettinen_nurminen_interval]
PAIRED = [bonett_price_interval, paired_newcombe_interval, tango_interval]

shares = st.integers(1, 300).flatmap(
    lambda n: st.integers(0, n).map(lambda successes: Share(successes, n))
)
counts = st.integers(0, 60)
tables = st.builds(PairedCounts, counts, counts, counts, counts).filter(any)


@pytest.mark.parametrize("interval", SINGLE)
@given(share=shares)
def test_a_share_lies_in_its_interval(interval, share):
    """0 <= low <= share <= high <= 1, mirrored for failures; Jeffreys' misses 0 and 1 by a hair."""
    found = interval(share)
    mirrored = interval(Share(share.n - share.successes, share.n))
    missed = 0.002 if interval is jeffreys_interval and share.successes in {0, share.n} else 0.0

    assert 0 <= found.low <= found.mean + missed
    assert found.mean - missed <= found.high <= 1
    assert pytest.approx((1 - found.high, 1 - found.low)) == mirrored[1:3]


@given(shares, st.floats(0.5, 0.999))
def test_the_exact_interval_is_scipys(share, confidence):
    """Clopper and Pearson's limits equal SciPy's at any confidence."""
    expected = binomtest(*share).proportion_ci(confidence, method="exact")

    assert (
        pytest.approx((expected.low, expected.high))
        == exact_interval(share, confidence=confidence)[1:3]
    )


@pytest.mark.parametrize(("n", "limit"), [(50, 0.058), (20, 0.139), (0, 1.0)])
def test_no_failures_are_not_no_risk(n, limit):
    """Fifty trials without a failure leave 5.8 % possible; none leave everything possible."""
    assert pytest.approx(limit, abs=5e-4) == no_failures_limit(n)


def test_trials_are_not_negative():
    """Fewer than no trials raise."""
    with pytest.raises(ValueError, match="counted from 0"):
        no_failures_limit(-1)


@pytest.mark.parametrize("interval", INDEPENDENT)
@given(baseline=shares, candidate=shares)
def test_an_independent_difference_lies_in_its_interval(interval, baseline, candidate):
    """-1 <= low <= difference <= high <= 1, and exchanging the arms turns it around."""
    found, mirrored = interval(baseline, candidate), interval(candidate, baseline)

    assert -1 <= found.low <= found.mean <= found.high <= 1
    assert baseline.n + candidate.n == found.n
    assert pytest.approx((-found.high, -found.low), abs=1e-7) == mirrored[1:3]


def test_mees_example():
    """9 of 10 against 3 of 10: the difference and limits Newcombe (1998) prints for both methods."""
    low, high = Share(3, 10), Share(9, 10)

    assert pytest.approx((0.6, 0.1705, 0.8090), abs=5e-5) == newcombe_interval(low, high)[:3]
    assert (
        pytest.approx((0.6, 0.1700, 0.8406), abs=5e-5)
        == (miettinen_nurminen_interval(low, high)[:3])
    )


@pytest.mark.parametrize("interval", [*SINGLE])
@pytest.mark.parametrize("share", [Share(0, 0), Share(-1, 5), Share(6, 5)])
def test_impossible_shares_are_refused(interval, share):
    """No trials, fewer successes than none and more than all raise."""
    with pytest.raises(ValueError, match="0 <= successes <= n"):
        interval(share)


@pytest.mark.parametrize("interval", INDEPENDENT)
def test_an_arm_without_trials_is_refused(interval):
    """A difference to nothing is none."""
    with pytest.raises(ValueError, match="0 <= successes <= n"):
        interval(Share(1, 2), Share(0, 0))


@pytest.mark.parametrize("interval", PAIRED)
@given(table=tables)
def test_a_paired_difference_lies_in_its_interval(interval, table):
    """-1 <= low <= difference <= high <= 1, and exchanging the versions turns it around."""
    found = interval(table)
    mirrored = interval(PairedCounts(table.both, table.lost, table.gained, table.neither))

    assert -1 <= found.low <= found.mean <= found.high <= 1
    assert sum(table) == found.n
    assert pytest.approx((-found.high, -found.low), abs=1e-7) == mirrored[1:3]


@pytest.mark.parametrize("interval", PAIRED)
@pytest.mark.parametrize("table", [PairedCounts(0, 0, 0, 0), PairedCounts(5, -1, 0, 0)])
def test_impossible_tables_are_refused(interval, table):
    """No pairs and negative counts raise."""
    with pytest.raises(ValueError, match="at least one"):
        interval(table)


def test_no_changed_pair_is_no_evidence():
    """Versions that pass the same examples have p = 1 in either test."""
    assert (1.0, 0.0, 1.0) == mcnemar(0, 0)


@given(counts, counts)
def test_mcnemar_is_two_sided(gained, lost):
    """The exact p is SciPy's binomial test, whichever version gained."""
    found = mcnemar(gained, lost)

    assert found == mcnemar(lost, gained)
    if gained + lost:
        assert pytest.approx(binomtest(gained, gained + lost).pvalue) == found.exact


def test_changed_pairs_are_not_negative():
    """Fewer than no pairs raise."""
    with pytest.raises(ValueError, match="counted from 0"):
        mcnemar(-1, 0)
