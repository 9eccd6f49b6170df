"""Where an assertion goes: promptfoo asserts test by test, our evaluators judge every example.

- What every test asserts is an evaluator with its value among its options.
- What differs from test to test becomes the example's expected output or criteria, which the
  evaluator reads there. An example has one of each, and all examples are compared the same way:
  the way most tests are. The others keep their inputs and lose the assertion, with a word.
- Nothing is ever judged by what its test does not ask.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from app.imports.found import Found, Json, Judge
from app.imports.promptfoo_checks import Check, Options
from app.imports.templates import rendered
from app.templating.errors import TemplateProblem

ONLY_SOME = "Only some tests assert this, and an evaluator judges every example."
ONCE = "An experiment names an evaluator once; the first one was kept."
ONE_EXPECTED = "An example has one expected output; the first one was kept."
OTHERWISE = "Most tests are compared by {names}, and an evaluator judges every example."
MERGED = {"all", "none"}  # modes of `contains` whose lists of phrases add up


@dataclass(slots=True)
class Test:
    """A test with its variables; `fields` is what its assertions make of the example."""

    where: str
    row: int
    variables: dict[str, Json]
    checks: list[Check]
    source: str
    fields: dict[str, Json] = field(default_factory=dict)


def settle(found: Found, tests: list[Test], shared: list[Check]) -> None:
    """Fills in the evaluators of the file and the fields of its examples."""
    _Settling(found, tests).settle(shared)


class _Settling:
    def __init__(self, found: Found, tests: list[Test]) -> None:
        self._found = found
        self._tests = tests
        self._left_out: set[tuple[str, str]] = set()
        self._judges: dict[str, Options] = {}

    def settle(self, shared: list[Check]) -> None:
        for test in self._tests:
            test.checks = [check for check in map(self._filler(test), test.checks) if check]
        everywhere = self._everywhere(shared)
        keys = {_key(check) for check in everywhere}
        for test in self._tests:
            test.checks = [check for check in test.checks if _key(check) not in keys]
        self._expected()
        self._criteria()
        for check in everywhere:
            self._add_fixed(check)
        for test in self._tests:
            for check in test.checks:
                if check.slot is None:
                    self._skip(check, ONLY_SOME)
        self._found.evaluators += [Judge(name, told) for name, told in self._judges.items()]
        gone = {where for where, _ in self._left_out}
        kept = [limit for limit in self._found.thresholds if limit.where not in gone]
        self._found.thresholds[:] = kept

    def _filler(self, test: Test) -> Callable[[Check], Check | None]:
        def filled(check: Check) -> Check | None:
            try:
                return check.at(check.where, _filled(check.value, test.variables))
            except TemplateProblem as problem:
                self._skip(check, f"With the values of {test.where}: {problem}")
                return None

        return filled

    def _everywhere(self, shared: list[Check]) -> list[Check]:
        """The assertions that all tests share, in the order of the first test's."""
        if not self._tests:
            return [check for check in shared if check.fixed is not None]
        counts = Counter(key for test in self._tests for key in set(map(_key, test.checks)))
        found = {
            _key(check): check
            for check in reversed(self._tests[0].checks)
            if check.fixed is not None
            and counts[_key(check)] == len(self._tests)
            and (len(self._tests) > 1 or check.slot is None or check.where.startswith("default"))
        }
        own = [c for t in self._tests for c in t.checks if _key(c) not in found]
        if any(check.slot == "criteria" for check in own):
            return [check for check in reversed(found.values()) if check.slot != "criteria"]
        return list(reversed(found.values()))

    def _expected(self) -> None:
        """One way of comparing for all examples: the one that most tests have."""
        ways = {id(test): self._way(test) for test in self._tests}
        most = Counter(way for way in ways.values() if way).most_common(1)
        chosen = most[0][0] if most else ()
        for test in self._tests:
            asked = [check for check in test.checks if check.slot == "expected_output"]
            if ways[id(test)] == chosen:
                if asked:
                    test.fields["expected_output"] = asked[0].value
                continue
            for check in asked:
                self._skip(check, OTHERWISE.format(names=" and ".join(name for name, _ in chosen)))
        for name, options in chosen:
            self._judges[name] = json.loads(options)

    def _way(self, test: Test) -> tuple[tuple[str, str], ...]:
        """The evaluators that compare this test's answer with its first expected output."""
        asked = [check for check in test.checks if check.slot == "expected_output"]
        kept: dict[str, Check] = {}
        for check in asked:
            if check.value != asked[0].value:
                self._skip(check, ONE_EXPECTED)
            elif check.name in kept:
                self._skip(check, ONCE)
            else:
                kept[check.name] = check
        gone = [check for check in asked if check not in kept.values()]
        test.checks = [check for check in test.checks if check not in gone]
        return tuple((name, _canonical(check.options)) for name, check in kept.items())

    def _criteria(self) -> None:
        for test in self._tests:
            texts = [str(check.value).strip() for check in test.checks if check.slot == "criteria"]
            if texts:
                test.fields["criteria"] = "\n".join(texts)
                self._judges.setdefault("rubric", {})

    def _add_fixed(self, check: Check) -> None:
        assert check.fixed is not None
        told = check.fixed(check.value)
        before = self._judges.get(check.name)
        if before is None:
            self._judges[check.name] = told
        elif before == told:
            return
        elif check.name == "rubric" and "criteria" in before:
            before["criteria"] = f"{before['criteria']}\n{told['criteria']}"
        elif check.name == "contains" and _adds_up(before, told):
            before["phrases"] = [*before["phrases"], *told["phrases"]]
        else:
            self._skip(check, ONCE)

    def _skip(self, check: Check, why: str) -> None:
        """Once, however many tests share the assertion."""
        if (check.where, why) not in self._left_out:
            self._left_out.add((check.where, why))
            self._found.skip(check.where, check.kind, why)


def _adds_up(before: Options, told: Options) -> bool:
    alike = {name: before.get(name) == told[name] for name in ("mode", "ignore_case")}
    return all(alike.values()) and told["mode"] in MERGED


def _filled(value: Json, variables: dict[str, Any]) -> Json:
    if isinstance(value, str):
        return rendered(value, variables)
    if isinstance(value, list):
        return [_filled(item, variables) for item in value]
    return value


def _key(check: Check) -> tuple[str, str, str]:
    return check.name, _canonical(check.options), _canonical(check.value)


def _canonical(value: Json | Iterable[Json]) -> str:
    return json.dumps(value, sort_keys=True)
