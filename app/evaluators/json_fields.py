"""A JSON output compared with the expected one, field by field.

A field is a place that holds a text, a number, true, false, null or an empty list or object. Its
path is written as in `$.order.items[0].price`.
"""

import math
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Annotated, Literal, NamedTuple, TypeAlias

from pydantic import Field, JsonValue
from rapidfuzz.distance import Levenshtein

from app.evaluators.base import Case
from app.evaluators.check import NOTHING_EXPECTED, Finding, Rule, check, expected_of, passed
from app.evaluators.quotes import storable
from app.evaluators.strict_json import strict_loads, unfenced

# Each field listed in a score's details takes some 100 bytes; the worst come first.
LISTED = 100
# Without an order each item is compared with each other; 250,000 pairs of fields took 0.5 s.
MAX_PAIRS = 250_000

_INDEX = re.compile(r"\[\d+\]")


class Compared(NamedTuple):
    """One field's score in [0, 1]; `fault` is missing, unexpected, type or value, or None."""

    path: str
    score: float
    fault: str | None = None


# Place in the expected list → place in the output's list, and how the two compare.
_Pairs: TypeAlias = dict[int, tuple[int, list[Compared]]]


@check("json_fields", version="1")
def json_fields(
    *,
    list_order: Literal["same", "any"] = "same",
    unexpected: Literal["wrong", "ignore"] = "wrong",
    text: Literal["exact", "similarity"] = "exact",
    rel_tol: Annotated[float, Field(ge=0, le=1)] = 0.0,
    ignore: Annotated[list[str], Field(max_length=100)] | None = None,
    allow_fences: bool = False,
) -> Rule:
    """The share of the expected output's JSON fields that the output has, with the same value.

    Types count: 1 is not "1", and true is not 1. `text` similarity gives texts their edit
    similarity; `rel_tol` is math.isclose's for numbers. `ignore` leaves out paths and all below
    them, with [*] for any place in a list: $.items[*].id.
    """
    comparison = _Comparison(
        any_order=list_order == "any",
        extras=unexpected == "wrong",
        alike=Levenshtein.normalized_similarity if text == "similarity" else _equal,
        rel_tol=rel_tol,
        ignored=frozenset(ignore or ()),
    )

    def judge(case: Case) -> Finding:
        expected = expected_of(case)
        if expected is None:
            return NOTHING_EXPECTED
        try:
            wanted = strict_loads(expected)
        except ValueError as error:
            return Finding(None, f"The expected output is not JSON: {error}.")
        try:
            got = strict_loads(unfenced(case.output) if allow_fences else case.output)
        except ValueError as error:
            return passed(False, f"The output is not JSON: {error}.")
        return _judged(comparison, wanted, got)

    return judge


