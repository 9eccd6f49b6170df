"""What an experiment does while a provider is left alone: it waits, but not for ever."""

import asyncio
from collections.abc import Awaitable, Callable

from app.llm.breaker import CircuitOpen
from app.llm.client import Completion


class Patience:
    """Waits for an open circuit, so long in all until an answer comes; then it fails at once.

    One is shared by all the calls of a loop. A provider that stumbles costs no case its answer, and
    one that stays away does not hold thousands of cases for a minute each.
    """

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._ends_at: float | None = None

    async def ask(self, call: Callable[[], Awaitable[Completion]]) -> Completion:
        """The call's answer; raises its ModelError, CircuitOpen once patience is used up."""
        while True:
            try:
                completion = await call()
            except CircuitOpen as refused:
                now = asyncio.get_running_loop().time()
                wait = refused.retry_after_s or 1.0
                if self._ends_at is None:
                    self._ends_at = now + self._seconds
                if now + wait > self._ends_at:
                    raise
                await asyncio.sleep(wait)
            else:
                self._ends_at = None
                return completion
