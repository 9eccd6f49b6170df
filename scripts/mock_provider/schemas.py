"""Fills a JSON schema with the smallest instance, by field name, for a score in [0, 1]."""

import json
import re
from typing import Any

REASON = "The answer states what the reference states."

SCALE = re.compile(r"\b([01])\s*(?:-|–|to|and)\s*(5|10|100)\b")

DEEPEST = 12  # a schema that refers to itself ends here

SCORES = frozenset({"rating", "grade", "value", "confidence"})
PASSES = frozenset({"pass", "passed", "correct", "is_correct", "success"})
LABELS = frozenset({"verdict", "result", "answer", "label"})
HALLUCINATED = frozenset({"hallucination", "hallucinated"})


def scaled(score: float, text: str) -> float:
    """The score on the scale the prompt names ("0 to 10"), else as it is."""
    found = SCALE.search(text)
    if found is None:
        return score
    low, high = int(found[1]), int(found[2])
    return round(low + score * (high - low))


def by_name(name: str | None, score: float, text: str) -> bool | float | str:
    field = (name or "").lower()
    if "halluc" in field:
        flag = "is_" in field or "has_" in field or field in HALLUCINATED
        return score < 0.5 if flag else 1 - score
    if field in PASSES:
        return score >= 0.5
    if "score" in field or field in SCORES:
        return scaled(score, text)
    if field in LABELS:
        return "yes" if score >= 0.5 else "no"
    return REASON


class Filler:
    def __init__(self, schema: dict[str, Any], score: float, text: str) -> None:
        self._root = schema
        self._score = score
        self._text = text

    def fill(self) -> Any:  # noqa: ANN401 - any JSON value
        return self._value(self._root, None, 0)

    def _value(self, schema: Any, name: str | None, depth: int) -> Any:  # noqa: ANN401 - any JSON value
        if not isinstance(schema, dict) or depth > DEEPEST:
            return None
        if "$ref" in schema:
            return self._value(self._resolve(schema["$ref"]), name, depth + 1)
        if "const" in schema:
            return schema["const"]
        if schema.get("enum"):
            return schema["enum"][0 if self._score >= 0.5 else -1]
        for union in ("anyOf", "oneOf", "allOf"):
            if schema.get(union):
                options = [o for o in schema[union] if o.get("type") != "null"] or schema[union]
                return self._value(options[0], name, depth + 1)
        return self._typed(schema, name, depth)

    def _typed(self, schema: dict[str, Any], name: str | None, depth: int) -> Any:  # noqa: ANN401 - any JSON value
        kind = schema.get("type")
        if isinstance(kind, list):
            kind = next((k for k in kind if k != "null"), "string")
        if kind == "object" or "properties" in schema:
            fields = schema.get("properties") or {}
            return {key: self._value(inner, key, depth + 1) for key, inner in fields.items()}
        if kind == "array":
            return [self._value(schema.get("items") or {"type": "string"}, name, depth + 1)]
        if kind == "boolean":
            value = by_name(name, self._score, self._text)
            return value if isinstance(value, bool) else self._score >= 0.5
        if kind in {"number", "integer"}:
            value = self._number(schema)
            return round(value) if kind == "integer" else value
        value = by_name(name, self._score, self._text)
        return str(value).lower() if isinstance(value, bool) else str(value)

    def _number(self, schema: dict[str, Any]) -> float:
        low, high = schema.get("minimum"), schema.get("maximum")
        if low is None or high is None:
            return scaled(self._score, self._text)
        return float(low + self._score * (high - low))

    def _resolve(self, reference: str) -> Any:  # noqa: ANN401 - any JSON value
        node: Any = self._root
        for part in reference.lstrip("#/").split("/"):
            node = node.get(part, {}) if isinstance(node, dict) else {}
        return node


def judgment(score: float, text: str) -> dict[str, Any]:
    """What a judge says when no schema tells it how."""
    label = "yes" if score >= 0.5 else "no"
    return {
        "score": scaled(score, text),
        "hallucination": score < 0.5,
        "pass": score >= 0.5,
        "verdict": label,
        "label": label,
        "result": label,
        "reason": REASON,
        "rationale": REASON,
        "explanation": REASON,
    }


def schema_in(text: str) -> dict[str, Any] | None:
    """A JSON schema written into the prompt, for clients without native structured output."""
    if '"properties"' not in text:
        return None
    decoder, at = json.JSONDecoder(), text.find("{")
    while at >= 0:
        try:
            value, end = decoder.raw_decode(text, at)
        except ValueError:
            end = at + 1
        else:
            if isinstance(value, dict) and "properties" in value:
                return value
        at = text.find("{", end)
    return None
