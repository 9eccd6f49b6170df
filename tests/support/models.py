"""A language model that answers from a function, asked by the engine in this process."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from app.llm.client import Completion, Message, ModelError, Options, Usage

USAGE = Usage(tokens_in=90, tokens_out=10)  # an unknown model: 100 tokens at the flat rate
CALL_USD = 0.001


class FakeModel:
    """`answer` gets the prompt and gives the text, or an error to raise; `asked` is every prompt.

    `most` is how many calls were in flight at once, `cancelled` how many were cut short.
    """

    provider = "openai"
    model = "mock-gen"

    def __init__(self, answer: Callable[[str], Any] = str.upper) -> None:
        self._answer = answer
        self._running = 0
        self.asked: list[str] = []
        self.most = 0
        self.cancelled = 0

    def __call__(self, _reference: str) -> "FakeModel":
        """Stands in for `get_model`."""
        return self

    async def complete(self, messages: Sequence[Message], _options: Options) -> Completion:
        prompt = messages[-1].content
        self.asked.append(prompt)
        self._running += 1
        self.most = max(self.most, self._running)
        try:
            text = await self._text(prompt)
        except asyncio.CancelledError:
            self.cancelled += 1
            raise
        finally:
            self._running -= 1
        return Completion(text=text, usage=USAGE, model="mock-gen", latency_ms=1.0)

    async def _text(self, prompt: str) -> str:
        await asyncio.sleep(0.001)
        answer = self._answer(prompt)
        if isinstance(answer, Awaitable):
            answer = await answer
        if isinstance(answer, BaseException):
            raise answer
        return str(answer)


async def hang() -> str:
    """An answer that never comes."""
    await asyncio.Event().wait()
    return ""


def unavailable() -> ModelError:
    return ModelError("unavailable", "The provider is away.", provider="openai", status=503)
