"""Reading a judge's reply: the JSON object it holds, by its schema, or the reason why not.

The ladder: the reply as it stands, from the first brace to the last; then mended by json-repair.
A mended reply must hold the same letters and digits as the raw one. Mending puts commas, quotes
and brackets right; where it would drop a claim or make up a value, the reply is not read.
"""

import json
import re
from typing import cast

import json_repair
from jsonschema import Draft202012Validator
from pydantic import JsonValue

from app.evaluators.quotes import storable
from app.evaluators.strict_json import strict_loads
from app.llm.client import JsonObject

# A judge may write 4,096 tokens, some 20 kB; more is a model that runs in circles.
MAX_CHARACTERS = 100_000

_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|[bfnrt])")


class UnreadableReply(ValueError):
    """The reply does not follow the schema; the message says where, for the judge to mend it."""


def read_reply(text: str, schema: JsonObject) -> JsonObject:
    """The reply's object, valid by the schema; raises UnreadableReply."""
    if len(text) > MAX_CHARACTERS:
        raise UnreadableReply(f"it is longer than {MAX_CHARACTERS:,} characters")
    answer = text.rpartition("</think>")[2]  # reasoning models think aloud first
    start = answer.find("{")
    if start < 0:
        raise UnreadableReply("it holds no JSON object")
    try:
        return _valid(_parsed(answer[start:]), schema)
    except RecursionError as error:
        raise UnreadableReply("it is nested too deeply") from error


def _parsed(raw: str) -> JsonValue:
    try:
        return strict_loads(raw[: raw.rfind("}") + 1])
    except ValueError as error:
        mended = cast(JsonValue, json_repair.loads(raw))
        if _letters(raw) != _letters(json.dumps(mended, ensure_ascii=False)):
            raise UnreadableReply(f"it is not JSON: {error}") from error
        return mended


def _letters(text: str) -> str:
    plain = _ESCAPE.sub(lambda match: chr(int(match[1], 16)) if match[1] else " ", text)
    return "".join(filter(str.isalnum, plain.casefold()))


def _valid(reply: JsonValue, schema: JsonObject) -> JsonObject:
    error = next(iter(Draft202012Validator(schema).iter_errors(reply)), None)
    if error is not None:
        raise UnreadableReply(f"{error.json_path}: {error.message[:300]}")
    text = json.dumps(reply, ensure_ascii=False)
    if not isinstance(reply, dict) or text != storable(text) or "\\u0000" in text:
        raise UnreadableReply("its texts hold NUL or half a surrogate pair")
    return reply
