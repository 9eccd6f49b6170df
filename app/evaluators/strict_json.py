import json
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


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not JSON")
