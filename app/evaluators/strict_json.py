import json
import re
from typing import NoReturn, cast

from pydantic import JsonValue


def strict_loads(text: str) -> JsonValue:
    """Parses JSON as RFC 8259 has it; raises ValueError with what is wrong and where.

    Python's own reader also takes NaN and Infinity, which no other reader does.
    """
    try:
        return cast(JsonValue, json.loads(text, parse_constant=_refuse))
    except json.JSONDecodeError as error:
        raise ValueError(f"{error.msg} at line {error.lineno}, column {error.colno}") from error
    except RecursionError as error:
        raise ValueError("nested too deeply to be read") from error


def unfenced(text: str) -> str:
    """The inside of one Markdown code fence around the whole text, else the text."""
    fenced = re.fullmatch(r"```\w*\n(.*)```", text.strip(), re.DOTALL)
    return fenced[1] if fenced else text


def same(one: JsonValue, other: JsonValue) -> bool:
    """Equal as JSON: 1 is 1.0, but true is not 1 as it is in Python."""
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    return isinstance(one, bool) is isinstance(other, bool) and one == other


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not JSON")
