"""Tool calls are compared by name, arguments and order."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.evaluators.base import Case, ScoreState
from tests.evaluators.scripted import score, value

FIND = {"name": "find", "arguments": {"city": "Rome", "n": 1}}
DEEP = '{"name": "dig", "arguments": {"x": ' + "[" * 900 + "]" * 900 + "}}"
BOOK = {"name": "book", "arguments": {}}


def judged(made, expected, **options):
    return value("tool_calls", json.dumps(made), json.dumps(expected), **options)


@pytest.mark.parametrize(
    ("made", "expected", "options", "wanted"),
    [
        ([FIND, BOOK], [FIND, BOOK], {}, 1.0),
        ([BOOK, FIND], [FIND, BOOK], {}, 0.5),
        ([BOOK, FIND], [FIND, BOOK], {"ordered": False}, 1.0),
        ([FIND], [FIND, BOOK], {}, 2 / 3),
        ([FIND, FIND], [FIND], {}, 2 / 3),
        ([], [FIND], {"ordered": False}, 0.0),
        ([], [], {}, 1.0),
        ([FIND], [], {"ordered": False}, 0.0),
        ([{"name": "find", "arguments": {"n": True, "city": "Rome"}}], [FIND], {}, 0.0),
        ([{"name": "find", "arguments": {"n": 1.0, "city": "Rome"}}], [FIND], {}, 1.0),
        ([{"name": "f", "arguments": {"x": [1]}}], [{"name": "f", "args": {"x": [1]}}], {}, 1.0),
        ([{"name": "f", "arguments": {"x": [1]}}], [{"name": "f", "args": {"x": [2]}}], {}, 0.0),
        ([FIND], [{"name": "find", "arguments": {"n": 1}}], {}, 0.0),
        ([FIND], [{"name": "find", "arguments": {"n": 1}}], {"arguments": "subset"}, 1.0),
        ([FIND], [{"name": "find", "arguments": {"m": 1}}], {"arguments": "subset"}, 0.0),
        ([FIND], [{"name": "find"}], {"arguments": "ignore"}, 1.0),
        # The pairing that serves both calls is found, not the first that fits.
        (
            [FIND, {"name": "find", "arguments": {"n": 1}}],
            [{"name": "find", "arguments": {"n": 1}}, FIND],
            {"arguments": "subset", "ordered": False},
            1.0,
        ),
    ],
)
def test_the_score_weighs_calls_made_and_expected(made, expected, options, wanted):
    """Twice the matches by both together, worked out by hand."""
    assert wanted == pytest.approx(judged(made, expected, **options))


@pytest.mark.parametrize(
    "shape",
    [
        FIND,
        {"tool_calls": [FIND]},
        [{"type": "function", "function": {**FIND, "arguments": '{"city": "Rome", "n": 1}'}}],
        [{"type": "tool_use", "id": "x", "name": "find", "input": FIND["arguments"]}],
        [{"name": "find", "args": FIND["arguments"]}],
    ],
)
def test_the_usual_shapes_are_read(shape):
    """One call, a list, and what providers make of it."""
    assert 1.0 == judged(shape, [FIND])


def test_arguments_may_be_an_empty_text():
    """As providers send it for a tool without arguments."""
    assert 1.0 == judged([{"name": "book", "arguments": ""}], [BOOK])


@pytest.mark.parametrize(
    ("output", "said"),
    [
        ("I would call find.", "it is not JSON"),
        ("[1]", "a call needs a name"),
        ('{"tool": "find"}', "a call needs a name"),
        ('{"name": "find", "arguments": "x"}', "the arguments of find are not JSON"),
        ('{"name": "find", "arguments": [1]}', "the arguments of find are no object"),
    ],
)
def test_an_output_that_is_no_call_makes_none(output, said):
    """It fails where calls were expected and is right where none was."""
    found = score("tool_calls", Case(output=output, expected=json.dumps([FIND])))

    assert 0.0 == found.value
    assert said in found.reason
    assert 1.0 == value("tool_calls", output, "[]")


@pytest.mark.parametrize(
    ("output", "expected", "said"),
    [
        ("[]", None, "no expected output"),
        ("[]", "Call find.", "is no list of tool calls"),
        (json.dumps([FIND] * 201), "[]", "More than 200 calls"),
        (DEEP, DEEP, "nested too deeply"),
    ],
)
def test_what_cannot_be_compared_is_not_judged(output, expected, said):
    """A state of its own, with what is wrong."""
    found = score("tool_calls", Case(output=output, expected=expected))

    assert (ScoreState.not_applicable, None) == (found.state, found.value)
    assert said in found.reason


def test_names_and_matches_are_kept():
    """Details list both sides; a fence is forgiven if so chosen."""
    output = f"```json\n{json.dumps([FIND])}\n```"
    case = Case(output=output, expected=json.dumps([FIND, BOOK]))
    found = score("tool_calls", case, allow_fences=True)

    assert {"expected": ["find", "book"], "made": ["find"], "matched": 1} == found.details
    assert "1 of 2 expected calls; 1 made." == found.reason


calls = st.lists(
    st.fixed_dictionaries(
        {"name": st.sampled_from("ab"), "arguments": st.dictionaries(st.text(), st.integers())}
    ),
    max_size=4,
)


@given(made=calls, expected=calls, data=st.data())
def test_order_only_ever_costs(made, expected, data):
    """Any calls match themselves; forgetting the order or the arguments never lowers a score."""
    strict = judged(made, expected)
    shuffled = data.draw(st.permutations(expected))

    assert 1.0 == judged(expected, expected) == judged(shuffled, expected, ordered=False)
    assert strict <= judged(made, expected, ordered=False)
    assert strict <= judged(made, expected, arguments="subset")
    assert strict <= judged(made, expected, arguments="ignore")
