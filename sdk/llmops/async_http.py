"""The async door to the server; see `http.py`, of which it is the twin."""

import asyncio
from typing import TypeVar

import httpx2

from llmops import answers, wire
from llmops.errors import LlmopsError
from llmops.wire import Answer, Call, Pause, Steps

Result = TypeVar("Result")


class AsyncHttp:
    """A keyed connection to one server, for one event loop."""

    def __init__(self, url: str, api_key: str | None, *, timeout_s: float = 30.0) -> None:
        self.url = wire.address(url)
        self._api_key_is_set = bool(api_key)
        self._client = httpx2.AsyncClient(headers=wire.key_headers(api_key), timeout=timeout_s)

    def __repr__(self) -> str:
        told = "set" if self._api_key_is_set else "missing"
        return f"{type(self).__name__}({self.url!r}, key {told})"

    async def exchange(self, call: Call) -> Answer:
        """Raises ApiError (KeyRefused for 401 and 403) and ServerAway; 304 is an answer."""
        repeats = wire.Repeats(call)
        while True:
            answer, away = await self._once(call)
            wait = repeats.pause(answer)
            if wait is None:
                return wire.settled(self.url, answer, away)
            await asyncio.sleep(wait)

    async def drive(self, steps: Steps[Result]) -> Result:
        """Does what the steps ask for, one after the other; gives what they end with."""
        try:
            step = next(steps)
            while True:
                done = await self._done(step)
                step = steps.throw(done) if isinstance(done, LlmopsError) else steps.send(done)
        except StopIteration as end:
            result: Result = end.value
            return result

    async def aclose(self) -> None:
        await self._client.aclose()

    async def _done(self, step: Call | Pause) -> Answer | LlmopsError | None:
        if isinstance(step, Pause):
            await asyncio.sleep(step.seconds)
            return None
        try:
            return await self.exchange(step)
        except LlmopsError as error:
            return error

    async def _once(self, call: Call) -> tuple[Answer | None, str]:
        """The answer, or None and why none came."""
        try:
            response = await self._client.request(**answers.request(self.url, call))
        except httpx2.TransportError as error:
            return None, answers.told(error)
        return answers.read(response), ""
