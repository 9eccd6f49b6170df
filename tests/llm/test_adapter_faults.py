"""Every way a provider can fail, through each provider's own SDK."""

import asyncio
import socket
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from app.llm import transport
from app.llm.client import Options
from tests.llm.calling import (
    PROVIDERS,
    complete,
    failure,
    stream,
    user,
    with_adapter,
)

pytestmark = pytest.mark.parametrize("provider", PROVIDERS)

STATUSES = [
    (302, "invalid_request", False),
    (400, "invalid_request", False),
    (401, "authentication", False),
    (402, "invalid_request", False),
    (403, "authentication", False),
    (404, "model_not_found", False),
    (408, "timeout", True),
    (409, "unavailable", True),
    (422, "invalid_request", False),
    (429, "rate_limited", True),
    (500, "unavailable", True),
    (503, "unavailable", True),
    (529, "unavailable", True),
]

BOTH = pytest.mark.parametrize("call", [complete, stream])

SHORT = Options(timeout_s=0.4)


@BOTH
@pytest.mark.parametrize(("status", "code", "retryable"), STATUSES)
def test_a_refusal_by_status(provider, mock, call, status, code, retryable):
    """Each status has its code, and the message neither key nor address."""
    error = failure(call, provider, mock.url, f"[[mock:status={status}]]")

    assert (code, status, retryable) == (error.code, error.status, error.retryable)
    assert provider == error.provider


@BOTH
def test_a_wrong_key(provider, mock, call):
    """The message names the variable to set, not the key."""
    error = failure(call, provider, mock.url, "hello", key="wrong-key")

    assert "authentication" == error.code
    assert "wrong-key" not in error.message
    assert {"openai": "OPENAI_API_KEY", "anthropic": "ANTHROPIC_API_KEY"}.get(
        provider, "HF_API_TOKEN"
    ) in error.message


@BOTH
def test_a_model_that_does_not_exist(provider, mock, call):
    """A typing mistake in a model's name is not tried five times."""
    error = failure(call, provider, mock.url, "hello", model="no-such-model")

    assert ("model_not_found", False) == (error.code, error.retryable)


@BOTH
@pytest.mark.parametrize(("written", "seconds"), [("2", 2.0), ("0.25", 0.25), ("-3", 0.0)])
def test_retry_after_in_seconds(provider, mock, call, written, seconds):
    """A 429 says how long to wait."""
    prompt = f"[[mock:status=429,retry_after={written}]]"

    assert seconds == failure(call, provider, mock.url, prompt).retry_after_s


@BOTH
def test_retry_after_as_a_date(provider, mock, call):
    """The other form RFC 9110 allows."""
    date = format_datetime(datetime.now(UTC) + timedelta(seconds=60), usegmt=True)
    # a directive's parts are separated by commas, the date's own comma is left out
    prompt = f"[[mock:status=503]][[mock:status=429,retry_after={date.replace(',', '')}]]"
    error = failure(call, provider, mock.url, prompt)

    assert 50 < error.retry_after_s <= 60


@BOTH
@pytest.mark.parametrize("written", ["soon", "nan", "inf"])
def test_retry_after_in_neither_form(provider, mock, call, written):
    """What cannot be read is not waited for."""
    prompt = f"[[mock:status=429,retry_after={written}]]"

    assert failure(call, provider, mock.url, prompt).retry_after_s is None


@BOTH
def test_no_answer_in_time(provider, mock, call):
    """A provider that hangs costs `timeout_s` and no more."""
    error = failure(call, provider, mock.url, "[[mock:hang]]", options=SHORT)

    assert ("timeout", True) == (error.code, error.retryable)


@BOTH
def test_a_dropped_connection(provider, mock, call):
    """Hanging up is not a timeout, whatever the transport calls it."""
    assert "unavailable" == failure(call, provider, mock.url, "[[mock:drop]]").code


@BOTH
def test_a_refused_connection(provider, call):
    """Nobody listens there."""
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{closed.getsockname()[1]}"
        error = failure(call, provider, url, "hello")

    assert "unavailable" == error.code


@BOTH
def test_a_body_that_is_not_what_it_should_be(provider, mock, call):
    """Half a JSON document with status 200 is no reply."""
    assert "malformed_reply" == failure(call, provider, mock.url, "[[mock:malformed]]").code


@pytest.mark.parametrize("fault", ["drop_mid", "error_event", "end_early"])
def test_a_stream_cut_in_the_middle(provider, mock, fault):
    """What came before the cut was delivered; the cut is an error, not an end."""
    pieces = []

    async def read(model):
        stream = model.stream(user(f"[[mock:{fault}]]"), Options(timeout_s=20))
        pieces.extend([await anext(stream), await anext(stream)])
        return [chunk async for chunk in stream]

    error = failure(with_adapter, provider, mock.url, read)

    assert "interrupted" == error.code
    assert all(piece.text for piece in pieces)


def test_a_stream_that_falls_silent(provider, mock):
    """Silence in the middle ends at the time limit."""
    error = failure(stream, provider, mock.url, "[[mock:stall]]", options=SHORT)

    assert "timeout" == error.code


def test_the_time_limit_does_not_cancel_a_slow_reader(provider, mock):
    """A reader busy with a piece when the time is up gets a ModelError, not a cancellation."""

    async def read_slowly(model):
        async for _ in model.stream(user("[[mock:stall]]"), SHORT):
            await asyncio.sleep(0.1)

    assert "timeout" == failure(with_adapter, provider, mock.url, read_slowly).code


@BOTH
def test_a_reply_without_end(provider, mock, call, monkeypatch):
    """A body beyond the cap is given up before it fills the memory."""
    monkeypatch.setattr(transport, "MAX_REPLY_BYTES", 1000)
    error = failure(call, provider, mock.url, f"[[mock:reply={'word ' * 1000}]]")

    assert "malformed_reply" == error.code


def test_a_refusal_says_why(provider, mock):
    """The provider's reason is quoted, without the key and the address it held."""
    error = failure(complete, provider, mock.url, "[[mock:status=400]]")

    assert 'It says: "mock 400; key …, see …' in error.message


def test_a_parameter_the_call_needs_is_not_left_out(provider, mock):
    """Without a limit of length the answer would be another one."""
    error = failure(complete, provider, mock.url, "[[mock:refuses=max_tokens]]")

    assert "invalid_request" == error.code
    assert "max_tokens" in error.message


def test_a_redirect_is_not_followed(provider, mock):
    """The key stays with the host it was stored for."""
    before = mock.stats()["requests"]
    failure(complete, provider, mock.url, "redirected [[mock:status=307]]")

    assert before + 1 == mock.stats()["requests"]
