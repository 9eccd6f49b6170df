import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.evaluators.base import Case, InvalidEvaluatorOptions, ScoreState, build
from tests.evaluators.scripted import score, value

ORDER = {
    "$id": "https://example.com/order",
    "type": "object",
    "properties": {
        "id": {"type": "string", "pattern": "^[A-Z]{2}[0-9]+$"},
        "items": {"type": "array", "items": {"$ref": "#/$defs/item"}, "uniqueItems": True},
        "parent": {"$ref": "#"},
        "note": {"pattern": "^x", "uniqueItems": True},
    },
    "required": ["id"],
    "additionalProperties": False,
    "$defs": {"item": {"type": "object", "properties": {"price": {"type": "number"}}}},
}

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)  # fmt: skip


@pytest.mark.parametrize(
    ("output", "expected", "options", "wanted"),
    [
        ("First 3, so the total is $1,250.", "1250", {}, 1.0),
        ("The total is 1251", "1250", {}, 0.0),
        ("The total is 1251", "1250", {"rel_tol": 0.01}, 1.0),
        ("about 0.04", "0", {"abs_tol": 0.05}, 1.0),
        ("3 of 5", "3", {"pick": "first"}, 1.0),
        ("3 of 5", "3", {}, 0.0),
        ("I cannot say.", "3", {}, 0.0),
    ],
)
def test_numeric(output, expected, options, wanted):
    """The number picked is compared within the tolerances asked for."""
    assert wanted == value("numeric", output, expected, **options)


@pytest.mark.parametrize("expected", [None, " ", "a few", "2024-05-01"])
def test_numeric_needs_an_expected_number(expected):
    """Without a number to compare with, nothing is judged."""
    assert ScoreState.not_applicable == score("numeric", Case(output="3", expected=expected)).state


@pytest.mark.parametrize(
    "options", [{"rel_tol": -1}, {"rel_tol": 2}, {"abs_tol": float("nan")}, {"pick": "best"}]
)
def test_numeric_refuses_impossible_tolerances(options):
    """A tolerance is a number of at least 0."""
    with pytest.raises(InvalidEvaluatorOptions):
        build("numeric", options)


@pytest.mark.parametrize(
    ("output", "wanted", "said"),
    [
        ('{"id": "AB12", "items": [{"price": 1.5}]}', 1.0, "follows the schema"),
        ('{"id": "AB12", "items": [{"price": "1.5"}]}', 0.0, "$.items[0].price: '1.5' is not of"),
        ('{"id": "12"}', 0.0, "$.id: '12' does not match '^[A-Z]{2}[0-9]+$'"),
        ('{"id": 12}', 0.0, "$.id: 12 is not of type 'string'"),
        ('{"id": "AB1", "note": 12}', 1.0, "follows the schema"),  # patterns are for texts only
        ('{"id": "A1", "parent": {}}', 0.0, "$.id"),
        ('{"id": "AB1", "parent": {}}', 0.0, "$.parent: 'id' is a required property"),
        ('{"id": "AB1", "items": [{}, {}]}', 0.0, "$.items: an item occurs more than once"),
        ('{"id": "AB1", "x": 1}', 0.0, "'x' was unexpected"),
        ('{"id": NaN}', 0.0, "NaN is not JSON"),
        ('{"id": "AB1"', 0.0, "at line 1, column"),
        ("", 0.0, "not JSON"),
        ("[" * 100_000, 0.0, "nested too deeply"),
        ("9" * 5_000, 0.0, "not JSON"),
        ('```json\n{"id": "AB12"}\n```', 0.0, "not JSON"),
    ],
)
def test_json_schema(output, wanted, said):
    """The first error is told with its path; what is not JSON fails."""
    found = score("json_schema", Case(output=output), schema=ORDER)

    assert wanted == found.value
    assert said in found.reason


@pytest.mark.parametrize(
    ("output", "wanted"),
    [
        ('```json\n{"id": "AB12"}\n```', 1.0),
        ('\n```\n{"id": "AB12"}```\n', 1.0),
        ('{"id": "AB12"}', 1.0),
        ('Here: ```json\n{"id": "AB12"}\n```', 0.0),
    ],
)
def test_fences_are_taken_off_when_allowed(output, wanted):
    """One fence around the whole output, nothing else."""
    assert wanted == value("json_schema", output, None, schema=ORDER, allow_fences=True)


@pytest.mark.parametrize(
    ("schema", "said"),
    [
        ({"type": "text"}, "'text' is not valid"),
        ({"$ref": "https://example.com/schema.json"}, "nothing is fetched"),
        ({"$ref": "#/$defs/missing"}, "is not defined"),
        ({"$ref": "#/properties/a", "properties": {"a": {}}}, "is not defined"),
        ({"$ref": "#"}, "nest too deeply"),
        ({"pattern": "(?=a)"}, "no look-around"),
        ({"patternProperties": {"(a+)+$": {}}}, "patternProperties is not supported"),
        ({"allOf": [{"unevaluatedProperties": False}]}, "unevaluatedProperties is not supported"),
    ],
)
def test_schemas_that_could_harm_are_refused(schema, said):
    """What would fetch, loop or backtrack is refused when the evaluator is built."""
    with pytest.raises(InvalidEvaluatorOptions, match=said):
        build("json_schema", {"schema": schema})


def test_a_schema_nested_out_of_reach_is_refused():
    """The check of the schema itself cannot overflow the stack."""
    schema: dict = {}
    for _ in range(5_000):
        schema = {"not": schema}

    with pytest.raises(InvalidEvaluatorOptions, match="nested too deeply"):
        build("json_schema", {"schema": schema})


def doubling(depth: int) -> dict:
    """A small schema that asks for 2^depth steps."""
    return {f"d{n}": {"allOf": [{"$ref": f"#/$defs/d{n + 1}"}] * 2} for n in range(depth)} | {
        f"d{depth}": {}
    }


@pytest.mark.parametrize(
    ("schema", "instance", "said"),
    [
        (
            {"properties": {"a": {"$ref": "#/$defs/d0"}}, "$defs": doubling(40)},
            {"a": 1},
            "more than 20,000 references",
        ),
        (
            {"properties": {"a": {"$ref": "#/$defs/x"}}, "$defs": {"x": {"$ref": "#/$defs/x"}}},
            {"a": 1},
            "nest too deeply",
        ),
        ({"multipleOf": 0.1}, 10**400, "too large"),
        ({"pattern": "(?:[ab]?){999}" * 35}, "ab" * 50_000, "too large for a text"),
        (
            {
                "$id": "https://example.com/a",
                "properties": {"a": {"$ref": "#/$defs/x"}},
                "$defs": {"x": {"$id": "b", "$ref": "#/$defs/y"}, "y": {}},
            },
            {"a": 1},
            "holds no",
        ),
    ],
)
def test_what_cannot_be_validated_is_not_judged(schema, instance, said):
    """Endless work ends without a verdict, never as a failure or a pass."""
    found = score("json_schema", Case(output=json.dumps(instance)), schema=schema)

    assert ScoreState.not_applicable == found.state
    assert said in found.reason


@given(instance=json_values)
def test_any_json_follows_no_schema(instance):
    """Without a schema every JSON text passes, in a fence too."""
    text = json.dumps(instance)

    assert 1.0 == value("json_schema", text, None)
    assert 1.0 == value("json_schema", f"```json\n{text}\n```", None, allow_fences=True)


@given(output=st.text() | json_values.map(json.dumps))
def test_any_output_is_judged(output):
    """No output makes the evaluator raise."""
    assert value("json_schema", output, None, schema=ORDER) in {0.0, 1.0}
