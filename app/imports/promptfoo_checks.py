"""Each kind of promptfoo's assertions as one of our evaluators."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

from app.golden.fields import as_text
from app.golden.limits import ImportRefused
from app.imports.found import Json
from app.imports.plain import listed, mapping, read_yaml

Options = dict[str, Json]
Slot = Literal["expected_output", "criteria"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One assertion as an evaluator.

    With `slot` the value is a field of the example that the evaluator reads. `fixed` gives the
    options that hold the value instead, for what is the same in every test; None if there are none.
    """

    where: str
    kind: str
    name: str
    options: Options
    value: Json = None
    slot: Slot | None = None
    fixed: Callable[[Json], Options] | None = None

    def at(self, where: str, value: Json) -> "Check":
        return replace(self, where=where, value=value)


def _expected(name: str, **options: Json) -> Callable[[Check], Check | None]:
    """Compared with the expected output of each example, and nothing else."""

    def map_it(check: Check) -> Check | None:
        if check.value is None or check.value == "":
            return None
        value = as_text(check.value)
        return replace(check, name=name, options=options, value=value, slot="expected_output")

    return map_it


def _equals(check: Check) -> Check | None:
    if isinstance(check.value, dict | list):
        return _expected("json_fields")(check)
    return _expected("exact", ignore_case=False, ignore_whitespace=False)(check)


def _phrases(mode: str, *, ignore_case: bool) -> Callable[[Check], Check | None]:
    def map_it(check: Check) -> Check | None:
        value = check.value
        if mode != "one" and isinstance(value, str):
            value = [part.strip() for part in value.split(",")]
        phrases = [text for text in map(as_text, listed(value)) if text and text.strip()]
        if not phrases:
            return None
        many = {"one": "all", "not": "none"}.get(mode, mode)
        options: Options = {"ignore_case": ignore_case}
        alone = len(phrases) == 1 and many != "none"
        return replace(
            check,
            name="contains",
            options=options,
            value=phrases[0] if alone else phrases,
            slot="expected_output" if alone else None,
            fixed=lambda told: {"phrases": listed(told), "mode": many, **options},
        )

    return map_it


def _pattern(*, starts: bool) -> Callable[[Check], Check | None]:
    def map_it(check: Check) -> Check | None:
        text = as_text(check.value)
        if not text:
            return None
        value = rf"\A{re.escape(text)}" if starts else text
        return replace(
            check,
            name="regex",
            value=value,
            slot="expected_output",
            fixed=lambda told: {"pattern": told},
        )

    return map_it


def _schema(check: Check) -> Check | None:
    schema = check.value
    if isinstance(schema, str):
        try:
            schema = read_yaml(schema.encode())
        except ImportRefused:
            return None
    if schema is not None and not isinstance(schema, dict):
        return None
    told = {} if schema is None else {"schema": schema}
    return replace(check, name="json_schema", value=told, fixed=dict)


def _rubric(check: Check) -> Check | None:
    if not isinstance(check.value, str) or not check.value.strip():
        return None
    return replace(check, name="rubric", slot="criteria", fixed=lambda told: {"criteria": told})


def _words(check: Check) -> Check | None:
    limits = mapping(check.value) or {"min": check.value, "max": check.value}
    options = {f"{name}_words": limits[name] for name in ("min", "max") if name in limits}
    if not options or options.keys() - {"min_words", "max_words"}:
        return None
    return replace(check, name="length", value=options, fixed=dict)


def _plain(name: str, **options: Json) -> Callable[[Check], Check | None]:
    """Needs no value; it judges every answer alike."""
    return lambda check: replace(check, name=name, value=None, fixed=lambda _: dict(options))


MAPPED: dict[str, Callable[[Check], Check | None]] = {
    "equals": _equals,
    "contains": _phrases("one", ignore_case=False),
    "icontains": _phrases("one", ignore_case=True),
    "contains-all": _phrases("all", ignore_case=False),
    "icontains-all": _phrases("all", ignore_case=True),
    "contains-any": _phrases("any", ignore_case=False),
    "icontains-any": _phrases("any", ignore_case=True),
    "not-contains": _phrases("not", ignore_case=False),
    "not-icontains": _phrases("not", ignore_case=True),
    "not-contains-any": _phrases("none", ignore_case=False),
    "not-icontains-any": _phrases("none", ignore_case=True),
    "regex": _pattern(starts=False),
    "starts-with": _pattern(starts=True),
    "is-json": _schema,
    "word-count": _words,
    "levenshtein": _expected("similarity", metric="edit_distance"),
    "similar": _expected("similarity", metric="token_f1"),
    "rouge-n": _expected("rouge", variant="rouge1"),
    "bleu": _expected("bleu"),
    "factuality": _expected("correctness"),
    "llm-rubric": _rubric,
    "model-graded-closedqa": _rubric,
    "answer-relevance": _plain("answer_relevance"),
    "context-faithfulness": _plain("hallucination"),
    "context-relevance": _plain("context_relevance"),
    "is-refusal": _plain("refusal", wanted="refusal"),
    "not-is-refusal": _plain("refusal", wanted="answer"),
}
