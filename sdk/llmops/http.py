"""The sync door to the server; httpx2 is imported with the first request."""

import threading
import time
from collections.abc import Iterator, Mapping
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, TypeVar

from llmops import wire
from llmops.errors import LlmopsError, ServerAway
from llmops.wire import Answer, Call, Pause, ServerEvent, Steps

if TYPE_CHECKING:
    import httpx2

Result = TypeVar("Result")

QUIET_S = 60.0  # the server sends a sign of life every 15 s


class Http:
    """A keyed connection to one server; may be shared by threads.

    Reads and POSTs with an Idempotency-Key are repeated after 5xx and broken connections, every
    call after 429, as the server did nothing yet.
    """

    def __init__(self, url: str, api_key: str | None, *, timeout_s: float = 30.0) -> None:
        self.url = wire.address(url)
        self.timeout_s = timeout_s
        self._api_key = api_key
        self._client: httpx2.Client | None = None
        self._lock = threading.Lock()

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.url!r}, key {'set' if self._api_key else 'missing'})"

    def call(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, Any] | None = None,
        json: object = None,
        files: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Any:  # noqa: ANN401 - JSON, whatever the endpoint answers
        """Parsed JSON; text where the answer is text, bytes where it is neither, None for 204.

        Raises ApiError (KeyRefused for 401 and 403) and ServerAway.
        """
        asked = Call(
            method=method, path=path, params=params, json=json, files=files, headers=headers or {}
        )
        return self.exchange(asked).body

    def exchange(self, call: Call) -> Answer:
        """As `call`, with the answer's status and headers; 304 is an answer, no error."""
        repeats = wire.Repeats(call)
        while True:
            answer, away = self._once(call)
            wait = repeats.pause(answer)
            if wait is None:
                return wire.settled(self.url, answer, away)
            time.sleep(wait)

    def drive(self, steps: Steps[Result]) -> Result:
        """Does what the steps ask for, one after the other; gives what they end with."""
        try:
            step = next(steps)
            while True:
                done = self._done(step)
                step = steps.throw(done) if isinstance(done, LlmopsError) else steps.send(done)
        except StopIteration as end:
            result: Result = end.value
            return result

    def stream(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, Any] | None = None,
        json: object = None,
        headers: Mapping[str, str] | None = None,
    ) -> Iterator[ServerEvent]:
        """Server-sent events as they come; raises as `call` does, a cut stream is ServerAway."""
        import httpx2  # noqa: PLC0415 - 60 ms, and most programs that import this ask later

        from llmops.answers import read, told  # noqa: PLC0415 - same

        waits = httpx2.Timeout(self.timeout_s, read=QUIET_S)
        url = f"{self.url}{wire.PREFIX}{path}"
        asked = dict(headers or {}) | {"Accept": "text/event-stream"}
        try:
            with self._opened().stream(
                method, url, params=params, json=json, headers=asked, timeout=waits
            ) as response:
                if not response.is_success:
                    response.read()
                    refused = wire.refusal(read(response))
                    if refused is not None:
                        raise refused
                for event in httpx2.EventSource(response):
                    yield ServerEvent(event.id, event.event, event.json() if event.data else None)
        except httpx2.TransportError as error:
            raise ServerAway(self.url, told(error)) from error

    def close(self) -> None:
        if self._client is not None:
            self._client.close()
            self._client = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def _done(self, step: Call | Pause) -> Answer | LlmopsError | None:
        if isinstance(step, Pause):
            time.sleep(step.seconds)
            return None
        try:
            return self.exchange(step)
        except LlmopsError as error:
            return error

    def _opened(self) -> "httpx2.Client":
        import httpx2  # noqa: PLC0415 - 60 ms

        with self._lock:
            if self._client is None:
                headers = wire.key_headers(self._api_key)
                self._client = httpx2.Client(headers=headers, timeout=self.timeout_s)
            return self._client

    def _once(self, call: Call) -> tuple[Answer | None, str]:
        """The answer, or None and why none came."""
        import httpx2  # noqa: PLC0415 - 60 ms

        from llmops.answers import read, request, told  # noqa: PLC0415 - same

        try:
            return read(self._opened().request(**request(self.url, call))), ""
        except httpx2.TransportError as error:
            return None, told(error)
