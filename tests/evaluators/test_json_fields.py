"""JSON compared field by field, by type and value."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.evaluators.base import Case, ScoreState
from tests.evaluators.scripted import score, value

ORDER = {"id": 7, "open": True, "items": [{"sku": "a", "n": 1}, {"sku": "b", "n": 2}]}


def judged(output, expected, **options):
    return value("json_fields", json.dumps(output), json.dumps(expected), **options)


@pytest.mark.parametrize(
    ("output", "expected", "options", "wanted"),
    [
        (ORDER, ORDER, {}, 1.0),
        ({**ORDER, "id": 8}, ORDER, {}, 5 / 6),
        ({**ORDER, "id": "7"}, ORDER, {}, 5 / 6),
        ({**ORDER, "open": 1}, ORDER, {}, 5 / 6),
        ({"id": 7, "open": True}, ORDER, {}, 2 / 6),
        ({**ORDER, "note": "x"}, ORDER, {}, 6 / 7),
        ({**ORDER, "note": "x"}, ORDER, {"unexpected": "ignore"}, 1.0),
        ({**ORDER, "items": 3}, ORDER, {}, 2 / 6),
        ([1, 2], [2, 1], {}, 0.0),
        ([1, 2], [2, 1], {"list_order": "any"}, 1.0),
        ([1, 2, 3], [2, 1], {"list_order": "any"}, 2 / 3),
        ([1, 2, 3], [1, 2], {"unexpected": "ignore"}, 1.0),
        ([], [1, 2], {"list_order": "any"}, 0.0),
        ([{"a": 1, "b": 2}, {"a": 3}], [{"a": 3}, {"a": 1, "b": 2}], {"list_order": "any"}, 1.0),
        (1.0, 1, {}, 1.0),
        (1.01, 1, {}, 0.0),
        (1.01, 1, {"rel_tol": 0.02}, 1.0),
        (10**400, 1.5, {}, 0.0),
        (None, None, {}, 1.0),
        (None, False, {}, 0.0),
        ({}, {}, {}, 1.0),
        ({}, [], {}, 0.0),
        ({"a": {}}, {"a": {}}, {}, 1.0),
        ("colour", "color", {"text": "similarity"}, 5 / 6),
        ({"a": 1, "at": "now"}, {"a": 1, "at": "then"}, {"ignore": ["$.at"]}, 1.0),
        ({"a": 1, "new": {"x": 1}}, {"a": 1}, {"ignore": ["$.new"]}, 1.0),
        (
            ORDER,
            {**ORDER, "items": [{"sku": "a"}, {"sku": "b"}]},
            {"ignore": ["$.items[*].n"]},
            1.0,
        ),
    ],
)
def test_the_score_is_the_share_of_fields_that_agree(output, expected, options, wanted):
    """Worked out by hand: each place of the expected value is a field."""
    assert wanted == pytest.approx(judged(output, expected, **options))


def test_every_field_has_its_score():
    """Paths, scores and faults stand in the details, the worst first."""
    output = {"name": "Ann", "age": "30", "extra": 1}
    expected = {"name": "Anna", "age": 30, "city": {"zip": "1"}}
    case = Case(output=json.dumps(output), expected=json.dumps(expected))
    found = score("json_fields", case, text="similarity")

    assert {
        "$.name": (0.75, "value"),
        "$.age": (0.0, "type"),
        "$.city.zip": (0.0, "missing"),
        "$.extra": (0.0, "unexpected"),
    } == {field["path"]: (field["score"], field["fault"]) for field in found.details["fields"]}
    assert 4 == found.details["n_fields"]
    assert found.reason.startswith("0 of 4 fields agree. $.age: type.")


@pytest.mark.parametrize(
    ("output", "options", "wanted"),
    [
        ("not JSON", {}, 0.0),
        ("```json\n1\n```", {}, 0.0),
        ("```\n1\n```", {"allow_fences": True}, 1.0),
    ],
)
def test_an_output_that_is_no_json_has_no_field(output, options, wanted):
    """It fails; a fence is forgiven only if so chosen."""
    assert wanted == value("json_fields", output, "1", **options)


@pytest.mark.parametrize(
    ("output", "expected", "options", "said"),
    [
        ("1", None, {}, "no expected output"),
        ("1", "{", {}, "The expected output is not JSON"),
        ("1", "2", {"ignore": ["$"]}, "no field left"),
        (json.dumps([0] * 600), json.dumps([1] * 600), {"list_order": "any"}, "too many fields"),
        ("[" * 900 + "]" * 900, "[" * 900 + "]" * 900, {}, "nested too deeply"),
    ],
)
def test_what_cannot_be_compared_is_not_judged(output, expected, options, said):
    """A state of its own, with what is wrong."""
    found = score("json_fields", Case(output=output, expected=expected), **options)

    assert (ScoreState.not_applicable, None) == (found.state, found.value)
    assert said in found.reason


def test_lists_in_lists_are_compared_once():
    """Eight levels without an order: 65,000 pairs of fields, not twice as many at each level."""
    nest: object = 1
    for _ in range(8):
        nest = [nest, nest]

    assert 1.0 == judged(nest, nest, list_order="any")


trees = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=12,
)


@given(tree=trees, other=trees, order=st.sampled_from(["same", "any"]))
def test_a_value_agrees_with_itself_alone_in_full(tree, other, order):
    """Any JSON equals itself; any other scores from 0 to 1, and details can be stored."""
    found = score(
        "json_fields",
        Case(output=json.dumps(other), expected=json.dumps(tree)),
        list_order=order,
        text="similarity",
    )

    assert 1.0 == judged(tree, tree, list_order=order)
    assert 0.0 <= found.value <= 1.0
    assert "\x00" not in found.reason
    assert json.dumps(found.details["fields"]).find("\\u0000") < 0
