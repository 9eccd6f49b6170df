"""What every schema shares: text that can be stored, cursors that cannot be made up, times."""

import base64
import json
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, TypeAdapter, ValidationError

from app.core.clock import new_id, now
from app.core.errors import BadRequest
from app.core.schema import (
    Flag,
    Input,
    JsonObject,
    Moment,
    Money,
    Text,
    decode_cursor,
    encode_cursor,
    plain_number,
    storable,
    storable_json,
)

KEY = b"k" * 32
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=12,
)


def nested(depth: int) -> object:
    return json.loads("[" * depth + "]" * depth)


# --- text and JSON ---


@given(st.text())
def test_text_is_stored_as_it_is_or_refused(text):
    """What PostgreSQL can hold is unchanged; what it cannot hold is refused with a reason."""
    can = "\0" not in text and all(not 0xD800 <= ord(char) <= 0xDFFF for char in text)
    try:
        assert text == storable(text)
    except ValueError:
        assert not can
    else:
        assert can


@given(JSON)
def test_json_is_stored_as_it_is_or_refused(value):
    """Whatever is taken can be written as UTF-8 without a NUL, keys included."""
    try:
        stored = storable_json(value)
    except ValueError:
        return

    assert value == stored
    assert "\\u0000" not in json.dumps(stored)
    json.dumps(stored, ensure_ascii=False).encode()


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -float("inf"), nested(70)])
@pytest.mark.parametrize(
    "wrap", [lambda v: {"a": v}, lambda v: {"a": [v]}, lambda v: {"a": {"b": v}}]
)
def test_json_without_end_is_refused(value, wrap):
    """No NaN, no infinity, no more than 64 levels, however deep inside."""
    with pytest.raises(ValidationError):
        TypeAdapter(JsonObject).validate_python(wrap(value))


def test_text_has_a_length():
    """100,000 characters fit, one more does not."""
    TypeAdapter(Text).validate_python("a" * 100_000)
    with pytest.raises(ValidationError, match="100000"):
        TypeAdapter(Text).validate_python("a" * 100_001)


def test_a_body_refuses_fields_it_does_not_know():
    """A typo is not silently ignored."""

    class Body(Input):
        name: str = ""

    with pytest.raises(ValidationError, match="nmae"):
        Body.model_validate({"nmae": "x"})


@pytest.mark.parametrize("value", [0, 1, "true", "off", None, 1.0])
def test_a_flag_is_true_or_false(value):
    """`"archived": 0` is a mistake, not a false."""
    with pytest.raises(ValidationError):
        TypeAdapter(Flag).validate_python(value)


# --- times and money ---


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-01-31T12:00:00Z", datetime(2026, 1, 31, 12, tzinfo=UTC)),
        ("2026-01-31T12:00:00+02:00", datetime(2026, 1, 31, 10, tzinfo=UTC)),
        ("2026-01-31T12:00:00", datetime(2026, 1, 31, 12, tzinfo=UTC)),
        ("2026-01-31T00:00:00-23:55", datetime(2026, 1, 31, 23, 55, tzinfo=UTC)),
    ],
)
def test_a_moment_is_read_in_utc(text, expected):
    """With an offset, without one, and with one that PostgreSQL does not know."""
    assert expected == TypeAdapter(Moment).validate_python(text)


@pytest.mark.parametrize(
    "text",
    ["0.5", "1700000000", "0001-01-01T00:00:00+23:00", "9999-12-31T23:59:59-23:00", "now", ""],
)
def test_what_is_no_moment_is_refused(text):
    """Seconds since 1970 are a mistake more often than a time."""
    with pytest.raises(ValidationError):
        TypeAdapter(Moment).validate_python(text)


@given(
    st.decimals(
        allow_nan=False, allow_infinity=False, places=10, min_value=-(10**8), max_value=10**8
    )
)
def test_money_is_written_without_an_exponent(amount):
    """As people and JavaScript read it, with nothing lost and no zeros at the end."""
    text = plain_number(amount)

    assert amount == type(amount)(text)
    assert "E" not in text.upper()
    assert "." not in text or not text.endswith(("0", "."))


# --- cursors ---


@given(st.lists(st.text() | st.integers() | st.none(), max_size=4))
def test_a_cursor_leads_back(values):
    """What was sealed is what is read."""
    assert values == decode_cursor(encode_cursor(values, key=KEY), key=KEY)


@given(st.text())
def test_a_cursor_that_was_made_up_is_refused(text):
    """Any text at all: a 400 with a sentence, never another error."""
    with pytest.raises(BadRequest, match="start without a cursor"):
        decode_cursor(text, key=KEY)


@given(st.integers(min_value=0), st.integers(min_value=0, max_value=7))
def test_a_cursor_that_was_changed_is_refused(place, bit):
    """One flipped bit anywhere breaks the seal."""
    data = bytearray(base64.urlsafe_b64decode(encode_cursor(["secret", 7], key=KEY) + "=="))
    data[place % len(data)] ^= 1 << bit
    forged = base64.urlsafe_b64encode(data).decode().rstrip("=")

    with pytest.raises(BadRequest):
        decode_cursor(forged, key=KEY)


def test_a_cursor_belongs_to_one_list():
    """Sealed for one list of one workspace, it opens no other."""
    cursor = encode_cursor([1], key=b"one list")

    with pytest.raises(BadRequest):
        decode_cursor(cursor, key=b"another list")


# --- ids ---


def test_ids_sort_by_the_time_they_were_made():
    """UUIDv7: a thousand in a row are in order, and none comes twice."""
    made = [new_id() for _ in range(1_000)]

    assert sorted(made) == made
    assert len(made) == len(set(made))
    assert {7} == {one.version for one in made}


def test_now_knows_its_offset():
    """Every time in the system is one of UTC."""
    assert UTC is now().tzinfo


def test_a_model_with_money_writes_text():
    """No float on the wire: it would round somebody's money."""

    class Bill(BaseModel):
        cost: Money | None

    assert '{"cost":"0.00012"}' == Bill(cost=Decimal("0.0001200000")).model_dump_json()
    assert '{"cost":"0"}' == Bill(cost=Decimal("0E-10")).model_dump_json()
    assert '{"cost":null}' == Bill(cost=None).model_dump_json()
