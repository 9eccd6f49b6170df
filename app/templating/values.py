"""What goes in and what comes out: plain JSON values, clean text."""

import json
import re
from collections.abc import Mapping

from app.templating.errors import TemplateFailed, TemplateRefused, TemplateTooBig

MAX_SOURCE = 65_536  # bytes of UTF-8
MAX_VARIABLES = 1_048_576  # bytes of JSON

_KINDS: Mapping[type, str] = {
    bool: "true or false",
    dict: "a dict",
    float: "a number",
    int: "a number",
    list: "a list",
    str: "a text",
    tuple: "a list",
    type(None): "none",
}

# an escaped NUL, not a backslash followed by the letters u0000
_ESCAPED_NUL = re.compile(r"(?<!\\)(?:\\\\)*\\u0000")


def kind(value: object) -> str:
    """What a value is, in the words of somebody who writes prompts."""
    return _KINDS.get(type(value), "a loop" if hasattr(value, "index0") else "no plain value")


def unstorable(text: str) -> str | None:
    """Names what no database or provider would take, or None when the text is clean."""
    if "\0" in text:
        return "a NUL character"
    try:
        text.encode()
    except UnicodeEncodeError:
        return "half of a surrogate pair"
    return None


def clean_source(source: str) -> None:
    """Raises TemplateRefused for a source that is too long or could not be stored."""
    # the first test keeps a huge source from being encoded at all
    if len(source) > MAX_SOURCE or len(source.encode(errors="replace")) > MAX_SOURCE:
        raise TemplateRefused("a template is at most 64 KiB")
    reason = unstorable(source)
    if reason is not None:
        line = next(n for n, text in enumerate(source.split("\n"), 1) if unstorable(text))
        raise TemplateRefused(f"a template cannot hold {reason}", line=line)


def plain_variables(variables: Mapping[str, object]) -> dict[str, object]:
    """A copy made of plain JSON values only; raises TemplateFailed or TemplateTooBig."""
    try:
        raw = json.dumps(dict(variables), allow_nan=False, ensure_ascii=False)
        size = len(raw.encode())
        copy: dict[str, object] = json.loads(raw)
    except UnicodeEncodeError as error:
        raise TemplateFailed("a variable holds half of a surrogate pair") from error
    except RecursionError as error:
        raise TemplateFailed("the variables are nested too deeply") from error
    except (TypeError, ValueError) as error:
        raise TemplateFailed(f"variables must be JSON values ({error})") from error
    if size > MAX_VARIABLES:
        raise TemplateTooBig("the variables are longer than 1 MiB")
    if "\\u0000" in raw and _ESCAPED_NUL.search(raw):
        raise TemplateFailed("a variable holds a NUL character")
    return copy
