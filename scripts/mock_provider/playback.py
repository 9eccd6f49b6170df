"""Sends one reply when it is due, whole or token by token, and books what became of it."""

import asyncio
import time
from collections.abc import Callable
from typing import Protocol

from scripts.mock_provider import wire
from scripts.mock_provider.call import Call
from scripts.mock_provider.settings import Settings
from scripts.mock_provider.stats import Stats
from scripts.mock_provider.streams import Stream

CUTS = frozenset({"drop_mid", "stall", "error_event", "end_early"})


class Books(Protocol):
    settings: Settings
    stats: Stats


class Line(Protocol):
    """The connection a reply goes out on."""

    transport: asyncio.Transport

    @property
    def provider(self) -> Books: ...
    def write(self, data: bytes) -> None: ...
    def done(self) -> None: ...


class Playback:
    def __init__(self, line: Line, call: Call) -> None:
        self._line = line
        self._call = call
        self._settings = line.provider.settings
        self._stats = line.provider.stats
        self._loop = asyncio.get_running_loop()
        self._timer: asyncio.TimerHandle | None = None
        self._over = False
        self._next = 0  # the stream's next token

    def hung_up(self) -> None:
        """The client closed its connection before the reply had ended."""
        if self._timer is not None:
            self._timer.cancel()
        if not self._over:
            self._stats.aborted += 1
            self._book()

    def send_when_due(self, status: int, body: bytes, headers: bytes = b"") -> None:
        self._stats.statuses[status] += 1
        headers += self._call.headers
        data = wire.whole(status, body, lean=self._settings.lean_headers, headers=headers)
        self._when_due(lambda: self._finish(data, late=True))

    def drop_when_due(self) -> None:
        self._when_due(self._drop)

    def stream_when_due(self, stream: Stream) -> None:
        self._stats.statuses[200] += 1
        self._when_due(lambda: self._begin(stream))

    def _when_due(self, act: Callable[[], None]) -> None:
        """Acts at `due`, never before: uvloop's timers may fire up to a millisecond early."""
        left = self._call.due - time.monotonic()
        if left <= 0:
            act()
        else:
            self._timer = self._loop.call_later(max(0.001, left), self._when_due, act)

    def _begin(self, stream: Stream) -> None:
        self._stats.late.append(time.monotonic() - self._call.due)
        head = wire.stream_head(lean=self._settings.lean_headers, headers=self._call.headers)
        data = head + stream.first()
        if stream.length:
            data += stream.token(0)
        self._next = 1
        self._line.write(data)
        self._go_on(stream)

    def _go_on(self, stream: Stream) -> None:
        end = stream.length
        if self._call.fault in CUTS:
            end //= 2
        if self._next >= end:
            self._stop(stream)
        elif self._settings.itl > 0:
            self._call.due += self._settings.itl
            self._when_due(lambda: self._emit(stream))
        else:
            data = b"".join(stream.token(index) for index in range(self._next, end))
            self._next = end
            self._line.write(data)
            self._stop(stream)

    def _emit(self, stream: Stream) -> None:
        self._line.write(stream.token(self._next))
        self._next += 1
        self._go_on(stream)

    def _stop(self, stream: Stream) -> None:
        """After the last token, or half way where the stream is to be cut."""
        if self._call.fault == "drop_mid":
            # 5 ms: the half that was sent arrives before the connection breaks
            self._timer = self._loop.call_later(0.005, self._drop)
        elif self._call.fault == "error_event":
            self._finish(stream.error())
        elif self._call.fault == "end_early":
            self._finish(wire.END)
        elif self._call.fault != "stall":
            self._finish(stream.last())

    def _finish(self, data: bytes, *, late: bool = False) -> None:
        if late:
            self._stats.late.append(time.monotonic() - self._call.due)
        self._line.write(data)
        if self._call.good:
            self._stats.paid[self._call.digest] += 1
            self._call.key.ok += 1
        self._stats.completed += 1
        self._book()
        self._line.done()

    def _drop(self) -> None:
        self._book()
        self._line.transport.abort()

    def _book(self) -> None:
        self._over = True
        self._stats.end(self._call.key, self._call.model, self._call.digest)
