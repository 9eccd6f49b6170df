"""What every schema on the wire shares: base classes, text that can be stored, pages, cursors."""

import base64
import binascii
import hashlib
import hmac
import json
import math
from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated, Any, Generic, TypeVar
from uuid import UUID

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    JsonValue,
    PlainSerializer,
)

from app.core.errors import BadRequest

Item = TypeVar("Item")

MAX_TEXT = 100_000


def storable(value: str) -> str:
    """PostgreSQL's text holds neither NUL nor half of a surrogate pair: refuse both at the edge."""
    if "\0" in value:
        raise ValueError("NUL characters cannot be stored; remove them")
    try:
        value.encode("utf-8")
    except UnicodeEncodeError as error:
        raise ValueError(f"half of a surrogate pair at character {error.start}") from error
    return value


def storable_json(value: JsonValue, depth: int = 0) -> JsonValue:
    if depth > 64:
        raise ValueError("JSON may be nested 64 levels deep")
    if isinstance(value, str):
        return storable(value)
    if isinstance(value, list):
        return [storable_json(item, depth + 1) for item in value]
    if isinstance(value, dict):
        return {storable(key): storable_json(item, depth + 1) for key, item in value.items()}
    if isinstance(value, float) and not math.isfinite(value):  # Python reads NaN and 1e999
        raise ValueError("JSON has no NaN and no infinity; leave the number out or write null")
    return value


def no_number(value: object) -> object:
    """A number of seconds is a time to pydantic, but not to who wrote it by mistake."""
    if isinstance(value, str) and value[4:5] == "-":
        return value
    raise ValueError("write a time as 2026-01-31T12:00:00Z")


def in_utc(value: datetime) -> datetime:
    """PostgreSQL knows no offset beyond 16 hours; a time without an offset is meant in UTC."""
    try:
        return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)
    except OverflowError as error:
        raise ValueError("this time is outside of the years 1 to 9999") from error


Text = Annotated[str, Field(max_length=MAX_TEXT), AfterValidator(storable)]
ShortText = Annotated[str, Field(max_length=200), AfterValidator(storable)]
Line = Annotated[str, Field(min_length=1, max_length=200), AfterValidator(storable)]
Tag = Annotated[str, Field(min_length=1, max_length=64), AfterValidator(storable)]
JsonObject = Annotated[dict[str, JsonValue], AfterValidator(storable_json)]
Flag = Annotated[bool, Field(strict=True)]  # neither 0 nor "off"
Moment = Annotated[datetime, BeforeValidator(no_number), AfterValidator(in_utc)]


def plain_number(value: Decimal) -> str:
    """`0`, `0.00012`: never an exponent, no zeros at the end."""
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


# US dollars, as a decimal string on the wire: no float rounds somebody's money
Money = Annotated[Decimal, PlainSerializer(plain_number, return_type=str, when_used="json")]


class Input(BaseModel):
    """A body: unknown fields are refused, so that a typo is not silently ignored."""

    model_config = ConfigDict(extra="forbid")


class Output(BaseModel):
    """An answer: no defaults, so that generated clients have no false optional fields."""

    model_config = ConfigDict(from_attributes=True)


class Page(Output, Generic[Item]):
    items: list[Item]
    next_cursor: str | None
    total: int


class Link(Output):
    id: UUID
    url: str


def encode_cursor(values: list[Any], *, key: bytes) -> str:
    """A place in a sorted list, signed: a cursor is not a way to ask for other rows."""
    raw = json.dumps(values, default=str, separators=(",", ":")).encode()
    seal = hmac.new(key, raw, hashlib.sha256).digest()[:9]
    return base64.urlsafe_b64encode(seal + raw).decode().rstrip("=")


def decode_cursor(cursor: str, *, key: bytes) -> list[Any]:
    try:
        data = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
    except (binascii.Error, ValueError) as error:
        raise BadRequest("The cursor is not one this list gave; start without a cursor.") from error
    seal, raw = data[:9], data[9:]
    if not hmac.compare_digest(seal, hmac.new(key, raw, hashlib.sha256).digest()[:9]):
        raise BadRequest("The cursor is not one this list gave; start without a cursor.")
    values: list[Any] = json.loads(raw)
    return values
