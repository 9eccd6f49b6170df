"""What a version consists of: checked when it is saved, and hashed to tell two apart."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker
from jsonschema.exceptions import SchemaError

from app.core.errors import FieldError, Invalid, invalid
from app.llm.registry import UnknownModel, parse
from app.prompts.parameters import check_parameters
from app.templating.render import (
    TemplateFormat,
    TemplateRefused,
    Variables,
    check,
    check_messages,
)

# The meta-schema costs 0.1 ms for each part; the worst of this length is checked in one second.
LONGEST_SCHEMA = 32_768  # characters of JSON


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A version before it is saved: a text `template` or chat `messages`, exactly one of them.

    `variables` are those the author believes the template reads, each with whether it is
    required, as far as he says so; None checks nothing.
    """

    template: str | None = None
    messages: Sequence[Mapping[str, str]] | None = None
    template_format: TemplateFormat = "jinja2"
    model: str | None = None
    parameters: Mapping[str, Any] = field(default_factory=dict)
    response_schema: Mapping[str, Any] | None = None
    variables: Mapping[str, bool | None] | None = None
    message: str = ""


def columns(draft: Draft) -> dict[str, Any]:
    """The draft as columns of a version, checked; raises Invalid with a pointer, and a line."""
    variables = _variables(draft)
    if draft.variables is not None:
        _refuse_other(draft.variables, variables)
    if draft.response_schema is not None:
        _check_schema(draft.response_schema)
    if draft.model is not None:
        _check_model(draft.model)
    content = {
        "template_format": draft.template_format,
        "template": draft.template,
        "messages": None if draft.messages is None else [dict(turn) for turn in draft.messages],
        "model": draft.model,
        "parameters": check_parameters(draft.parameters),
        "response_schema": draft.response_schema,
    }
    return {
        **content,
        "variables": [
            {"name": name, "required": name in variables.required}
            for name in sorted(variables.required | variables.optional)
        ],
        "content_hash": content_hash(content),
        "message": draft.message,
    }


def content_hash(content: Mapping[str, Any]) -> str:
    """SHA-256 of the content as canonical JSON."""
    canonical = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()


def _variables(draft: Draft) -> Variables:
    if (draft.template is None) == (draft.messages is None):
        raise invalid(
            "#/template",
            "Send either 'template' (a text prompt) or 'messages' (a chat prompt).",
            code="exactly_one",
        )
    try:
        if draft.template is not None:
            return check(draft.template, draft.template_format)
        turns = [(turn["role"], turn["content"]) for turn in draft.messages or ()]
        return check_messages(turns, draft.template_format)
    except TemplateRefused as problem:
        raise _refused(draft, problem) from problem


def _refused(draft: Draft, problem: TemplateRefused) -> Invalid:
    pointer = "#/template"
    if draft.messages is not None:
        pointer = f"#/messages/{problem.turn - 1}/content" if problem.turn else "#/messages"
    sentence = str(problem)
    return Invalid(
        sentence,
        errors=(FieldError(pointer, "template_refused", sentence),),
        extra={"line": problem.line},
    )


def _refuse_other(declared: Mapping[str, bool | None], variables: Variables) -> None:
    read = variables.required | variables.optional
    problems = {
        "read by the template, but not declared": read - declared.keys(),
        "declared, but not read by the template": declared.keys() - read,
        "declared optional, but the template needs it": {
            name for name in variables.required if declared.get(name) is False
        },
        "declared required, but the template asks whether it is there": {
            name for name in variables.optional if declared.get(name) is True
        },
    }
    found = [f"{', '.join(sorted(names))}: {what}" for what, names in problems.items() if names]
    if found:
        raise invalid("#/variables", "; ".join(found) + ".", code="variables_differ")


def _check_model(reference: str) -> None:
    try:
        parse(reference)
    except UnknownModel as error:
        raise invalid("#/model", str(error), code="unknown_model") from error


def _check_schema(schema: Mapping[str, Any]) -> None:
    if len(json.dumps(schema)) > LONGEST_SCHEMA:
        raise invalid(
            "#/response_schema", f"A schema is at most {LONGEST_SCHEMA:,} characters of JSON."
        )
    try:
        # No formats: checking "regex" would compile a stranger's pattern with Python's `re`.
        Draft202012Validator.check_schema(schema, format_checker=FormatChecker(formats=()))
    except SchemaError as error:
        path = "".join(
            "/" + str(part).replace("~", "~0").replace("/", "~1") for part in error.absolute_path
        )
        raise invalid(
            f"#/response_schema{path}",
            f"This is not JSON Schema (Draft 2020-12): {error.message[:300]}",
            code="invalid_schema",
        ) from error
    except RecursionError as error:
        raise invalid("#/response_schema", "The schema is nested too deeply.") from error
