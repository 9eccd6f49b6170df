"""The door to the server: what it repeats, what it tells, what it keeps to itself."""

import asyncio
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from llmops import ApiError, KeyRefused, ServerAway, http, wire
from llmops.async_http import AsyncHttp
from llmops.http import Http
from llmops.wire import Answer, Call

JSON = {"Content-Type": "application/json"}
BUSY = (429, {"Retry-After": "3"}, b'{"detail": "Slow down."}')
BROKEN = (502, {}, b"<html>Bad gateway</html>")
FINE = (200, JSON, b'{"said": "fine"}')
IN_FLIGHT = (409, {**JSON, "Retry-After": "2"}, b'{"code": "still_in_flight", "detail": "Wait."}')
CUT = None  # the connection is closed without an answer


class Moody:
    """A server that answers as it is told to, one after the other, and counts."""

    def __init__(self) -> None:
        self.moods: list[Any] = []
        self.asked: list[tuple[str, str]] = []
        self.headers: list[dict[str, str]] = []

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        self.asked.append((handler.command, handler.path))
        self.headers.append(dict(handler.headers))
        handler.rfile.read(int(handler.headers.get("Content-Length", 0)))
        mood = self.moods.pop(0)
        if mood is CUT:
            handler.close_connection = True
            return
        status, headers, body = mood
        handler.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            handler.send_header(name, value)
        handler.end_headers()
        handler.wfile.write(body)


@pytest.fixture(scope="module")
def served() -> Iterator[tuple[Moody, str]]:
    moody = Moody()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            moody.answer(self)

        def do_POST(self) -> None:
            moody.answer(self)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield moody, f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()
    thread.join(10)


@pytest.fixture
def moody(served) -> Moody:
    served[0].moods, served[0].asked, served[0].headers = [], [], []
    return served[0]


