"""A language model that does what a test's script says."""

import asyncio
from collections.abc import AsyncIterator, Sequence

from app.llm.client import Chunk, Completion, Message, ModelError, Options, Usage
from app.llm.limits import Gate, Governed, Limits

QUICK = Limits(first_wait_s=0.001, deadline_s=5)
PROMPT = [Message(role="user", content="hello")]


def broken(code="unavailable", **details) -> ModelError:
    return ModelError(code, "It is down; try again.", provider="openai", **details)


class Scripted:
    """A model that goes through a list: an error is raised, None answered; then it answers."""

    provider = "openai"
    model = "scripted"

    def __init__(self, *script: ModelError | None, takes_s: float = 0.0) -> None:
        self.script = list(script)
        self.takes_s = takes_s
        self.calls: list[float] = []
        self.timeouts: list[float] = []
        self.in_flight = 0
        self.most_in_flight = 0

    async def complete(self, _messages: Sequence[Message], options: Options) -> Completion:
        self.calls.append(asyncio.get_running_loop().time())
        self.timeouts.append(options.timeout_s)
        self.in_flight += 1
        self.most_in_flight = max(self.most_in_flight, self.in_flight)
        try:
            await asyncio.sleep(self.takes_s)
            error = self.script.pop(0) if self.script else None
            if error is not None:
                raise error
        finally:
            self.in_flight -= 1
        usage = Usage(tokens_in=1, tokens_out=1)
        return Completion(text="hello", usage=usage, model="scripted", latency_ms=1.0)

    async def stream(self, messages: Sequence[Message], options: Options) -> AsyncIterator[Chunk]:
        completion = await self.complete(messages, options)
        yield Chunk(text="hel")
        if self.script and self.script[0] is not None:
            raise self.script.pop(0)
        yield Chunk(text="lo")
        yield Chunk(completion=completion)


def governed(model: Scripted, limits: Limits = QUICK) -> Governed:
    return Governed(model, Gate("openai", limits))


def ask(model: Scripted, limits: Limits = QUICK, options: Options | None = None) -> Completion:
    async def run():
        return await governed(model, limits).complete(PROMPT, options or Options())

    return asyncio.run(run())
