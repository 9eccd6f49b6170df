"""Templates of plain names in braces, a strict part of Python's format strings.

`{name}` is replaced, `{{` and `}}` stand for one brace each. There is nothing else.
"""

import re
from collections.abc import Mapping
from typing import NamedTuple, NoReturn

from app.templating.budget import emit
from app.templating.errors import MissingVariables, TemplateRefused
from app.templating.printing import text
from app.templating.values import clean_source
from app.templating.variables import Variables

_BRACES = re.compile(r"\{\{|\}\}|\{([^{}]*)\}|[{}]")


class Segment(NamedTuple):
    """A piece of literal text, then the variable that follows it, if one does."""

    literal: str
    name: str | None


def parse(source: str) -> list[Segment]:
    """Raises TemplateRefused for anything but plain names in braces."""
    clean_source(source)
    segments, end = [], 0
    for braces in _BRACES.finditer(source):
        before = source[end : braces.start()]
        end = braces.end()
        if braces[0] in {"{{", "}}"}:
            segments.append(Segment(before + braces[0][0], None))
        elif braces[1] is not None and _is_plain(braces[1]):
            segments.append(Segment(before, braces[1]))
        else:
            _refuse(source, braces)
    return [*segments, Segment(source[end:], None)]


def variables_of(segments: list[Segment]) -> Variables:
    names = frozenset(segment.name for segment in segments if segment.name is not None)
    return Variables(required=names, optional=frozenset())


def fill(segments: list[Segment], variables: Mapping[str, object]) -> str:
    """The text; to be called inside an allowance. Raises MissingVariables."""
    absent = variables_of(segments).required - variables.keys()
    if absent:
        raise MissingVariables(absent)
    pieces = []
    for segment in segments:
        pieces.append(emit(segment.literal))
        if segment.name is not None:
            pieces.append(emit(text(variables[segment.name])))
    return "".join(pieces)


def _is_plain(name: str) -> bool:
    return name.isidentifier() and not name.startswith("_")


def _refuse(source: str, braces: re.Match[str]) -> NoReturn:
    line = source.count("\n", 0, braces.start()) + 1
    inside = braces[1]
    if inside is None:
        reason = f"a single {braces[0]} stands alone; write it twice for a literal brace"
    elif re.match(r"\w+[.\[:!]", inside):
        reason = f"{{{inside[:40]}}} is more than a name; use the jinja2 format for that"
    else:
        reason = f"{{{inside[:40]}}} is not the name of a variable; write {{{{ for a literal brace"
    raise TemplateRefused(reason, line=line)
