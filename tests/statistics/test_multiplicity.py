from math import nan

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import false_discovery_control

from app.statistics.multiplicity import (
    benjamini_hochberg,
    benjamini_yekutieli,
    bonferroni,
    holm,
)

EVERY = [holm, bonferroni, benjamini_hochberg, benjamini_yekutieli]
families = st.lists(st.floats(0, 1), min_size=1, max_size=30)


@given(families)
def test_benjamini_hochberg_equals_scipy(p_values):
    """Any family is adjusted as SciPy adjusts it."""
    assert pytest.approx(list(false_discovery_control(p_values))) == benjamini_hochberg(p_values)


@given(families)
def test_benjamini_yekutieli_equals_scipy(p_values):
    """Any family is adjusted as SciPy adjusts it."""
    expected = list(false_discovery_control(p_values, method="by"))

    assert pytest.approx(expected) == benjamini_yekutieli(p_values)


@given(families)
def test_adjusting_only_ever_raises(p_values):
    """p <= Benjamini-Hochberg <= Holm <= Bonferroni, each at most 1."""
    adjusted = zip(p_values, benjamini_hochberg(p_values), holm(p_values), strict=True)

    for p, discovery, family in adjusted:
        assert p <= discovery * (1 + 1e-9)
        assert discovery <= family * (1 + 1e-9)
        assert family <= min(1, p * len(p_values)) * (1 + 1e-9)


@given(families)
def test_bonferroni_multiplies(p_values):
    """Every p-value counts as often as there are tests, up to 1."""
    assert [min(1, p * len(p_values)) for p in p_values] == bonferroni(p_values)


@pytest.mark.parametrize("adjust", EVERY)
@given(p_values=families, random=st.randoms(use_true_random=False))
def test_the_order_given_is_the_order_returned(adjust, p_values, random):
    """A hypothesis keeps its adjusted value wherever it stands in the family."""
    order = random.sample(range(len(p_values)), len(p_values))
    adjusted = adjust(p_values)

    assert [adjusted[at] for at in order] == adjust([p_values[at] for at in order])


@pytest.mark.parametrize("adjust", EVERY)
def test_an_empty_family_has_no_values(adjust):
    """No tests, no adjusted p-values."""
    assert [] == adjust([])


@pytest.mark.parametrize("adjust", EVERY)
@pytest.mark.parametrize("bad", [nan, -0.1, 1.1])
def test_what_is_no_p_value_is_refused(adjust, bad):
    """NaN and values outside [0, 1] raise."""
    with pytest.raises(ValueError, match="between 0 and 1"):
        adjust([0.5, bad])
