"""Governs calls: how many at once, how often again, and when to stop asking.

A `Gate` stands before one model and credential in one event loop; `Governed` passes the calls
through it. What all loops may do together is settled in `ledger.py`. The loop of tries is our own
rather than stamina's, because a wait here may be everybody's (Retry-After holds a whole line), has
to end before the call's deadline, and is written to no log.
"""

import asyncio
import random
from collections.abc import AsyncGenerator, AsyncIterator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from types import TracebackType
from typing import NamedTuple, cast

from app.llm import tokens
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
from app.llm.lane import Lane, Shared, now
from app.llm.ledger import APART
from app.llm.party import PARTY, Party
from app.llm.quota import EAR
from app.llm.slots import rest


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What the calls on one model and credential may do; durations in seconds.

    `concurrency` is of all event loops together where they share a ledger. `rpm` and `tpm`, by
    provider or by `provider:model`, are requests and tokens a minute the operator allows.
    """

    concurrency: int = 32
    rpm: Mapping[str, float] = field(default_factory=dict)
    tpm: Mapping[str, float] = field(default_factory=dict)
    tries: int = 5
    deadline_s: float = 180.0  # from a call's first try to its last; waiting for a slot is free
    first_wait_s: float = 0.5
    longest_wait_s: float = 20.0
    # One 429 in twenty is noise, and its short wait is its own call's affair: holding 32 calls
    # for it would cost six times the throughput. A longer wait, or half of all, holds everybody.
    stray_s: float = 1.0
    stray_share: float = 0.5
    breaker: Rules = field(default_factory=Rules)
    on_circuit: OnChange = tell_nobody


class Asked(NamedTuple):
    """What a call wants: its size in tokens as far as it is known, and its time."""

    tokens_in: int
    most_out: int
    timeout_s: float


class Entry(NamedTuple):
    """A try that has begun. `waited_s`: for a slot and for its pace, which costs no patience."""

    lane: Lane
    probe: bool
    booked: float  # tokens
    waited_s: float


class Gate:
    """Lanes and breaker of one model at one provider; belongs to one event loop.

    `breaker` is the provider's, shared by its models; `shared` says who else calls on the line.
    """

    def __init__(
        self,
        provider: str,
        limits: Limits | None = None,
        *,
        breaker: Breaker | None = None,
        shared: Shared | None = None,
    ) -> None:
        self.limits = limits or Limits()
        self._provider = provider
        self._breaker = breaker or Breaker(provider, self.limits.breaker, self.limits.on_circuit)
        self._shared = shared
        self._lanes: dict[Party, Lane] = {}

    async def enter(self, deadline: float | None, asked: Asked) -> Entry:
        """Waits for a slot, a pace and the end of a hold.

        Raises CircuitOpen, or the 429 of a hold that outlasts the deadline (the loop's clock).
        """
        self._breaker.check()
        lane = self._lane()
        EAR.set(lane.hear)
        begun = now()
        await lane.enter()
        try:
            waited_s = now() - begun
            await self._sit_out(lane, deadline, asked.timeout_s)
            begun = now()
            booked = await lane.pace(asked.tokens_in, asked.most_out)
            waited_s += now() - begun
            await self._sit_out(lane, deadline, asked.timeout_s)
        except BaseException:
            lane.leave()
            raise
        return Entry(lane, self._breaker.begin(), booked, waited_s)

    def leave(
        self, entry: Entry, error: BaseException | None, completion: Completion | None
    ) -> None:
        """Books how a try ended and frees its slot."""
        lane = entry.lane
        outcome = outcome_of(error)
        self._breaker.end(outcome, probe=entry.probe)
        if completion is not None:
            lane.answered(completion, entry.booked)
        elif outcome is Outcome.limited and isinstance(error, ModelError):
            lane.refused(entry.booked, self._hold_s(error))
        else:
            lane.failed(entry.booked)
        lane.leave()

    def _lane(self) -> Lane:
        party = PARTY.get()
        lane = self._lanes.get(party)
        if lane is None:
            at = now()
            self._lanes = {
                who: one for who, one in self._lanes.items() if not one.idle or one.held_until > at
            }
            size = self.limits.concurrency
            if self._shared is not None:
                size = max(size // APART, 1)
            lane = self._lanes[party] = Lane(party, size, self._shared)
        return lane

    def _hold_s(self, error: ModelError) -> float:
        wait = error.retry_after_s or 0.0
        many = self._breaker.share(Outcome.limited) >= self.limits.stray_share
        return wait if many or wait > self.limits.stray_s else 0.0

    async def _sit_out(self, lane: Lane, deadline: float | None, timeout_s: float) -> None:
        self._breaker.check()
        if self._held_until <= now():
            return
        end = now() + timeout_s if deadline is None else deadline
        with lane.sleeping():
            while (wait := self._held_until - now()) > 0:
                if self._held_until > end:
                    raise ModelError(
                        "rate_limited",
                        f"{self._provider} asked us to wait {wait:.0f} s; try again then.",
                        provider=self._provider,
                        retry_after_s=wait,
                    )
                await asyncio.sleep(wait)
                self._breaker.check()

    @property
    def _held_until(self) -> float:
        return max(lane.held_until for lane in self._lanes.values())


class Tries:
    """The tries of one call: a context around each, and the decision about another."""

    def __init__(self, gate: Gate, messages: Sequence[Message], options: Options) -> None:
        self._gate = gate
        self._options = options
        size = sum(tokens.estimate(message.content) for message in messages)
        self._asked = Asked(size, options.max_tokens, options.timeout_s)
        self._deadline: float | None = None
        self._entry: Entry | None = None
        self.made = 0
        self.completion: Completion | None = None

    async def __aenter__(self) -> Options:
        """Gives the options of this try, with no more time than the call has left."""
        timeout_s = self._options.timeout_s
        entry = self._entry = await self._gate.enter(self._deadline, self._asked)
        if self._deadline is None:
            self._deadline = now() + self._gate.limits.deadline_s
        else:
            self._deadline += entry.waited_s
        self.made += 1
        left = max(self._deadline - now(), 0.0)
        return replace(self._options, timeout_s=left) if left < timeout_s else self._options

    async def __aexit__(
        self,
        _kind: type[BaseException] | None,
        error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        if self._entry is not None:
            self._gate.leave(self._entry, error, self.completion)

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
        self._deadline += await rest(pause)  # waiting for a place costs no patience


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
        tries = Tries(self._gate, messages, options)
        while True:
            try:
                async with tries as bounded:
                    completion = await self._model.complete(messages, bounded)
                    tries.completion = completion
            except ModelError as error:
                await tries.before_next(error)
            else:
                return replace(completion, tries=tries.made)

    async def stream(self, messages: Sequence[Message], options: Options) -> AsyncIterator[Chunk]:
        """A stream that broke before its first text is tried again; later the reader would see."""
        tries = Tries(self._gate, messages, options)
        begun = False
        while True:
            try:
                async with tries as bounded:
                    stream = self._model.stream(messages, bounded)
                    # every model's stream is a generator; the port promises no more than iteration
                    async with aclosing(cast("AsyncGenerator[Chunk]", stream)) as chunks:
                        async for chunk in chunks:
                            begun = True
                            tries.completion = chunk.completion
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
