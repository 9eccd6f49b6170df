"""The HTTP side: one protocol object per connection, on uvloop and httptools.

A raw protocol instead of a framework, because the mock must cost less than the client it measures.
"""

import asyncio
import os
import signal
import socket
from collections import deque
from typing import Any, NamedTuple, cast

import httptools
from pydantic_core import from_json, to_json

from scripts.mock_provider import replies, wire
from scripts.mock_provider.answers import Provider, ask, refuse
from scripts.mock_provider.call import Call
from scripts.mock_provider.playback import Playback
from scripts.mock_provider.settings import Settings


class Request(NamedTuple):
    method: bytes
    url: bytes
    body: bytes
    key: bytes
    keep_alive: bool


class Connection(asyncio.Protocol):
    """Requests of one connection, answered one after the other."""

    transport: asyncio.Transport

    def __init__(self, provider: Provider) -> None:
        self.provider = provider
        self._parser = httptools.HttpRequestParser(self)
        self._waiting: deque[Request] = deque()
        self._playback: Playback | None = None
        self._busy = False
        self._keep_alive = True
        self.on_message_begin()

    # asyncio's callbacks

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)
        self.provider.stats.connected()
        found = transport.get_extra_info("socket")
        if found is not None:
            found.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def connection_lost(self, _: Exception | None) -> None:
        self.provider.stats.connections -= 1
        if self._playback is not None:
            self._playback.hung_up()

    def data_received(self, data: bytes) -> None:
        self.provider.stats.bytes_in += len(data)
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserError:
            self.transport.close()

    # httptools' callbacks

    def on_message_begin(self) -> None:
        self._url = self._key = b""
        self._body: list[bytes] = []

    def on_url(self, url: bytes) -> None:
        self._url += url

    def on_header(self, name: bytes, value: bytes) -> None:
        if name.lower() in {b"authorization", b"x-api-key"}:
            self._key = value

    def on_body(self, body: bytes) -> None:
        self._body.append(body)

    def on_message_complete(self) -> None:
        method, keep_alive = self._parser.get_method(), self._parser.should_keep_alive()
        request = Request(method, self._url, b"".join(self._body), self._key, keep_alive)
        if self._busy:
            self._waiting.append(request)
        else:
            self._handle(request)

    # what answers write to

    def play(self, call: Call) -> Playback:
        self._playback = Playback(self, call)
        return self._playback

    def send(self, status: int, body: bytes, headers: bytes = b"") -> None:
        lean = self.provider.settings.lean_headers
        self.write(wire.whole(status, body, lean=lean, headers=headers))
        self.done()

    def write(self, data: bytes) -> None:
        self.provider.stats.bytes_out += len(data)
        self.transport.write(data)

    def done(self) -> None:
        """The reply under way has gone out; the next request may be handled."""
        self._busy, self._playback = False, None
        if not self._keep_alive:
            self.transport.close()
        elif self._waiting:
            self._handle(self._waiting.popleft())

    def _handle(self, request: Request) -> None:
        self._busy, self._keep_alive = True, request.keep_alive
        route = wire.route_of(request.url)
        if route in wire.CONTROL:
            self._control(route, request)
            return
        stats = self.provider.stats
        stats.requests += 1
        stats.routes[route] += 1
        if route == "models" and request.method == b"GET":
            stats.statuses[200] += 1
            self.send(200, replies.models())
        elif request.method != b"POST" or route in {"none", "models"}:
            refuse(self, route, 404, "no such route")
        else:
            ask(self, route, request.body, request.key)

    def _control(self, route: str, request: Request) -> None:
        provider = self.provider
        body: Any = {"status": "ok", "pid": os.getpid()}
        if route == "reset":
            provider.reset()
        elif route == "config" and request.method == b"POST":
            try:
                provider.settings.change(from_json(request.body))
            except (ValueError, AttributeError) as error:
                self.send(400, to_json({"error": str(error)}))
                return
        elif route == "stats":
            body = provider.stats.as_json()
            if b"hashes=1" in request.url:
                body["hashes"] = provider.stats.hashes()
        if route == "config":
            body = {name: getattr(provider.settings, name) for name in Settings.__slots__}
        self.send(200, to_json(body))


async def serve(settings: Settings) -> None:
    """Serves until SIGTERM or SIGINT; prints the address once it listens."""
    loop = asyncio.get_running_loop()
    provider = Provider(settings)
    server = await loop.create_server(
        lambda: Connection(provider), settings.host, settings.port, backlog=4096
    )
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    port = server.sockets[0].getsockname()[1]
    print(f"mock provider on http://{settings.host}:{port} pid {os.getpid()}", flush=True)
    await stop.wait()
    server.close()
