"""JSON Schemas written by users, validated so that neither schema nor output can hold a worker.

A small schema can ask for endless work: a backtracking pattern, a definition that is twice the
next one twenty times over, an address to fetch. Patterns run in RE2, references are counted and
stay inside the schema, and the few keywords the library cannot bound are refused.
"""

import json
from collections.abc import Callable, Iterable, Iterator
from contextvars import ContextVar

from jsonschema import Draft202012Validator, FormatChecker
from jsonschema.exceptions import SchemaError, ValidationError
from jsonschema.protocols import Validator
from jsonschema.validators import extend
from pydantic import JsonValue
from referencing import Registry
from referencing.exceptions import Unresolvable

from app.evaluators.base import InvalidEvaluatorOptions
from app.evaluators.patterns import LinearPattern, PatternTooCostly
from app.llm.client import JsonObject

# One reference costs about 20 µs, so this is under half a second; a reply of 100 kB against a
# schema with a reference for each property stays below it.
MAX_REFERENCES = 20_000

# The library runs patternProperties with Python's backtracking `re`, and walks the other three
# again at every level. Few schemas for model output use them.
UNSUPPORTED = frozenset(
    {"patternProperties", "unevaluatedProperties", "unevaluatedItems", "$dynamicRef"}
)

_references_left: ContextVar[int] = ContextVar("references_left")


class CannotValidate(ValueError):
    """Validating this output would take too long or too deep; the message says which."""


class SafeSchema:
    """A checked schema of Draft 2020-12; raises InvalidEvaluatorOptions for one we refuse."""

    __slots__ = ("_validator",)

    def __init__(self, schema: JsonObject) -> None:
        try:
            # No formats: "regex" would ask Python's `re`, and RE2 is asked in _refuse_unsafe.
            Draft202012Validator.check_schema(schema, format_checker=FormatChecker(formats=()))
        except SchemaError as error:
            raise InvalidEvaluatorOptions(
                f"option schema, {error.json_path}: {error.message}."
            ) from error
        except RecursionError as error:
            raise InvalidEvaluatorOptions("option schema: it is nested too deeply.") from error
        _refuse_unsafe(schema)
        self._validator: Validator = _Validator(schema, registry=Registry())
        try:
            self.problem_with(None)
        except CannotValidate as error:  # a schema that refers to itself without end
            raise InvalidEvaluatorOptions(f"option schema: {error}") from error

    def problem_with(self, instance: JsonValue) -> str | None:
        """The first error with its path, `$.price: …`, or None; raises CannotValidate."""
        _references_left.set(MAX_REFERENCES)
        try:
            error = next(iter(self._validator.iter_errors(instance)), None)
        except PatternTooCostly as failure:
            raise CannotValidate(str(failure)) from failure
        except RecursionError as failure:
            raise CannotValidate("The schema and the output nest too deeply.") from failure
        except OverflowError as failure:
            raise CannotValidate("The output holds a number too large to compare.") from failure
        except Unresolvable as failure:
            raise CannotValidate(f"The schema holds no {failure.ref!r}.") from failure
        return None if error is None else f"{error.json_path}: {error.message}"


def _match_pattern(
    validator: Validator, pattern: str, instance: JsonValue, _schema: JsonObject
) -> Iterator[ValidationError]:
    if not validator.is_type(instance, "string"):
        return
    if not LinearPattern(pattern).found_in(str(instance)):
        yield ValidationError(f"{instance!r} does not match {pattern!r}")


def _follow_reference(
    validator: Validator, ref: str, instance: JsonValue, schema: JsonObject
) -> Iterable[ValidationError]:
    left = _references_left.get(MAX_REFERENCES)
    if left <= 0:
        raise CannotValidate(
            f"The schema follows more than {MAX_REFERENCES:,} references for one output; "
            "write the repeated parts out."
        )
    _references_left.set(left - 1)
    follow: Callable[..., Iterable[ValidationError]] = Draft202012Validator.VALIDATORS["$ref"]
    return follow(validator, ref, instance, schema)


def _refuse_repeats(
    _validator: Validator, wanted: JsonValue, instance: JsonValue, _schema: JsonObject
) -> Iterator[ValidationError]:
    """In linear time; the library compares every pair, 1.5 s for 1,500 objects."""
    if not wanted or not isinstance(instance, list):
        return
    if len({json.dumps(item, sort_keys=True) for item in instance}) < len(instance):
        yield ValidationError("an item occurs more than once")


_Validator: type[Validator] = extend(  # type: ignore[no-untyped-call] # the stub has no types
    Draft202012Validator,
    {"pattern": _match_pattern, "$ref": _follow_reference, "uniqueItems": _refuse_repeats},
)


def _refuse_unsafe(schema: JsonObject) -> None:
    """Looks at every key, whatever it means there: too much refused is safe, too little not."""
    for key, value in _entries(schema):
        if key in UNSUPPORTED:
            raise InvalidEvaluatorOptions(
                f"option schema: {key} is not supported; name the properties one by one."
            )
        if key == "pattern" and isinstance(value, str):
            LinearPattern(value)
        if key == "$ref" and isinstance(value, str) and not _defined(schema, value):
            raise InvalidEvaluatorOptions(
                f"option schema: {value!r} is not defined in it, and nothing is fetched; "
                "put the definition under $defs and refer to it as '#/$defs/name'."
            )


def _defined(schema: JsonObject, ref: str) -> bool:
    """References lead to the whole or to a named definition: only there a schema is certain."""
    if ref == "#":
        return True
    root, _, place = ref.partition("/")
    section, _, name = place.partition("/")
    return root == "#" and section in {"$defs", "definitions"} and name in schema.get(section, {})


def _entries(node: JsonValue) -> Iterator[tuple[str, JsonValue]]:
    waiting = [node]
    while waiting:
        part = waiting.pop()
        if isinstance(part, dict):
            yield from part.items()
            waiting.extend(part.values())
        elif isinstance(part, list):
            waiting.extend(part)
