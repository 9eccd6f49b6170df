"""What an experiment does while a provider is left alone: it waits, but not for ever."""

import asyncio
from collections.abc import Awaitable, Callable

from app.llm.breaker import CircuitOpen
from app.llm.client import Completion


class Patience:
    """Waits for an open circuit, so long in all until an answer comes; then it fails at once.

    One is shared by all the calls of a loop, and each provider has a time of its own. One that
    stumbles costs no case its answer, and one that stays away does not hold thousands of cases for
    a minute each, however well the others answer.
    """

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._ends_at: dict[str, float] = {}  # by provider, while it gives no answer

    async def ask(self, provider: str, call: Callable[[], Awaitable[Completion]]) -> Completion:
        """The provider's answer; raises its ModelError, CircuitOpen once patience is used up."""
        while True:
            try:
                completion = await call()
            except CircuitOpen as refused:
                now = asyncio.get_running_loop().time()
                wait = refused.retry_after_s or 1.0
                if now + wait > self._ends_at.setdefault(provider, now + self._seconds):
                    raise
                await asyncio.sleep(wait)
            else:
                self._ends_at.pop(provider, None)
                return completion
