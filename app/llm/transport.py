"""The one way out: the connections that carry every provider's calls.

The official clients say where a request goes, what its headers are and, where that is theirs to
say, how it is written; it is sent here, on aiohttp, for a third of the processor time of their own
sending (docs/decisions). No redirect is followed (it could carry the key elsewhere), no proxy is
read from the environment, a reply's weight is capped, and a refusal becomes a `ModelError`.
"""

import json
import ssl
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import aclosing, asynccontextmanager, suppress
from functools import lru_cache
from typing import NamedTuple

import aiohttp
from aiohttp.connector import Connection

from app.llm.client import JsonObject, ModelError
from app.llm.failures import PROVIDERS, refusal
from app.llm.party import check_may_send
from app.llm.quota import hear

MAX_REPLY_BYTES = 16 * 2**20  # 100 times the longest reply of today's models
MAX_ERROR_BYTES = 64 * 2**10
KEEPALIVE_S = 30.0


class Destination(NamedTuple):
    """Where a provider takes calls, and the headers its official client sends."""

    url: str
    headers: Mapping[str, str]


def as_headers(said: Mapping[str, object]) -> dict[str, str]:
    """An official client's headers; it marks those it leaves out with objects of its own."""
    return {name: value for name, value in said.items() if isinstance(value, str)}


class Request(aiohttp.ClientRequest):
    """Asks for leave once it has its connection: nothing is waited for after that."""

    async def send(self, conn: Connection) -> aiohttp.ClientResponse:
        check_may_send()
        return await super().send(conn)


class Wire:
    """The connections to one provider with one credential, in one event loop."""

    def __init__(self, provider: str, secret: str) -> None:
        self._provider = provider
        self._secret = secret
        self._session = aiohttp.ClientSession(
            # `limits.py` bounds the calls in flight; the pool must not do it again, unseen
            connector=aiohttp.TCPConnector(limit=0, keepalive_timeout=KEEPALIVE_S, ssl=tls()),
            cookie_jar=aiohttp.DummyCookieJar(),
            headers={"Accept-Encoding": "identity"},  # replies are short; inflating one is a risk
            timeout=aiohttp.ClientTimeout(total=None),  # the adapter bounds the whole call
            trust_env=False,
            request_class=Request,
        )

    async def aclose(self) -> None:
        await self._session.close()

    async def ask(self, to: Destination, body: JsonObject) -> JsonObject:
        """The JSON of a whole reply. Raises ModelError, or what aiohttp and json raise."""
        async with self._sent(to, body) as response:
            whole = b"".join([part async for part in self._parts(response)])
        found: JsonObject = json.loads(whole)
        return found

    async def events(self, to: Destination, body: JsonObject) -> AsyncGenerator[JsonObject]:
        """The JSON of each server-sent event, until the stream ends or says `[DONE]`."""
        async with self._sent(to, body) as response, aclosing(self._lines(response)) as lines:
            async for line in lines:
                if line.startswith(b"data:"):
                    data = line[5:].strip()
                    if data == b"[DONE]":
                        return
                    yield json.loads(data)

    @asynccontextmanager
    async def _sent(
        self, to: Destination, body: JsonObject
    ) -> AsyncIterator[aiohttp.ClientResponse]:
        async with self._session.post(
            to.url,
            data=json.dumps(body, ensure_ascii=False).encode(),
            headers=to.headers,
            allow_redirects=False,
        ) as response:
            hear(response.headers)
            if not 200 <= response.status < 300:
                start = await start_of(response)
                status, headers = response.status, response.headers
                raise refusal(self._provider, status, headers, start, self._secret)
            yield response

    async def _parts(self, response: aiohttp.ClientResponse) -> AsyncGenerator[bytes]:
        """The body as it comes; fails once it is longer than any honest reply."""
        seen = 0
        async for part in response.content.iter_any():
            seen += len(part)
            if seen > MAX_REPLY_BYTES:
                name = PROVIDERS[self._provider].name
                raise ModelError(
                    "malformed_reply",
                    f"{name} sent more than {MAX_REPLY_BYTES // 2**20} MiB for one reply.",
                    provider=self._provider,
                )
            yield part

    async def _lines(self, response: aiohttp.ClientResponse) -> AsyncGenerator[bytes]:
        rest = bytearray()
        async with aclosing(self._parts(response)) as parts:
            async for part in parts:
                begun = len(rest)
                rest += part
                if b"\n" in part:
                    end = rest.rindex(b"\n", begun)
                    for line in bytes(rest[:end]).split(b"\n"):
                        yield line
                    del rest[: end + 1]
        yield bytes(rest)


@lru_cache(1)
def tls() -> ssl.SSLContext:
    """Loaded once: 20 ms. An operator's SSL_CERT_FILE counts."""
    import httpx2  # noqa: PLC0415 - the certificates it trusts, which the official clients trust

    return httpx2.create_ssl_context()


async def start_of(response: aiohttp.ClientResponse) -> bytes:
    """The first bytes of an error's body; empty where it cannot be read."""
    body = b""
    with suppress(aiohttp.ClientError):
        async for part in response.content.iter_any():
            body += part
            if len(body) >= MAX_ERROR_BYTES:
                break
    return body[:MAX_ERROR_BYTES]
