"""Governs calls: how many at once, how often again, and when to stop asking.

A `Gate` stands before one credential in one event loop; `Governed` passes a model's calls through
it. The loop is our own rather than stamina's, because a wait here may be everybody's (Retry-After
holds a whole credential), has to end before the call's deadline, and is written to no log.
"""

import asyncio
import random
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from types import TracebackType
from typing import cast

from app.llm.breaker import (
    Breaker,
    CircuitOpen,
    OnChange,
    Outcome,
    Rules,
    outcome_of,
    tell_nobody,
)
from app.llm.client import Chunk, Completion, LanguageModel, Message, ModelError, Options


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What the calls on one credential may do in one event loop; durations in seconds."""

    concurrency: int = 32
    tries: int = 5
    deadline_s: float = 180.0  # from a call's first try to its last; waiting for a slot is free
    first_wait_s: float = 0.5
    longest_wait_s: float = 20.0
    # One 429 in twenty is noise, and its short wait is its own call's affair: holding 32 calls
    # for it would cost six times the throughput. A longer wait, or many, holds everybody.
    stray_s: float = 1.0
    stray_share: float = 0.25
    breaker: Rules = field(default_factory=Rules)
    on_circuit: OnChange = tell_nobody


class Gate:
    """Slots, hold and breaker of one credential; belongs to one event loop."""

    def __init__(self, provider: str, limits: Limits | None = None) -> None:
        self.limits = limits or Limits()
        self._provider = provider
        self._slots = asyncio.Semaphore(self.limits.concurrency)
        self._breaker = Breaker(provider, self.limits.breaker, self.limits.on_circuit)
        self._held_until = 0.0

    async def enter(self, deadline: float) -> bool:
        """Waits for a slot and for the end of a hold; returns whether this try is a probe.

        Raises CircuitOpen, or the 429 of a hold that outlasts the deadline (the loop's clock).
        """
        self._breaker.check()
        await self._slots.acquire()
        try:
            self._breaker.check()
            while (wait := self._hold(deadline)) > 0:
                await asyncio.sleep(wait)
                self._breaker.check()
        except BaseException:
            self._slots.release()
            raise
        return self._breaker.begin()

    def leave(self, error: BaseException | None, *, probe: bool) -> None:
        """Books how a try ended and frees its slot."""
        self._slots.release()
        outcome = outcome_of(error)
        self._breaker.end(outcome, probe=probe)
        if outcome is Outcome.limited and isinstance(error, ModelError):
            wait = error.retry_after_s or 0.0
            many = self._breaker.share(Outcome.limited) >= self.limits.stray_share
            if many or wait > self.limits.stray_s:
                self._held_until = max(self._held_until, now() + wait)

    def _hold(self, deadline: float) -> float:
        wait = self._held_until - now()
        if wait > 0 and self._held_until > deadline:
            raise ModelError(
                "rate_limited",
                f"{self._provider} asked us to wait {wait:.0f} s; try again then.",
                provider=self._provider,
                retry_after_s=wait,
            )
        return wait


class Tries:
    """The tries of one call: a context around each, and the decision about another."""

    def __init__(self, gate: Gate, options: Options) -> None:
        self._gate = gate
        self._options = options
        self._deadline: float | None = None
        self._probe = False
        self.made = 0

    async def __aenter__(self) -> Options:
        """Gives the options of this try, with no more time than the call has left."""
        timeout_s = self._options.timeout_s
        self._probe = await self._gate.enter(self._deadline or now() + timeout_s)
        if self._deadline is None:
            self._deadline = now() + self._gate.limits.deadline_s
        self.made += 1
        left = max(self._deadline - now(), 0.0)
        return replace(self._options, timeout_s=left) if left < timeout_s else self._options

    async def __aexit__(
        self,
        _kind: type[BaseException] | None,
        error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        self._gate.leave(error, probe=self._probe)

    async def before_next(self, error: ModelError) -> None:
        """Sleeps until another try is due; raises `error` where there is to be none."""
        error.tries = self.made
        limits = self._gate.limits
        last = self.made >= limits.tries or not error.retryable
        if last or self._deadline is None or isinstance(error, CircuitOpen):
            raise error
        pause = pause_after(self.made, limits, error.retry_after_s)
        if now() + pause >= self._deadline:
            raise error
        await asyncio.sleep(pause)


def pause_after(tries: int, limits: Limits, retry_after_s: float | None) -> float:
    """Seconds to wait after so many tries: what the provider asks, else twice as long each time.

    Both are spread, so that calls that failed together do not come back together; what the
    provider asks is never cut short.
    """
    spread = random.uniform(0.5, 1.5)  # noqa: S311 - jitter, not a secret
    if retry_after_s is not None:
        return retry_after_s + 0.1 * spread
    return min(limits.first_wait_s * 2.0 ** (tries - 1) * spread, limits.longest_wait_s)


class Governed:
    """A language model whose calls pass a gate; `Completion.tries` says how many it took.

    Raises the last try's `ModelError`, with its `tries`, or CircuitOpen.
    """

    def __init__(self, model: LanguageModel, gate: Gate) -> None:
        self.provider = model.provider
        self.model = model.model
        self._model = model
        self._gate = gate

    async def complete(self, messages: Sequence[Message], options: Options) -> Completion:
        tries = Tries(self._gate, options)
        while True:
            try:
                async with tries as bounded:
                    completion = await self._model.complete(messages, bounded)
            except ModelError as error:
                await tries.before_next(error)
            else:
                return replace(completion, tries=tries.made)

    async def stream(self, messages: Sequence[Message], options: Options) -> AsyncIterator[Chunk]:
        """A stream that broke before its first text is tried again; later the reader would see."""
        tries = Tries(self._gate, options)
        begun = False
        while True:
            try:
                async with tries as bounded:
                    stream = self._model.stream(messages, bounded)
                    # every model's stream is a generator; the port promises no more than iteration
                    async with aclosing(cast("AsyncGenerator[Chunk]", stream)) as chunks:
                        async for chunk in chunks:
                            begun = True
                            yield _with_tries(chunk, tries.made)
            except ModelError as error:
                if begun:
                    error.tries = tries.made
                    raise
                await tries.before_next(error)
            else:
                return


def _with_tries(chunk: Chunk, tries: int) -> Chunk:
    if chunk.completion is None:
        return chunk
    return Chunk(text=chunk.text, completion=replace(chunk.completion, tries=tries))


def now() -> float:
    return asyncio.get_running_loop().time()
