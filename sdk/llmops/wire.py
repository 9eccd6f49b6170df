"""HTTP as values: what is asked, what came back, whether to ask again. Nothing here does I/O.

The sync and the async client share all of it; they differ in who waits.
"""

import random
from collections.abc import Generator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias, TypeVar
from urllib.parse import urlsplit

from llmops.errors import ApiError, KeyRefused, LlmopsError, ServerAway

Result = TypeVar("Result")

VERSION = "0.1.0"
PREFIX = "/api/v1"
MOST_ATTEMPTS = 4
FIRST_PAUSE_S = 0.25  # doubled each time, so the last attempt comes after about 2 s
LONGEST_PAUSE_S = 60.0  # a server that asks for more is told on as an error
LEAST_PAUSE_S = 1.0  # even where the server says 0
PATIENCE_S = 120.0  # with a server that puts a call off, in all: a key's minute, and others' share
RETRIED = frozenset({429, 500, 502, 503, 504})
NOT_OURS = "not_a_problem_answer"  # something in front of the platform spoke
IN_FLIGHT = "still_in_flight"  # the same Idempotency-Key's first request is being worked on
_MEMBERS = frozenset({"type", "status", "code", "title", "detail", "errors", "hint", "request_id"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One request; `path` is below /api/v1."""

    method: str
    path: str
    params: Mapping[str, Any] | None = None
    json: Any = None
    files: Mapping[str, Any] | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    attempts: int = MOST_ATTEMPTS  # 1: what comes first stands

    @property
    def may_be_repeated(self) -> bool:
        """Reads, and writes that the server does once per Idempotency-Key."""
        named = {name.lower() for name in self.headers}
        return self.method.upper() in {"GET", "HEAD"} or "idempotency-key" in named


@dataclass(frozen=True, slots=True)
class Pause:
    """Seconds to wait before going on."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer; the names of `headers` are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: Any


# What to do over several requests, written once: yields what to ask or how long to wait, is sent
# the answer (None after a wait), is thrown what went wrong. A door drives it, see `Http.drive`.
Steps: TypeAlias = Generator[Call | Pause, Answer | None, Result]


@dataclass(frozen=True, slots=True)
class ServerEvent:
    """One server-sent event; `data` is parsed JSON."""

    id: str
    event: str
    data: Any


def address(url: str) -> str:
    """The server's address without a trailing slash; raises LlmopsError for what is none."""
    parts = urlsplit(url.strip())
    if parts.scheme not in {"http", "https"} or not parts.netloc:
        raise LlmopsError(
            "The server's address must look like http://127.0.0.1:8000; set LLMOPS_URL."
        )
    return url.strip().rstrip("/").removesuffix(PREFIX)


def answered(sent: Answer | None) -> Answer:
    """What a step that asked is sent: never None, which is what one that waited is sent."""
    assert sent is not None
    return sent


def key_headers(api_key: str | None) -> dict[str, str]:
    told = {"User-Agent": f"llmops-client/{VERSION}"}
    return told if not api_key else told | {"Authorization": f"Bearer {api_key}"}


class Repeats:
    """When one call is to be repeated, and when its outcome stands."""

    def __init__(self, call: Call) -> None:
        self._call = call
        self._failures = 0
        self._waited = 0.0

    def pause(self, answer: Answer | None) -> float | None:
        """Seconds until the next attempt, None when the outcome stands; no answer is None.

        The server's Retry-After is obeyed. A call it puts off waits as long as patience lasts;
        one that failed is repeated `attempts` times, and only if it may be done twice.
        """
        if self._call.attempts == 1:
            return None
        asked = seconds(answer.headers.get("retry-after")) if answer else None
        if asked is not None and asked > LONGEST_PAUSE_S:
            return None
        if answer is not None and asked is not None and put_off(answer):
            return self._patiently(max(asked, LEAST_PAUSE_S))
        return self._after_failure(answer, asked)

    def _patiently(self, wait: float) -> float | None:
        self._waited += wait
        return wait if self._waited <= PATIENCE_S else None

    def _after_failure(self, answer: Answer | None, asked: float | None) -> float | None:
        if answer is not None and answer.status not in RETRIED:
            return None
        undone = answer is not None and put_off(answer)
        self._failures += 1
        if self._failures >= self._call.attempts or not (undone or self._call.may_be_repeated):
            return None
        jitter = random.uniform(0.75, 1.25)  # noqa: S311 - no secret
        usual = FIRST_PAUSE_S * float(2 ** (self._failures - 1)) * jitter
        return usual if asked is None else asked


def put_off(answer: Answer) -> bool:
    """The server did nothing yet, and may be asked for the same again, whatever it was."""
    if answer.status == 409:
        return isinstance(answer.body, dict) and answer.body.get("code") == IN_FLIGHT
    return answer.status == 429


def seconds(header: str | None) -> float | None:
    """Of a Retry-After in seconds; its form as a date is not used by the server."""
    return float(header) if header is not None and header.strip().isdecimal() else None


def settled(server: str, answer: Answer | None, away: str) -> Answer:
    """The answer; raises what it tells of, or ServerAway where none came and `away` says why."""
    if answer is None:
        raise ServerAway(server, away)
    refused = refusal(answer)
    if refused is not None:
        raise refused
    return answer


def refusal(answer: Answer) -> ApiError | None:
    """The error an answer tells of, None for one that is fine; 304 is fine."""
    if answer.status < 400 and (answer.status < 300 or answer.status == 304):
        return None
    told = answer.body if isinstance(answer.body, dict) else {}
    kind = KeyRefused if answer.status in {401, 403} else ApiError
    return kind(
        status=answer.status,
        code=str(told.get("code", NOT_OURS)),
        title=str(told.get("title", f"HTTP {answer.status}")),
        detail=str(told.get("detail") or stranger(answer.status)),
        errors=told.get("errors") or (),
        hint=told.get("hint"),
        request_id=told.get("request_id") or answer.headers.get("x-request-id"),
        extra={name: value for name, value in told.items() if name not in _MEMBERS},
    )


def stranger(status: int) -> ApiError:
    """An answer that is none of the platform's, whatever its status says."""
    words = (
        f"The answer was HTTP {status} and not one of the platform's; "
        "check that LLMOPS_URL is its address and not that of something in front of it."
    )
    return ApiError(status, NOT_OURS, f"HTTP {status}", words)
