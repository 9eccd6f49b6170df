"""From a cell to a field of an example: text, tags, weight, critical. None is the field's default.

What does not fit raises BadCell with a sentence that says what does.
"""

import json
from math import isfinite

from app.golden.cells import NUMBER, JsonValue, parse_json, storable
from app.golden.limits import TAGS, BadCell

TEXT_FIELDS = ("expected_output", "context", "criteria", "split", "source")
FIELDS = (*TEXT_FIELDS, "tags", "weight", "critical")

_YES = frozenset({"true", "yes", "1"})
_NO = frozenset({"false", "no", "0"})


def as_text(raw: JsonValue) -> str | None:
    """A number, a boolean, a list or an object becomes its JSON text."""
    return raw if raw is None or isinstance(raw, str) else json.dumps(raw, ensure_ascii=False)


def as_tags(raw: JsonValue) -> tuple[str, ...]:
    """A list of texts, in a text cell as JSON; or one text with `;` between the tags."""
    if isinstance(raw, str) and raw.lstrip().startswith("["):
        raw = storable(parse_json(raw)).value
    if isinstance(raw, str):
        raw = [tag for part in raw.split(";") if (tag := part.strip())]
    listed = [] if raw is None else raw
    if not isinstance(listed, list) or len(listed) > TAGS:
        raise BadCell(f'Tags are up to {TAGS} texts: billing;refund or ["billing", "refund"].')
    tags = tuple(tag for tag in listed if isinstance(tag, str) and tag)
    if len(tags) < len(listed):
        raise BadCell("A tag is a text that is not empty.")
    return tags


def as_weight(raw: JsonValue) -> float:
    """A number above 0; without a value 1."""
    if raw is None:
        return 1.0
    if isinstance(raw, str) and NUMBER.fullmatch(raw.strip()):
        raw = float(raw)
    if isinstance(raw, bool) or not isinstance(raw, int | float) or raw <= 0:
        raise BadCell("A weight is a number above 0.")
    try:
        weight = float(raw)
    except OverflowError as error:
        raise BadCell("This weight is too large.") from error
    if not isfinite(weight):
        raise BadCell("This weight is too large.")
    return weight


def as_critical(raw: JsonValue) -> bool:
    """true, yes or 1; false, no or 0; without a value false."""
    word = "no" if raw is None else str(raw).strip().lower()
    if word not in _YES | _NO:
        raise BadCell("Critical is true or false.")
    return word in _YES