@pytest.fixture
def slept(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The pauses it would have made."""
    pauses: list[float] = []
    monkeypatch.setattr(http.time, "sleep", pauses.append)
    return pauses


@pytest.fixture
def door(served, moody) -> Iterator[Http]:
    with Http(served[1], "secret") as opened:
        yield opened


def test_a_read_is_repeated(door, moody, slept):
    """After 429 as long as it says, after a gateway's error and a cut connection a moment."""
    moody.moods = [BUSY, BROKEN, CUT, FINE]

    assert {"said": "fine"} == door.call("GET", "/prompts", params={"limit": 1})
    assert [("GET", "/api/v1/prompts?limit=1")] * 4 == moody.asked
    assert 3.0 == slept[0]
    assert "Bearer secret" == moody.headers[0]["Authorization"]


def test_a_write_is_repeated_with_a_key_of_its_own_only(door, moody, slept):
    """Else it might be done twice."""
    moody.moods = [BROKEN, BROKEN, FINE]
    with pytest.raises(ApiError) as refused:
        door.call("POST", "/run", json={})

    assert 502 == refused.value.status
    assert "LLMOPS_URL" in str(refused.value)
    assert {"said": "fine"} == door.call("POST", "/run", json={}, headers={"Idempotency-Key": "a"})
    assert 3 == len(moody.asked)


def test_a_write_that_was_put_off_is_repeated(door, moody, slept):
    """A 429 was not carried out, so that no key is needed; it waits as long as it is told."""
    moody.moods = [BUSY, BUSY, FINE]

    assert {"said": "fine"} == door.call("POST", "/prompts", json={})
    assert [3.0, 3.0] == slept


def test_a_start_that_is_still_worked_on_is_asked_for_again(door, moody, slept):
    """With the same key, until its answer is there; any other conflict stands."""
    moody.moods = [CUT, *[IN_FLIGHT] * 9, FINE]
    key = {"Idempotency-Key": "a"}

    assert {"said": "fine"} == door.call("POST", "/experiments/run", json={}, headers=key)
    assert [2.0] * 9 == slept[1:]
    assert ["a"] * 11 == [headers["Idempotency-Key"] for headers in moody.headers]
    moody.moods = [(409, {**JSON, "Retry-After": "2"}, b'{"code": "name_taken"}')]
    with pytest.raises(ApiError) as refused:
        door.call("POST", "/prompts", json={}, headers=key)
    assert "name_taken" == refused.value.code


@pytest.mark.parametrize(
    ("header", "waits"), [("60", [60.0] * 2), ("50", [50.0] * 2), ("0", [1.0] * 120)]
)
def test_patience_with_a_busy_server_ends(door, moody, slept, header, waits):
    """After two minutes in all, and its last word is told as it is; it is never asked without a pause."""
    moody.moods = [(429, {**JSON, "Retry-After": header}, b'{"detail": "Slow down."}')] * 200
    with pytest.raises(ApiError, match="Slow down"):
        door.call("POST", "/prompts", json={})

    assert waits == slept


def test_a_call_that_is_made_once_waits_for_nothing(door, moody, slept):
    """Who has a copy at hand serves it at once, also when the server is only busy."""
    moody.moods = [BUSY]
    with pytest.raises(ApiError):
        door.exchange(Call(method="GET", path="/x", attempts=1))

    assert [] == slept


def test_it_gives_up(door, moody, slept):
    """After four attempts, or at once when the server asks for more than a minute."""
    moody.moods = [BROKEN] * 4
    with pytest.raises(ApiError):
        door.call("GET", "/prompts")
    moody.moods = [(429, {**JSON, "Retry-After": "3600"}, b'{"detail": "An hour."}')]
    with pytest.raises(ApiError, match="An hour"):
        door.call("GET", "/prompts")
    moody.moods = [CUT] * 4
    with pytest.raises(ServerAway, match="the connection was cut"):
        door.call("GET", "/prompts")

    assert 9 == len(moody.asked)
    assert 6 == len(slept)


def test_a_problem_is_told_with_its_members(door, moody):
    """Status, code, fields, hint and request id are there for a program, a sentence for people."""
    body = (
        b'{"status": 422, "code": "invalid", "title": "The input is not valid",'
        b' "detail": "No.", "hint": "Say yes.", "request_id": "r1",'
        b' "errors": [{"pointer": "#/a", "code": "c", "detail": "d"}], "line": 3}'
    )
    moody.moods = [(422, {"Content-Type": "application/problem+json"}, body)]
    with pytest.raises(ApiError) as refused:
        door.call("POST", "/prompts", json={})
    error = refused.value

    assert ("No. Say yes.", "invalid", "r1", {"line": 3}) == (
        str(error),
        error.code,
        error.request_id,
        error.extra,
    )
    assert ["#/a"] == [field["pointer"] for field in error.errors]
    assert not isinstance(error, KeyRefused)


def test_answers_of_other_kinds(door, moody):
    """Text as text, nothing as None, anything else as bytes; a redirect is not followed."""
    moody.moods = [
        (200, {"Content-Type": "text/csv; charset=utf-8"}, b"a,b"),
        (204, {}, b""),
        (200, {"Content-Type": "application/octet-stream"}, b"\0"),
        (302, {"Location": "http://127.0.0.1:9/"}, b""),
    ]

    assert ["a,b", None, b"\0"] == [door.call("GET", "/x") for _ in range(3)]
    with pytest.raises(ApiError, match="HTTP 302"):
        door.call("GET", "/x")


def test_events_are_streamed(door, moody):
    """With their ids and parsed data, and a refusal before the first one is an error."""
    frames = b': keep-alive\n\nid: 1\nevent: progress\ndata: {"done": 2}\n\n'
    stream = {"Content-Type": "text/event-stream"}
    moody.moods = [(200, stream, frames), (403, {}, b"{}"), CUT]
    (event,) = door.stream("GET", "/experiments/1/events")

    assert ("1", "progress", {"done": 2}) == (event.id, event.event, event.data)
    with pytest.raises(KeyRefused):
        list(door.stream("GET", "/experiments/1/events"))
    with pytest.raises(ServerAway):
        list(door.stream("GET", "/experiments/1/events"))


def test_the_async_door_is_its_twin(served, moody):
    """It repeats, waits and refuses by the same rules."""

    async def ask() -> Answer:
        door = AsyncHttp(served[1], "secret")
        try:
            return await door.exchange(Call(method="GET", path="/x"))
        finally:
            await door.aclose()

    moody.moods = [BROKEN, CUT, FINE]
    answer = asyncio.run(ask())
    moody.moods = [(401, {}, b"{}")]

    assert {"said": "fine"} == answer.body
    with pytest.raises(KeyRefused):
        asyncio.run(ask())
    moody.moods = [CUT] * 4
    with pytest.raises(ServerAway):
        asyncio.run(ask())


def test_the_key_is_shown_nowhere(served):
    """Not by the doors, and not by the error of an address that is none."""
    shown = repr(Http(served[1], "hidden-key")) + repr(AsyncHttp(served[1], "hidden-key"))

    assert "key set" in shown
    assert "hidden-key" not in shown
    assert wire.address("http://127.0.0.1:8000/api/v1/") == "http://127.0.0.1:8000"


def test_the_package_is_light():
    """Importing it and its door brings neither httpx2 nor pydantic: a command line builds on it."""
    code = "import sys, llmops.http; print({'httpx2', 'pydantic', 'jinja2'} & set(sys.modules))"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert "set()" == told.stdout.strip()
