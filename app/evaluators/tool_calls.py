"""The tool calls of an output compared with those expected.

A call is `{"name": …, "arguments": {…}}`; OpenAI's and Anthropic's shapes (`function` around it,
arguments as a JSON text, `input`) are read too. The text is one call, a list of them, or an object
with `tool_calls`. An output that is anything else makes no call.
"""

from collections.abc import Sequence
from typing import Literal, NamedTuple

from pydantic import JsonValue

from app.evaluators.base import Case
from app.evaluators.check import NOTHING_EXPECTED, Finding, Rule, check, expected_of
from app.evaluators.quotes import storable
from app.evaluators.strict_json import same, strict_loads, unfenced

MAX_CALLS = 200

_ARGUMENTS = ("arguments", "args", "input")


class Call(NamedTuple):
    name: str
    arguments: dict[str, JsonValue]


class _NoCalls(ValueError):
    """The text holds no tool calls; the message says what it is."""


@check("tool_calls", version="1")
def tool_calls(
    *,
    arguments: Literal["exact", "subset", "ignore"] = "exact",
    ordered: bool = True,
    allow_fences: bool = False,
) -> Rule:
    """The output calls the expected tools, with their arguments, in their order.

    value = 2 × matching calls / (calls made + calls expected); 1 where none was expected and none
    made. `subset`: the expected arguments are among those given.
    """

    def judge(case: Case) -> Finding:
        expected = expected_of(case)
        if expected is None:
            return NOTHING_EXPECTED
        try:
            wanted = _calls(expected)
        except _NoCalls as error:
            return Finding(None, f"The expected output is no list of tool calls: {error}.")
        try:
            made, note = _calls(unfenced(case.output) if allow_fences else case.output), ""
        except _NoCalls as error:
            made, note = [], f" The output makes no calls: {error}."
        if max(len(wanted), len(made)) > MAX_CALLS:
            return Finding(None, f"More than {MAX_CALLS} calls are not compared.")
        try:
            fits = [[_fits(one, other, arguments) for other in made] for one in wanted]
        except RecursionError:
            return Finding(None, "The arguments are nested too deeply to be compared.")
        matched = _in_order(fits) if ordered else _in_any_order(fits)
        total = len(wanted) + len(made)
        return Finding(
            2 * matched / total if total else 1.0,
            f"{matched} of {len(wanted)} expected calls; {len(made)} made.{note}",
            {"expected": _names(wanted), "made": _names(made), "matched": matched},
        )

    return judge


def _calls(text: str) -> list[Call]:
    """The calls in a text; raises _NoCalls."""
    try:
        value = strict_loads(text)
    except ValueError as error:
        raise _NoCalls(f"it is not JSON: {error}") from error
    if isinstance(value, dict) and isinstance(value.get("tool_calls"), list):
        value = value["tool_calls"]
    return [_call(item) for item in (value if isinstance(value, list) else [value])]


def _call(item: JsonValue) -> Call:
    inner = item.get("function") if isinstance(item, dict) else None
    body = inner if isinstance(inner, dict) else item
    if not isinstance(body, dict) or not isinstance(name := body.get("name"), str):
        raise _NoCalls("a call needs a name")
    given = next((body[key] for key in _ARGUMENTS if body.get(key) is not None), {})
    if isinstance(given, str):
        try:
            given = strict_loads(given or "{}")
        except ValueError as error:
            raise _NoCalls(f"the arguments of {name} are not JSON: {error}") from error
    if not isinstance(given, dict):
        raise _NoCalls(f"the arguments of {name} are no object")
    return Call(name, given)


def _fits(wanted: Call, made: Call, arguments: str) -> bool:
    if wanted.name != made.name:
        return False
    if arguments == "exact":
        return same(wanted.arguments, made.arguments)
    given = made.arguments
    return arguments == "ignore" or all(
        name in given and same(value, given[name]) for name, value in wanted.arguments.items()
    )


def _in_order(fits: Sequence[Sequence[bool]]) -> int:
    """The longest run of matches that keeps both orders."""
    longest = [0] * (len(fits[0]) + 1 if fits else 1)
    for row in fits:
        before = longest
        longest = [0]
        for place, fit in enumerate(row):
            longest.append(before[place] + 1 if fit else max(before[place + 1], longest[-1]))
    return longest[-1]


def _in_any_order(fits: Sequence[Sequence[bool]]) -> int:
    """The most pairs of calls that fit, each used once."""
    if not (fits and fits[0]):
        return 0
    from scipy.optimize import (  # noqa: PLC0415 - half a second that only this option needs
        linear_sum_assignment,
    )

    rows, columns = linear_sum_assignment(fits, maximize=True)
    return sum(fits[row][column] for row, column in zip(rows, columns, strict=True))


def _names(calls: Sequence[Call]) -> list[str]:
    return [storable(call.name) for call in calls]
