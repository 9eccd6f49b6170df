import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.evaluators.quantities import Quantity, find_quantity


@pytest.mark.parametrize(
    ("text", "number", "measure"),
    [
        ("The answer is 42.", 42, None),
        ("**42**", 42, None),
        ("#### 70,000", 70_000, None),
        (r"\boxed{-7}", -7, None),
        ("−3", -3, None),
        ("1’000.5", 1000.5, None),
        ("1\u202f000\u00a0000", 1_000_000, None),
        (".5", 0.5, None),
        ("6.02e23", 6.02e23, None),
        ("3.2 × 10^−5", 3.2e-5, None),
        ("1.5 Million", 1.5e6, None),
        ("12k", 12_000, None),
        ("-$1,250.50", -1250.5, "dollar"),
        ("$-5", -5, "dollar"),
        ("$5m", 5e6, "dollar"),
        ("7 EUR", 7, "euro"),
        ("12.5 %", 12.5, "share"),
        ("50 per cent", 50, "share"),
        ("5km", 5, "length"),
        ("20 °C", 20, "celsius"),
        ("- 5 apples", 5, None),  # a bullet, not a sign
    ],
)
def test_a_number_is_read_with_its_sign_scale_and_unit(text, number, measure):
    """Each way people write a number gives its value and what it measures."""
    found = find_quantity(text, "last")

    assert found is not None
    assert number == pytest.approx(found.number)
    assert measure == found.measure


@pytest.mark.parametrize(
    "text",
    [
        "none", "2024-05-01", "5-10", "1/2", "10:30", "3,14", "10^5", "v1.2.3", "GPT-4", "H2O",
        "15th", "1,00", "1 000 000", "1e999", "5/day2",
    ],
)  # fmt: skip
def test_no_number_is_better_than_the_wrong_one(text):
    """Dates, ranges, ratios, names and what is not finite are not read as numbers."""
    found = find_quantity(text, "last")

    assert found is None or (text == "5/day2" and found.number == 5)


def test_first_and_last():
    """The first and the last number of a text are told apart."""
    assert Quantity(3) == find_quantity("3 apples, 5 pears", "first")
    assert Quantity(5) == find_quantity("3 apples, 5 pears", "last")


@pytest.mark.parametrize(
    ("one", "other", "close"),
    [
        ("5 km", "5,000 m", True),
        ("5 km", "5 m", False),
        ("5 km", "5", True),
        ("$5", "5 USD", True),
        ("$5", "€5", False),
        ("90 min", "1.5 hours", True),
        ("50%", "50", True),
        ("50%", "0.5", False),
        ("1,000", "1000.0000001", True),
    ],
)
def test_units_are_converted_where_both_sides_have_one(one, other, close):
    """The same measure converts, another measure never fits, a missing unit fits any."""
    ours, theirs = find_quantity(one, "last"), find_quantity(other, "last")

    assert close is ours.close_to(theirs, rel_tol=1e-6, abs_tol=1e-9)
    assert close is theirs.close_to(ours, rel_tol=1e-6, abs_tol=1e-9)


@given(number=st.floats(allow_nan=False, allow_infinity=False))
def test_every_float_is_read_back(number):
    """What Python prints for a finite float is read as that float."""
    assert Quantity(number) == find_quantity(f"so it is {number!r}.", "last")


@given(number=st.integers(-(10**15), 10**15))
def test_every_grouped_integer_is_read_back(number):
    """Thousands separators change nothing."""
    assert Quantity(number) == find_quantity(f"{number:,}", "first")


@given(text=st.text(alphabet="0123456789 ,.-+−$%eE^×x*/kmM’\n"))
def test_any_text_is_read_or_not(text):
    """No text makes the reader raise or give a number that is not finite."""
    found = find_quantity(text, "last")

    assert found is None or abs(found.number) < float("inf")
