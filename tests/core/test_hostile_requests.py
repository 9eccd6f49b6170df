"""Requests that nobody should send: refused as a Problem, never a 500, never the end of a process."""

import json
import socket

import pytest

from app.core.problems import MEDIA_TYPE

PROMPTS = "/api/v1/prompts"
STREAM = "/api/v1/playground/stream"


def assert_refused(answer) -> None:
    assert answer.is_client_error, answer.text
    assert MEDIA_TYPE == answer.headers["content-type"]
    assert answer.json()["request_id"] == answer.headers["x-request-id"]


@pytest.mark.parametrize(
    "body",
    [
        b'{"name": "\xff"}',
        b"\xfe\xff\x00{",
        b'{"name": "a"',
        b'{"name": "a"} {"name": "b"}',
        b'{"name": ' + b"9" * 5_000 + b"}",
        b'{"name": NaN}',
        b'{"name": -Infinity}',
        b'{"name": "a", "template": "\\u0000"}',
        b'{"name": "a", "\\ud800": 1}',
        b"\x00" * 1_000,
        b'"' * 1_000,
        b"a" * 1_999_999,
    ],
    ids=lambda body: repr(body[:24]),
)
def test_a_body_that_is_no_json_we_take(client, body):
    """Bad UTF-8, broken JSON, numbers without end: a 4xx as a Problem, never a 500."""
    assert_refused(client.post(PROMPTS, content=body, headers={"content-type": "application/json"}))


@pytest.mark.parametrize("depth", [65, 500, 900, 20_000, 900_000])
@pytest.mark.parametrize("brackets", ["[]", "{}"])
def test_json_that_is_nested_too_deeply(client, depth, brackets):
    """Below Python's own limit and beyond it; the parser's stack is never what answers."""
    opened = "[" if brackets == "[]" else '{"a":'
    closed = brackets[1]
    value = (opened * depth + "1" + closed * depth)[:1_900_000]
    body = f'{{"template": "{{{{ a }}}}", "variables": {{"a": {value}}}}}'
    answer = client.post(STREAM, content=body, headers={"content-type": "application/json"})

    assert_refused(answer)


def test_json_of_the_allowed_depth_is_taken(client):
    """64 levels are stored and rendered."""
    value = json.loads("[" * 60 + "1" + "]" * 60)
    body = {"template": "{{ a }}", "variables": {"a": value}}

    assert client.post(STREAM, json=body).is_success


@pytest.mark.parametrize("kind", ["text/plain", "application/xml", "multipart/form-data", ""])
def test_a_body_of_another_type(client, kind):
    """A form of a foreign page cannot say application/json; what it can say is refused."""
    answer = client.post(PROMPTS, content=b'{"name": "a"}', headers={"content-type": kind})

    assert_refused(answer)


@pytest.mark.parametrize(
    "path",
    [
        "/api/v1/runs?limit=" + "9" * 400,
        "/api/v1/runs?limit=1e400",
        "/api/v1/runs?limit=NaN",
        "/api/v1/runs?from=0001-01-01T00:00:00%2B23:59",
        "/api/v1/runs?from=12345678901234567890",
        "/api/v1/runs?model=%00",
        "/api/v1/runs?prompt=" + "9" * 400,
        "/api/v1/runs?cursor=%00",
        "/api/v1/runs?cursor=%F0%9F%92%A5",
        "/api/v1/prompts?q=%00",
        "/api/v1/prompts?tag=%00",
        "/api/v1/runs/" + "9" * 400,
        "/api/v1/runs/%00",
        "/api/v1/runs/%FF%FE",
        "/api/v1/prompts/by-name/%00@latest",
        "/api/v1/prompts/by-name/a@%00",
        "/api/v1/prompts/by-name/a@" + "9" * 400,
        "/api/v1/prompts/by-name/%FF@%FF",
        "/api/v1/experiments?trigger=%00",
        "/" + "a" * 10_000,
        "/api/v1/../../etc/passwd",
        "/docs/assets/../../../../etc/passwd",
        "/docs/assets/..%2f..%2f..%2fetc/passwd",
    ],
    ids=lambda path: path[:60],
)
def test_an_address_or_query_that_makes_no_sense(client, path):
    """Numbers without end, NUL, half a code point, other folders: a 4xx as a Problem."""
    assert_refused(client.get(path))


def test_offsets_that_postgresql_does_not_know_are_read_in_utc(client):
    """An offset of almost a day is a valid time; the database is asked in UTC."""
    found = client.get("/api/v1/runs", params={"from": "2026-01-01T00:00:00-23:55"})

    assert 200 == found.status_code


def raw(api, *lines: bytes, body: bytes = b"") -> bytes:
    """Sends these bytes as a request, and reads until the server has said all."""
    with socket.create_connection(("127.0.0.1", api.port), timeout=10) as connection:
        connection.sendall(b"\r\n".join([*lines, b"Connection: close", b"", body]))
        received = b""
        while chunk := connection.recv(65_536):
            received += chunk
        return received


@pytest.mark.parametrize(
    "lines",
    [
        [b"GET /api/v1/runs?q=\xff HTTP/1.1", b"Host: a"],
        [b"GET /api/v1/nothing?q=%FF HTTP/1.1", b"Host: [::1"],
        [b"GET /api/v1/nothing HTTP/1.1", b"Host: a\xff"],
        [b"GET /api/v1/nothing HTTP/1.1", b"Host: "],
        [b"GET /api/v1/nothing HTTP/1.0"],
        [b"GET //evil.example/api HTTP/1.1", b"Host: a"],
        [b"GET /api/v1/me HTTP/1.1", b"Host: a", b"Authorization: Bearer \xff\xfe"],
        [b"GET /api/v1/me HTTP/1.1", b"Host: a", b"X-API-Key: llmops_live_\xff"],
        [b"POST /api/v1/run HTTP/1.1", b"Host: a", b"Content-Length: \xb2"],
        [b"POST /api/v1/run HTTP/1.1", b"Host: a", b"Content-Length: " + b"9" * 100],
        [b"NONSENSE / HTTP/1.1", b"Host: a"],
        [b"GET / HTTP/9.9", b"Host: a"],
        [b"\x16\x03\x01\x00\xa5"],
    ],
    ids=lambda lines: repr(b" ".join(lines)[:50]),
)
def test_bytes_that_are_hardly_a_request(api, lines):
    """Refused by the server or by us, and the process goes on."""
    status = raw(api, *lines).split(b" ", 2)[1:2]

    assert status
    assert status[0].startswith(b"4")
    assert b" 200 " in raw(api, b"GET /healthz HTTP/1.1", b"Host: a").partition(b"\r\n")[0]
