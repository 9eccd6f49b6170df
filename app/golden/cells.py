"""One cell of a file: what may be stored, JSON within limits, and text safe in a spreadsheet.

A spreadsheet runs a cell that begins with `=`, `+`, `-` or `@` as a formula, so that an export puts
an apostrophe before it. It does the same to the empty text, to tell it from a cell without a
value, and to text whose own apostrophes would be taken for ours. An import takes one apostrophe
off just these and leaves other text that begins with one ('tis) as it is.
"""

import json
import re
from collections import Counter
from math import isfinite
from typing import NamedTuple, NoReturn, cast

from app.golden.limits import CELL_BYTES, JSON_DEPTH, VALUES, BadCell

JsonValue = bool | int | float | str | list["JsonValue"] | dict[str, "JsonValue"] | None

NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?", re.ASCII)

# A line break or tab; or, after what a spreadsheet may skip (white space, control and format
# characters), a sign or one of its compatibility forms, which some spreadsheets fold to it.
_FORMULA = re.compile(
    r"[\t\r\n]|"
    r"[\s\x00-\x20\x7f-\xa0\xad\u061c\u180e\u200b-\u200f\u2028-\u202f\u205f-\u206f\ufeff]*"
    r"[=+\-@\u207a\u207c\u208a\u208c\ufb29\ufe62\ufe63\ufe66\ufe6b\uff0b\uff0d\uff1d\uff20]"
)
# a string, closed or not, or a bracket; never backtracks
_STRING_OR_BRACKET = re.compile(r'"(?:[^"\\]++|\\.)*+(?:"|\\?\Z)|[\[{]|[\]}]', re.DOTALL)


def escape(text: str | None) -> str:
    """The text as a CSV cell; a missing text is an empty cell."""
    if text is None:
        return ""
    return f"'{text}" if _needs_apostrophe(text) else text


def unescape(cell: str) -> str | None:
    """The inverse of `escape`."""
    if not cell:
        return None
    return cell[1:] if cell[0] == "'" and _needs_apostrophe(cell[1:]) else cell


def _needs_apostrophe(text: str) -> bool:
    plain = text.lstrip("'")
    return not plain or bool(_FORMULA.match(plain) and not NUMBER.fullmatch(plain))


def parse_json(text: str) -> object:
    """Raises BadCell for what is no JSON, or JSON too deep or with too many values to be held."""
    brackets = text.count("[") + text.count("{")
    if brackets + text.count(",") > VALUES:
        raise BadCell(f"This JSON holds more than {VALUES:,} values.")
    if brackets > JSON_DEPTH and _depth(text) > JSON_DEPTH:
        raise BadCell(f"JSON is nested more than {JSON_DEPTH} deep.")
    try:
        return json.loads(text, object_pairs_hook=_without_repeats, parse_constant=_refuse_constant)
    except json.JSONDecodeError as error:
        raise BadCell(f"This is not JSON: {error.msg} at character {error.pos + 1}.") from error
    except BadCell:
        raise
    except ValueError as error:  # an integer of more than 4,300 digits
        raise BadCell("This JSON holds a number that is too long.") from error


def _depth(text: str) -> int:
    depth = deepest = 0
    for token in _STRING_OR_BRACKET.finditer(text):
        if token[0] in {"[", "{"}:
            depth += 1
            deepest = max(deepest, depth)
        elif token[0] in {"]", "}"}:
            depth -= 1
    return deepest


def _without_repeats(pairs: list[tuple[str, object]]) -> dict[str, object]:
    known = dict(pairs)
    if len(known) < len(pairs):
        keys = Counter(key for key, _ in pairs)
        raise BadCell(f"The key {keys.most_common(1)[0][0][:80]!r} appears twice in one object.")
    return known


def _refuse_constant(name: str) -> NoReturn:
    raise BadCell(f"{name} is not JSON; leave the value out or write null.")


class Storable(NamedTuple):
    """A value the database can hold, and how many values are inside it."""

    value: JsonValue
    inside: int


def storable(value: object) -> Storable:
    """Raises BadCell unless the value is JSON of at most 1 MiB that can be stored."""
    waiting = [value]
    size = seen = 0
    while waiting:
        item = waiting.pop()
        seen += 1
        if isinstance(item, dict):
            waiting.extend(item.keys())
            waiting.extend(item.values())
        elif isinstance(item, list):
            waiting.extend(item)
        elif isinstance(item, str):
            size += _stored_size(item)
        elif isinstance(item, float) and not isfinite(item):
            raise BadCell(f"{item} is not a number that can be stored; leave the cell empty.")
    if size > CELL_BYTES:
        raise BadCell(f"This cell is longer than {CELL_BYTES:,} bytes.")
    return Storable(cast("JsonValue", value), seen - 1)  # it came out of JSON, or is a text


def _stored_size(text: str) -> int:
    if "\x00" in text:
        raise BadCell("This cell holds a NUL character (\\u0000), which cannot be stored.")
    try:
        return len(text.encode())
    except UnicodeEncodeError as error:
        code = ord(text[error.start])
        raise BadCell(f"This cell holds half a character (\\u{code:04x}).") from error
