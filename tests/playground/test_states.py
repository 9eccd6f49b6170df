"""What stands in the playground, kept under a link: what comes back is what was sent."""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.core.clock import new_id

STATES = "/api/v1/playground/states"
JSON = {"content-type": "application/json"}
TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**18), 10**18) | st.floats(allow_nan=False) | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=12,
)


def kept(client, content: bytes):
    return client.post(STATES, content=content, headers=JSON)


def read(client, state_id: str):
    return client.get(f"{STATES}/{state_id}")


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    state=st.dictionaries(TEXT, VALUES, max_size=4),
    indent=st.none() | st.integers(0, 4),
    ascii_only=st.booleans(),
)
def test_what_is_kept_comes_back_byte_for_byte(client, state, indent, ascii_only):
    """Spaces, the order of keys, escapes and the way a number is written, all as they were."""
    if "inf" in repr(state):
        state = {}
    sent = json.dumps(state, indent=indent, ensure_ascii=ascii_only).encode()
    made = kept(client, sent)
    found = read(client, made.json()["id"])

    assert 201 == made.status_code, made.text
    assert sent == found.content
    assert "application/json" == found.headers["content-type"]


def test_what_json_can_say_twice_comes_back_as_it_was(client):
    """Repeated keys, 1.0 and 1e2, escaped letters: a parser would have changed them all."""
    sent = b' { "b" : 1.0, "a":[1e2,"\\u0041"] , "a" : {} }\n'
    made = kept(client, sent).json()

    assert sent == read(client, made["id"]).content
    assert f"/playground/s/{made['id']}" == made["url"]


@pytest.mark.parametrize(("size", "status"), [(256 * 1024, 201), (256 * 1024 + 1, 413)])
def test_a_state_has_at_most_256_kib(client, size, status):
    """Counted in bytes, as sent."""
    frame = b'{"a": ""}'
    sent = frame.replace(b'""', b'"' + b"x" * (size - len(frame)) + b'"')

    assert size == len(sent)
    assert status == kept(client, sent).status_code


@pytest.mark.parametrize(
    "sent", [b"[]", b'"text"', b"{", b'{"a": "\\u0000"}', '{"a": "ü"}'.encode("utf-16")]
)
def test_what_is_no_state_is_refused(client, sent):
    """Lists, broken JSON, what cannot be stored, other encodings."""
    assert 422 == kept(client, sent).status_code


def test_a_stranger_finds_nothing(client, stranger):
    """Another workspace's link leads where nobody's leads."""
    state_id = kept(client, b"{}").json()["id"]

    assert 404 == read(stranger, state_id).status_code
    assert 404 == read(client, str(new_id())).status_code
