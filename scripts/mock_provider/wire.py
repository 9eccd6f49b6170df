"""Bytes on the wire: routes, response heads, server-sent events."""

import math
from functools import cache, lru_cache
from http import HTTPStatus
from typing import Any

from pydantic_core import to_json

REALISTIC = (
    "server: mock-provider\r\ndate: Thu, 01 Jan 2026 00:00:00 GMT\r\nopenai-organization: mock\r\n"
    "openai-processing-ms: 200\r\nopenai-version: 2020-10-01\r\n"
    "strict-transport-security: max-age=31536000; includeSubDomains; preload\r\n"
    "x-request-id: req_0123456789abcdef0123456789abcdef\r\n"
)

SUFFIXES = (
    (b"/chat/completions", "chat"),
    (b"/messages", "messages"),
    (b"/embeddings", "embeddings"),
    (b"/feature-extraction", "features"),
    (b"/models", "models"),
    (b"/stats", "stats"),
    (b"/reset", "reset"),
    (b"/config", "config"),
    (b"/health", "health"),
)

CONTROL = frozenset({"stats", "reset", "config", "health"})


@lru_cache(1000)
def route_of(url: bytes) -> str:
    """The route's name; `generate` is Hugging Face text generation, `none` is a 404."""
    path = url.split(b"?", 1)[0].rstrip(b"/") or b"/"
    for suffix, name in SUFFIXES:
        if path.endswith(suffix):
            return name
    return "generate" if path == b"/" or b"/models/" in path else "none"


@cache
def head(status: int, kind: str, *, lean: bool) -> bytes:
    try:
        reason = HTTPStatus(status).phrase
    except ValueError:
        reason = "Error"
    more = "" if lean else REALISTIC
    return f"HTTP/1.1 {status} {reason}\r\ncontent-type: {kind}\r\n{more}".encode()


def whole(status: int, body: bytes, *, lean: bool, headers: bytes = b"") -> bytes:
    """A whole JSON response."""
    start = head(status, "application/json", lean=lean)
    return b"%b%bcontent-length: %d\r\n\r\n%b" % (start, headers, len(body), body)


def stream_head(*, lean: bool, headers: bytes = b"") -> bytes:
    start = head(200, "text/event-stream; charset=utf-8", lean=lean)
    return b"%b%bcache-control: no-cache\r\ntransfer-encoding: chunked\r\n\r\n" % (start, headers)


def retry_after(seconds: float) -> bytes:
    shown = str(int(seconds)) if float(seconds).is_integer() else f"{seconds:.3f}"
    return f"retry-after: {shown}\r\nretry-after-ms: {math.ceil(seconds * 1000)}\r\n".encode()


END = b"0\r\n\r\n"


def event(data: bytes) -> bytes:
    """One server-sent event, as one HTTP chunk."""
    frame = b"data: %b\n\n" % data
    return b"%x\r\n%b\r\n" % (len(frame), frame)


def named_event(name: str, value: dict[str, Any]) -> bytes:
    frame = b"event: %b\ndata: %b\n\n" % (name.encode(), to_json(value))
    return b"%x\r\n%b\r\n" % (len(frame), frame)


def error_body(route: str, status: int, message: str) -> bytes:
    """A provider's error document, in the route's own shape."""
    limited = status == 429
    if route == "messages":
        kind = "rate_limit_error" if limited else "api_error"
        return to_json({"type": "error", "error": {"type": kind, "message": message}})
    return to_json(
        {
            "error": {
                "message": message,
                "type": "requests" if limited else "server_error",
                "param": None,
                "code": "rate_limit_exceeded" if limited else "server_error",
            }
        }
    )
