"""How a value looks in a prompt: scalars as themselves, containers as JSON, nothing else."""

import json
import math

from app.templating.budget import MAX_TEXT, grow, plain, weigh
from app.templating.errors import TemplateFailed, TemplateTooBig


def text(value: object) -> str:
    """The printed form; raises for undefined values, infinities and what is no value at all."""
    if isinstance(value, (list, tuple, dict)):
        return tojson(value)
    if isinstance(value, float) and not math.isfinite(value):
        raise TemplateFailed("a number that is not finite cannot be printed")
    # str() of an undefined value raises and names it
    printed = "none" if value is None else str(plain(value))
    grow(len(printed))
    return printed


def tojson(value: object, indent: int | None = None) -> str:
    """JSON for a prompt: not escaped for HTML, non-ASCII letters kept. `indent` is 0 to 8."""
    if not (indent is None or (isinstance(indent, int) and 0 <= indent <= 8)):
        raise TemplateFailed("the indent of tojson is a number from 0 to 8")
    if weigh(value) > MAX_TEXT:
        raise TemplateTooBig("a value is longer than 1 MiB as JSON")
    encoder = json.JSONEncoder(
        ensure_ascii=False, allow_nan=False, indent=indent, default=_unprintable
    )
    printed = encoder.encode(value) if indent is None else "".join(_bounded(encoder, value))
    grow(len(printed))
    return printed


def _bounded(encoder: json.JSONEncoder, value: object) -> list[str]:
    """Indenting multiplies the length by the depth, so the pieces are counted as they come."""
    pieces, length = [], 0
    for piece in encoder.iterencode(value):
        length += len(piece)
        if length > MAX_TEXT:
            raise TemplateTooBig("a value is longer than 1 MiB as JSON")
        pieces.append(piece)
    return pieces


def _unprintable(value: object) -> str:
    return text(value)