def _judged(comparison: "_Comparison", wanted: JsonValue, got: JsonValue) -> Finding:
    try:
        if comparison.any_order and _too_many(wanted, got):
            return Finding(None, "There are too many fields to compare in any order.")
        fields = comparison.compare("$", wanted, got)
    except RecursionError:
        return Finding(None, "The JSON is nested too deeply to be compared.")
    if not fields:
        return Finding(None, "The expected output has no field left to compare.")
    worst = sorted(fields, key=lambda field: field.score)
    right = sum(field.fault is None for field in fields)
    faults = "".join(f" {f.path}: {f.fault}." for f in worst[:3] if f.fault)
    return Finding(
        math.fsum(field.score for field in fields) / len(fields),
        f"{right} of {len(fields)} fields agree.{faults}",
        {"n_fields": len(fields), "fields": [field._asdict() for field in worst[:LISTED]]},
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Comparison:
    any_order: bool
    extras: bool
    alike: Callable[[str, str], float]
    rel_tol: float
    ignored: frozenset[str]

    def compare(self, path: str, wanted: JsonValue, got: JsonValue) -> list[Compared]:
        if _INDEX.sub("[*]", path) in self.ignored:
            return []
        if isinstance(wanted, dict) and isinstance(got, dict) and (wanted or got):
            return self._members(path, wanted, got)
        if isinstance(wanted, list) and isinstance(got, list) and (wanted or got):
            return self._items(path, wanted, got)
        if isinstance(wanted, dict | list) and wanted:
            return self._all(path, wanted, "type")
        return [self._field(path, wanted, got)]

    def _members(
        self, path: str, wanted: dict[str, JsonValue], got: dict[str, JsonValue]
    ) -> list[Compared]:
        found = []
        for name, value in wanted.items():
            place = f"{path}.{name}"
            if name in got:
                found += self.compare(place, value, got[name])
            else:
                found += self._all(place, value, "missing")
        for name, value in got.items() if self.extras else ():
            if name not in wanted:
                found += self._all(f"{path}.{name}", value, "unexpected")
        return found

    def _items(self, path: str, wanted: list[JsonValue], got: list[JsonValue]) -> list[Compared]:
        pair = self._in_any_order if self.any_order else self._in_order
        pairs = pair(path, wanted, got)
        found, taken = [], set()
        for place, value in enumerate(wanted):
            if place in pairs:
                partner, fields = pairs[place]
                taken.add(partner)
                found += fields
            else:
                found += self._all(f"{path}[{place}]", value, "missing")
        for place, value in enumerate(got) if self.extras else ():
            if place not in taken:
                found += self._all(f"{path}[{place}]", value, "unexpected")
        return found

    def _in_order(self, path: str, wanted: list[JsonValue], got: list[JsonValue]) -> _Pairs:
        return {
            place: (place, self.compare(f"{path}[{place}]", one, other))
            for place, (one, other) in enumerate(zip(wanted, got, strict=False))
        }

    def _in_any_order(self, path: str, wanted: list[JsonValue], got: list[JsonValue]) -> _Pairs:
        """Of all pairings the one with the best sum of scores."""
        if not (wanted and got):
            return {}
        from scipy.optimize import (  # noqa: PLC0415 - half a second that only this option needs
            linear_sum_assignment,
        )

        compared = [
            [self.compare(f"{path}[{place}]", one, other) for other in got]
            for place, one in enumerate(wanted)
        ]
        gains = [[math.fsum(f.score for f in fields) for fields in row] for row in compared]
        rows, columns = linear_sum_assignment(gains, maximize=True)
        chosen = zip(rows.tolist(), columns.tolist(), strict=True)
        return {row: (column, compared[row][column]) for row, column in chosen}

    def _all(self, path: str, value: JsonValue, fault: str) -> list[Compared]:
        """Every field of a part that has no counterpart."""
        return [
            Compared(storable(place), 0.0, fault)
            for place in _places(path, value)
            if not self._is_ignored(place)
        ]

    def _is_ignored(self, path: str) -> bool:
        plain = _INDEX.sub("[*]", path)
        return any(
            plain == each or plain.startswith((f"{each}.", f"{each}[")) for each in self.ignored
        )

    def _field(self, path: str, wanted: JsonValue, got: JsonValue) -> Compared:
        if _type(wanted) != _type(got):
            return Compared(storable(path), 0.0, "type")
        if isinstance(wanted, str) and isinstance(got, str):
            score = self.alike(wanted, got)
        elif isinstance(wanted, int | float) and isinstance(got, int | float):
            score = float(_close(wanted, got, self.rel_tol))
        else:
            score = float(wanted == got)
        return Compared(storable(path), score, None if score == 1.0 else "value")


def _close(one: float, other: float, rel_tol: float) -> bool:
    try:
        return one == other or math.isclose(one, other, rel_tol=rel_tol)
    except OverflowError:  # a whole number beyond the reach of floats
        return False


def _type(value: JsonValue) -> str:
    if isinstance(value, bool) or value is None:
        return type(value).__name__
    return "number" if isinstance(value, int | float) else type(value).__name__


def _places(path: str, value: JsonValue) -> Iterator[str]:
    """The paths of all fields, the value's own where it is one."""
    if isinstance(value, dict) and value:
        for name, member in value.items():
            yield from _places(f"{path}.{name}", member)
    elif isinstance(value, list) and value:
        for place, item in enumerate(value):
            yield from _places(f"{path}[{place}]", item)
    else:
        yield path


def _too_many(wanted: JsonValue, got: JsonValue) -> bool:
    ours, theirs = (sum(1 for _ in islice(_places("$", v), MAX_PAIRS)) for v in (wanted, got))
    return ours * theirs > MAX_PAIRS


def _equal(one: str, other: str) -> float:
    return float(one == other)
