"""Prompts rendered without asking the server, as the server renders them.

Three ways, the first that fits: names in braces (`fstring`); Jinja with nothing but `{{ name }}`;
any other Jinja in the sandbox of the package jinja2, which is asked for when it is missing.
"""

import json
import re
from collections.abc import Mapping
from typing import Any

from llmops.errors import MissingPackage, RenderError

BRACES = re.compile(r"\{\{|\}\}|\{([^{}]*)\}")
PRINTED = re.compile(r"\{\{\s*([^\W\d]\w*)\s*\}\}")
CONSTANTS = frozenset({"true", "false", "none", "True", "False", "None"})


def render(template: str, template_format: str, variables: Mapping[str, Any]) -> str:
    """The text; raises RenderError, which names the variables that are missing."""
    plain = _json_values(variables)
    if template_format == "fstring":
        return _filled(template, plain)
    source = re.sub(r"\r\n?", "\n", template)  # as Jinja does
    return _printed(source, plain) if _is_plain(source) else _jinja(source, plain)


def text(value: object) -> str:
    """How a value looks in a prompt: scalars as themselves, containers as JSON."""
    if isinstance(value, (list, tuple, dict)):
        return to_json(value)
    return "none" if value is None else str(value)


def to_json(value: object, indent: int | None = None) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False, indent=indent)


def _json_values(variables: Mapping[str, Any]) -> dict[str, Any]:
    try:
        copy: dict[str, Any] = json.loads(json.dumps(dict(variables), allow_nan=False))
    except (TypeError, ValueError, RecursionError) as error:
        raise RenderError(f"Variables must be JSON values ({error}).") from error
    return copy


def _filled(template: str, variables: Mapping[str, Any]) -> str:
    _refuse_missing({match[1] for match in BRACES.finditer(template) if match[1]}, variables)
    return BRACES.sub(lambda m: text(variables[m[1]]) if m[1] else m[0][0], template)


def _is_plain(source: str) -> bool:
    """Nothing of Jinja's but variables printed as they are."""
    rest = PRINTED.sub("", source)
    names = {match[1] for match in PRINTED.finditer(source)}
    return not (names & CONSTANTS or any(mark in rest for mark in ("{{", "{%", "{#")))


def _printed(source: str, variables: Mapping[str, Any]) -> str:
    _refuse_missing({match[1] for match in PRINTED.finditer(source)}, variables)
    return PRINTED.sub(lambda match: text(variables[match[1]]), source)


def _refuse_missing(names: set[str], variables: Mapping[str, Any]) -> None:
    missing = sorted(names - variables.keys())
    if missing:
        raise RenderError(f"The prompt needs {', '.join(missing)}; pass a value for each.")


def _jinja(source: str, variables: Mapping[str, Any]) -> str:
    try:
        from jinja2 import StrictUndefined, TemplateError  # noqa: PLC0415 - optional
        from jinja2.sandbox import ImmutableSandboxedEnvironment  # noqa: PLC0415 - optional
    except ImportError as error:
        raise MissingPackage("jinja2", "This prompt's template", "jinja") from error
    environment = ImmutableSandboxedEnvironment(
        undefined=StrictUndefined,
        finalize=_finalized,
        keep_trailing_newline=True,
        autoescape=False,  # a prompt is text for a model, not a page
    )
    environment.filters |= {"tojson": to_json, "string": text}
    try:
        return environment.from_string(source).render(variables)
    except (TemplateError, TypeError, ValueError, ArithmeticError) as error:
        raise RenderError(f"The prompt cannot be rendered: {error}") from error


def _finalized(value: object) -> object:
    """Undefined values are left to Jinja, which refuses them by name."""
    return text(value) if value is None or isinstance(value, (list, tuple, dict)) else value
