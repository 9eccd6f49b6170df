"""One caller's way to a model: its slots, its pace, and the reports that keep its lease."""

import asyncio
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import count
from typing import NamedTuple

from app.llm.client import Completion
from app.llm.leases import Lease, Line, Report, Terms
from app.llm.ledger import BEAT_S, Ledger
from app.llm.pacing import Pace
from app.llm.party import Party
from app.llm.quota import quota_of
from app.llm.slots import Slots

SOONEST_S = 0.05  # between two reports, however urgent the news
FIRST_GUESS = 256  # tokens of an answer nobody has seen yet


@dataclass(slots=True)
class Tally:
    """What happened since the last report."""

    since: float
    want: int = 0
    peak: int = 0
    calls: int = 0
    refused: int = 0
    answered: int = 0
    latency_ms: float = 0.0
    requests: int = 0
    tokens: float = 0.0
    hungry: bool = False
    hold_s: float = 0.0


class Shared(NamedTuple):
    """Where a lane's limits come from."""

    ledger: Ledger
    line: Line
    terms: Terms


_numbers = count()


class Lane:
    """The calls of one party on one line in one event loop; without `shared`, on its own.

    Its reports run while there are calls, and end with them.
    """

    def __init__(self, party: Party, slots: int, shared: Shared | None = None) -> None:
        self.party = party
        self.held_until = 0.0
        self._shared = shared
        self._slots = Slots(slots)
        self._asleep = 0  # inside, but waiting for a pace or the end of a hold
        self._requests, self._tokens = Pace(), Pace()
        self._pacing = asyncio.Lock()
        self._answer = float(FIRST_GUESS)  # tokens, as they usually are
        self._name = f"{os.getpid()}-{next(_numbers)}"
        self._tally = Tally(now())
        self._headers: Mapping[str, str] | None = None
        self._noisy = False
        self._is_told = False  # of a quota
        self._has_all = False  # the last lease gave what was wanted: more may be had
        self._was_hungry = False  # at the last report
        self._leased = asyncio.Event()  # wakes those who wait for a pace
        self._reports: asyncio.Task[None] | None = None
        self._news = asyncio.Event()

    @property
    def idle(self) -> bool:
        return not (self._slots.inside or self._slots.waiting)

    async def enter(self) -> None:
        """Waits for a slot; an experiment's first call for the lease as well."""
        if self._shared is not None and self._reports is None:
            self._join(self._shared)
        waits = self._slots.enter()
        wanted = self._slots.inside + self._slots.waiting + 1
        self._tally.want = max(self._tally.want, wanted)
        if wanted > self._slots.size:
            self._ask_for_more()
        await waits

    async def pace(self, tokens_in: int, most_out: int) -> float:
        """Waits until a call may begin; gives the tokens booked for it."""
        cost = tokens_in + min(self._answer, most_out)
        if not self.party.interactive and self._is_paced:
            self._asleep += 1
            try:
                async with self._pacing:
                    await self._until_due()
                    self._book(cost)
            finally:
                self._asleep -= 1
        else:
            self._book(cost)
        self._tally.peak = max(self._tally.peak, self._slots.inside - self._asleep)
        return cost

    @contextmanager
    def sleeping(self) -> Iterator[None]:
        """Around a wait inside a slot: nothing is in flight meanwhile."""
        self._asleep += 1
        try:
            yield
        finally:
            self._asleep -= 1

    def leave(self) -> None:
        self._slots.leave()

    def answered(self, completion: Completion, booked: float) -> None:
        usage = completion.usage
        self._spend(usage.tokens_in + usage.tokens_out - booked)
        self._answer += 0.1 * (usage.tokens_out - self._answer)
        self._tally.calls += 1
        if completion.first_token_ms is None:  # a stream lasts as long as its reader takes
            self._tally.answered += 1
            self._tally.latency_ms += completion.latency_ms

    def failed(self, booked: float) -> None:
        self._spend(-booked)
        self._tally.calls += 1

    def refused(self, booked: float, hold_s: float) -> None:
        """A 429: its slot stays closed until the next lease; a hold is told to everybody."""
        self.failed(booked)
        self._tally.refused += 1
        if self._shared is not None and not self._noisy:
            self._slots.size = max(self._slots.size - 1, 0)
        if hold_s > 0:
            self.held_until = max(self.held_until, now() + hold_s)
            self._tally.hold_s = max(self._tally.hold_s, hold_s)
            self._news.set()

    def hear(self, headers: Mapping[str, str]) -> None:
        """Keeps the last reply's headers; read when they are reported, the first ones at once."""
        self._headers = headers
        if not self._is_told and self._shared is not None:
            self._is_told = True
            if quota_of(headers) is not None:
                self._news.set()

    @property
    def _is_paced(self) -> bool:
        return self._requests.rate is not None or self._tokens.rate is not None

    async def _until_due(self) -> None:
        while True:
            at = now()
            waits = [pace.wait_s(at) for pace in (self._requests, self._tokens)]
            longest = max(BEAT_S if wait is None else wait for wait in waits)
            if longest <= 0:
                return
            if not (self._tally.hungry or self._was_hungry):
                self._news.set()  # it may be that nobody else wants what is missing
            self._tally.hungry = True
            with suppress(TimeoutError):
                async with asyncio.timeout(min(longest, BEAT_S)):
                    await self._leased.wait()

    def _book(self, tokens: float) -> None:
        self._requests.take(1)
        self._tally.requests += 1
        self._spend(tokens)

    def _spend(self, tokens: float) -> None:
        self._tokens.take(tokens)
        self._tally.tokens += tokens

    # --- the lease ---

    def _join(self, shared: Shared) -> None:
        if not self.party.interactive:
            self._slots.size = 0
        self._tally = Tally(now())
        self._news.set()
        self._reports = asyncio.create_task(self._report(shared))

    async def _report(self, shared: Shared) -> None:
        try:
            await self._report_while_busy(shared)
        finally:
            self._reports = None

    async def _report_while_busy(self, shared: Shared) -> None:
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(BEAT_S):
                    await self._news.wait()
            self._news.clear()
            leaves = self._is_quiet
            report = self._summary(leaves=leaves)
            lease = await shared.ledger.settle(shared.line, report, shared.terms)
            self._take(lease, report)
            if leaves and self._is_quiet:
                return  # without another wait: who comes from here on has to join anew
            if leaves:  # a call came meanwhile
                self._news.set()
            await asyncio.sleep(SOONEST_S)

    @property
    def _is_quiet(self) -> bool:
        return self.idle and not self._tally.want

    def _summary(self, *, leaves: bool) -> Report:
        tally, at = self._tally, now()
        inside = self._slots.inside - self._asleep
        self._tally = Tally(at, want=self._slots.inside + self._slots.waiting, peak=inside)
        headers, self._headers = self._headers, None
        self._was_hungry = tally.hungry
        return Report(
            member=self._name,
            workspace=self.party.workspace,
            experiment=self.party.experiment,
            seconds=at - tally.since,
            want=tally.want,
            in_flight=inside,
            peak=tally.peak,
            calls=tally.calls,
            refused=tally.refused,
            answered=tally.answered,
            latency_ms=tally.latency_ms,
            requests=tally.requests,
            tokens=max(tally.tokens, 0.0),
            hungry=tally.hungry,
            hold_s=tally.hold_s,
            quota=quota_of(headers) if headers is not None else None,
            leaves=leaves,
        )

    def _ask_for_more(self) -> None:
        """Not after a refusal: its slot was closed on purpose."""
        if self._has_all and not (self.party.interactive or self._tally.refused):
            self._news.set()

    def _take(self, lease: Lease, report: Report) -> None:
        at = now()
        self._has_all = lease.slots >= report.want
        self._noisy = lease.noisy
        self._requests.set(lease.requests_per_s, at)
        self._tokens.set(lease.tokens_per_s, at)
        self._leased.set()
        self._leased.clear()
        if lease.hold_s > 0:
            self.held_until = max(self.held_until, at + lease.hold_s)
        if lease.slots or not self.party.interactive:
            self._slots.resize(lease.slots)
        if self._slots.waiting:  # they came while the report was under way
            self._ask_for_more()


def now() -> float:
    return asyncio.get_running_loop().time()
