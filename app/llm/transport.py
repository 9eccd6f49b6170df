"""The one way out: the HTTP client that carries every SDK's calls.

The three SDKs share httpx2, so each is given this client instead of its own. It follows no
redirect (a redirect could carry the key elsewhere), reads no proxy from the environment, caps what
a reply may weigh, and turns a refusal into a `ModelError` before an SDK wraps it in a type of its
own whose text names addresses. It runs on aiohttp: half the CPU of httpx2's own transport.
"""

import json
import ssl
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, suppress
from functools import lru_cache

import httpx2
from openai import DefaultAioHttpClient

from app.llm.client import JsonObject, ModelError
from app.llm.failures import PROVIDERS, refusal

MAX_REPLY_BYTES = 16 * 2**20  # 100 times the longest reply of today's models
MAX_ERROR_BYTES = 64 * 2**10

# `limits.py` bounds the calls in flight; the pool must not do it a second time, unseen.
POOL = httpx2.Limits(max_connections=1000, max_keepalive_connections=1000, keepalive_expiry=30.0)


def http_client(provider: str, secret: str) -> httpx2.AsyncClient:
    """A client for one provider's credential and one event loop; the caller closes it."""

    async def check(response: httpx2.Response) -> None:
        if not response.is_success:
            body = await start_of(response)
            raise refusal(provider, response.status_code, response.headers, body, secret)
        if isinstance(response.stream, httpx2.AsyncByteStream):
            response.stream = Capped(response.stream, provider)

    return DefaultAioHttpClient(
        event_hooks={"response": [check]},
        follow_redirects=False,
        headers={"accept-encoding": "identity"},  # replies are short; inflating one is a risk
        limits=POOL,
        timeout=None,  # the adapter bounds the whole call
        trust_env=False,
        verify=tls(),
    )


@lru_cache(1)
def tls() -> ssl.SSLContext:
    """Loaded once: 20 ms. An operator's SSL_CERT_FILE counts."""
    return httpx2.create_ssl_context()


class Capped(httpx2.AsyncByteStream):
    """A body that fails once it is longer than any honest reply."""

    def __init__(self, stream: httpx2.AsyncByteStream, provider: str) -> None:
        self._stream = stream
        self._provider = provider

    async def __aiter__(self) -> AsyncIterator[bytes]:
        seen = 0
        async for part in self._stream:
            seen += len(part)
            if seen > MAX_REPLY_BYTES:
                name = PROVIDERS[self._provider].name
                raise ModelError(
                    "malformed_reply",
                    f"{name} sent more than {MAX_REPLY_BYTES // 2**20} MiB for one reply.",
                    provider=self._provider,
                )
            yield part

    async def aclose(self) -> None:
        await self._stream.aclose()


async def start_of(response: httpx2.Response) -> bytes:
    """The first bytes of an error's body; empty where it cannot be read."""
    body = b""
    with suppress(httpx2.HTTPError):
        async for part in response.aiter_bytes():
            body += part
            if len(body) >= MAX_ERROR_BYTES:
                break
    return body[:MAX_ERROR_BYTES]


async def events(response: httpx2.Response) -> AsyncGenerator[JsonObject]:
    """The JSON of each server-sent event, until the stream ends or says `[DONE]`."""
    async with aclosing(response):
        async for line in response.aiter_lines():
            if line.startswith("data:"):
                data = line[5:].strip()
                if data == "[DONE]":
                    return
                yield json.loads(data)
