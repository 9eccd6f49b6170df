"""The smallest instance of a JSON Schema, with what was extracted in its strings.

A choice the schema leaves (an enum, a flag, a level) is made without judgment, and a field for
the reason says so.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Schema = Mapping[str, Any]
Value = dict[str, Any] | list[Any] | str | float | bool | None

NOT_JUDGED = "Filled in by the extractive baseline; this is not a judgment."

_REASON = re.compile(r"reason|explanation|rationale|justification|comment", re.IGNORECASE)
_NUMBER = re.compile(r"-?\d{1,15}(?:\.\d{1,6})?")
_ALTERNATIVES = ("anyOf", "oneOf", "allOf")
_DEEPEST = 12
_MOST_VALUES = 1_000  # a schema that refers to itself, or asks for 10^6 items, ends in nulls
_LONGEST_PADDING = 10_000


def filled(schema: Schema, answer: str) -> Value:
    """An instance of the schema; keywords beyond the usual ones may be left unmet."""
    return _Filling(schema, answer).value(schema)


@dataclass(slots=True)
class _Filling:
    root: Schema
    answer: str
    values: int = 0

    def value(self, schema: object, name: str = "", depth: int = 0) -> Value:
        self.values += 1
        if not isinstance(schema, Mapping) or depth > _DEEPEST or self.values > _MOST_VALUES:
            return None
        schema = self.resolved(schema)
        options = [schema["const"]] if "const" in schema else schema.get("enum")
        if isinstance(options, Sequence) and options:
            return self.option(options)
        kind = _type(schema)
        if kind == "object":
            return self.members(schema, depth)
        if kind == "array":
            items = range(min(_whole(schema.get("minItems")), _MOST_VALUES))
            return [self.value(schema.get("items"), name, depth + 1) for _ in items]
        return self.scalar(schema, kind, name)

    def scalar(self, schema: Schema, kind: str, name: str) -> Value:
        if kind == "string":
            return _string(schema, NOT_JUDGED if _REASON.search(name) else self.answer)
        if kind in {"number", "integer"}:
            return self.number(schema, whole=kind == "integer")
        return False if kind == "boolean" else None

    def members(self, schema: Schema, depth: int) -> dict[str, Any]:
        properties = schema.get("properties")
        properties = properties if isinstance(properties, Mapping) else {}
        required = schema.get("required")
        names = required if isinstance(required, Sequence) else list(properties)
        return {
            str(name): self.value(properties.get(name, {}), str(name), depth + 1) for name in names
        }

    def option(self, options: Sequence[Any]) -> Value:
        """The first option the answer names, else the first."""
        text = self.answer.lower()
        named = (option for option in options if isinstance(option, str) and option.lower() in text)
        chosen: Value = next(named, options[0])
        return chosen

    def number(self, schema: Schema, *, whole: bool) -> float:
        """The first number of the answer, moved into the schema's range."""
        found = _NUMBER.search(self.answer)
        value = float(found.group()) if found else 0.0
        low, high = schema.get("minimum"), schema.get("maximum")
        value = max(value, low) if isinstance(low, int | float) else value
        value = min(value, high) if isinstance(high, int | float) else value
        return int(value) if whole else value

    def resolved(self, schema: Schema) -> Schema:
        """The schema a local reference or the first of several alternatives stands for."""
        for _ in range(_DEEPEST):
            target = self.at(str(schema["$ref"])) if "$ref" in schema else None
            for keyword in _ALTERNATIVES:
                alternatives = schema.get(keyword)
                if isinstance(alternatives, Sequence) and alternatives:
                    target = alternatives[0]
            if not isinstance(target, Mapping):
                return schema
            schema = target
        return {}

    def at(self, reference: str) -> object:
        found: object = self.root
        for step in filter(None, reference.removeprefix("#").split("/")):
            found = found.get(step) if isinstance(found, Mapping) else None
        return found


def _type(schema: Schema) -> str:
    kind = schema.get("type")
    if isinstance(kind, Sequence) and not isinstance(kind, str):
        kind = next(iter(kind), None)
    if isinstance(kind, str):
        return kind
    return "object" if "properties" in schema else "string"


def _string(schema: Schema, text: str) -> str:
    least, most = _whole(schema.get("minLength")), schema.get("maxLength")
    text = text if most is None else text[: _whole(most)]
    return text.ljust(min(least, _LONGEST_PADDING), ".")


def _whole(limit: object) -> int:
    """A schema's count; anything that is not a number counts as 0."""
    return max(0, int(limit)) if isinstance(limit, int | float) else 0
