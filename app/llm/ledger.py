"""The books of one line (a model at a provider under one credential), kept by all who call it.

Each event loop with calls on the line is a *member*. Twice a second, and at once when it could use
more than it has, it reports what it did and wants, and gets a *lease*: how many calls it may have
in flight and how fast it may begin them. So a call itself asks nobody. What moves from one member
to another is first given up and then given, and the sum stays within the limits.

Calls somebody waits for (single runs, the playground) are not rationed: a part of the slots is kept
for them, and experiments get what they leave, in equal parts by workspace, then by experiment.

Everything here is a function of books, report and time. The books hold durations and no times of
day, so a clock that jumps ends a wait early and does nothing worse.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from math import floor
from typing import Literal, NamedTuple, Protocol

from app.llm import congestion
from app.llm.congestion import Level, Window
from app.llm.fairness import Path, fair, whole
from app.llm.leases import Lease, Line, Report, Terms
from app.llm.quota import Quota, Stated

BEAT_S = 0.5
GONE_S = 4.0  # a member silent for so long is gone; a busy machine stalls a loop for seconds
APART = 4  # members of a line, as a rule: the part of each while nobody can ask the others
TURN_S = 10.0  # with fewer slots than members, each has its turn
RESERVED = 0.1  # of the slots: for calls somebody waits for
START = 128.0  # calls at once to a provider nobody knows yet
# of a stated limit: 60 s at this rate, a second's burst of each member and what interactive calls
# borrow stay below it, whatever kind of window the provider counts in
PACED = 0.93
NOISY = 0.01  # share of calls refused whatever we do, from which a refusal says little
SPARSE = 0.03  # less than this share of a stated limit left: somebody else uses the key as well


class Rates(NamedTuple):
    """Units a second."""

    requests: float = 0.0
    tokens: float = 0.0


EAGER = 4.0  # who was held back wants so many times what it used, and at least
AT_ONCE = Rates(requests=250.0, tokens=1_000_000.0)  # as much as a newcomer, whose use is unknown


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    workspace: str
    experiment: str
    want: int
    in_flight: int
    peak: int
    slots: int
    wanted: Rates
    granted: Rates
    left_s: float = GONE_S

    @property
    def interactive(self) -> bool:
        return not self.experiment


@dataclass(frozen=True, slots=True, kw_only=True)
class Book:
    """`at` is the keeper's clock at the last entry, in seconds; only differences count."""

    at: float
    level: Level
    window: Window = field(default_factory=Window)
    hold_s: float = 0.0
    requests: Stated | None = None
    tokens: Stated | None = None
    members: Mapping[str, Member] = field(default_factory=dict)


class Ledger(Protocol):
    """Who keeps the books."""

    async def settle(self, line: Line, report: Report, terms: Terms) -> Lease:
        """Enters the report and gives the next lease; never fails, and takes a second at most."""
        ...


class LocalLedger:
    """Keeps the books of this process alone."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._books: dict[Line, Book] = {}

    async def settle(self, line: Line, report: Report, terms: Terms) -> Lease:
        book, lease = settle(self._books.get(line), report, terms, self._clock())
        self._books[line] = book
        return lease


def settle(book: Book | None, report: Report, terms: Terms, at: float) -> tuple[Book, Lease]:
    """The books with the report entered, and the member's next lease; `at` in seconds."""
    if book is None:
        book = Book(at=at, level=Level(limit=min(START, max(terms.ceiling, 1))))
    book = _age(book, at)
    book = _note(book, report, terms)
    if report.leaves:
        rest = {name: m for name, m in book.members.items() if name != report.member}
        return replace(book, members=rest), Lease(slots=0, hold_s=book.hold_s)
    member = _member(book.members.get(report.member), report)
    book = replace(book, members={**book.members, report.member: member})
    lease = _lease(book, report.member, terms)
    rates = Rates(lease.requests_per_s or 0.0, lease.tokens_per_s or 0.0)
    member = replace(member, slots=lease.slots, granted=rates)
    return replace(book, members={**book.members, report.member: member}), lease


def room(level: Level) -> int:
    """Slots for experiments while nobody else calls."""
    return max(floor(level.limit) - reserve(level), 1)


def reserve(level: Level) -> int:
    return max(round(level.limit * RESERVED), 1)


# --- entering a report ---


def _age(book: Book, at: float) -> Book:
    """Lets time pass; a clock that went back stood still."""
    passed = max(at - book.at, 0.0)
    aged = {
        name: replace(member, left_s=member.left_s - passed)
        for name, member in book.members.items()
        if member.left_s > passed
    }
    window = replace(book.window, seconds=book.window.seconds + passed)
    hold_s = max(book.hold_s - passed, 0.0)
    return replace(book, at=at, hold_s=hold_s, members=aged, window=window)


def _note(book: Book, report: Report, terms: Terms) -> Book:
    others = sum(m.peak for name, m in book.members.items() if name != report.member)
    in_flight = max(book.window.in_flight, others + report.peak)
    window = replace(
        book.window,
        calls=book.window.calls + report.calls,
        refused=book.window.refused + report.refused,
        answered=book.window.answered + report.answered,
        latency_ms=book.window.latency_ms + report.latency_ms,
        in_flight=in_flight,
        full=in_flight >= 0.9 * room(book.level),
    )
    level = book.level
    if congestion.is_over(level, window):
        level = congestion.after(level, window, _ceiling(terms))
        window = Window()
    quota = report.quota or Quota()
    return replace(
        book,
        level=level,
        window=window,
        hold_s=max(book.hold_s, report.hold_s),
        requests=quota.requests or book.requests,
        tokens=quota.tokens or book.tokens,
    )


def _ceiling(terms: Terms) -> float:
    """What the operator allows is for experiments; the reserve stands beside it."""
    return terms.ceiling / (1 - RESERVED)


def _member(before: Member | None, report: Report) -> Member:
    """Its wants: a little more than it used; much more, if it is new here or was held back.

    But never all there is: the next newcomer would have to wait until some of it is given up.
    Of an interactive member it is what it used: that is not rationed, and the others make way.
    A report out of turn, a moment after the last one, lowers no want.
    """
    seconds = max(report.seconds, BEAT_S / 5)
    wanted = Rates(report.requests / seconds, report.tokens / seconds)
    if report.experiment:
        wanted = _more(wanted, held_back=before is None or report.hungry)
    if before is not None and report.seconds < BEAT_S / 2:
        wanted = Rates(*map(max, before.wanted, wanted))
    return Member(
        workspace=report.workspace,
        experiment=report.experiment,
        want=report.want,
        in_flight=report.in_flight,
        peak=report.peak,
        slots=before.slots if before else 0,
        wanted=wanted,
        granted=before.granted if before else Rates(),
    )


def _more(used: Rates, *, held_back: bool) -> Rates:
    if not held_back:
        return Rates(1.25 * used.requests + 1.0, 1.25 * used.tokens + 1000.0)
    return Rates(
        max(EAGER * used.requests, AT_ONCE.requests), max(EAGER * used.tokens, AT_ONCE.tokens)
    )


# --- leasing ---


def _lease(book: Book, name: str, terms: Terms) -> Lease:
    if book.members[name].interactive:
        callers = sum(member.interactive for member in book.members.values())
        slots = max(floor(book.level.limit) // callers, reserve(book.level))
        return Lease(slots=slots, hold_s=book.hold_s)
    requests = _per_second(book.requests, terms.rpm)
    tokens = _per_second(book.tokens, terms.tpm)
    return Lease(
        slots=_slots(book, name),
        noisy=book.level.noise >= NOISY,
        hold_s=book.hold_s,
        requests_per_s=None if requests is None else _part(book, name, requests, "requests"),
        tokens_per_s=None if tokens is None else _part(book, name, tokens, "tokens"),
    )


def _slots(book: Book, name: str) -> int:
    asked_for = sum(m.in_flight for m in book.members.values() if m.interactive)
    total = max(floor(book.level.limit) - max(reserve(book.level), asked_for), 1)
    wants = {_path(n, m): float(m.want) for n, m in _experiments(book).items()}
    parts = whole(fair(total, wants), int(book.at // TURN_S))
    me = book.members[name]
    taken = sum(max(m.slots, m.in_flight) for n, m in _experiments(book).items() if n != name)
    return int(_moved(parts[_path(name, me)], me.slots, total - taken))


def _part(book: Book, name: str, total: float, what: Literal["requests", "tokens"]) -> float:
    """Units a second: of what interactive calls do not use, and of a quarter at least."""
    used = sum(getattr(m.wanted, what) for m in book.members.values() if m.interactive)
    total = max(total - used, total / 4)
    members = _experiments(book)
    part = fair(total, {_path(n, m): getattr(m.wanted, what) for n, m in members.items()})
    taken = sum(getattr(m.granted, what) for n, m in members.items() if n != name)
    me = members[name]
    return _moved(part[_path(name, me)], getattr(me.granted, what), total - taken)


def _moved(part: float, mine: float, free: float) -> float:
    """Less at once; more only as far as others have given it up."""
    return part if part <= mine else min(part, max(mine, free))


def _per_second(stated: Stated | None, allowed: float | None) -> float | None:
    """The rate that keeps below what is stated and allowed; slower where little is left."""
    known = [a_minute for a_minute in (allowed, stated and stated.per_minute) if a_minute]
    if not known:
        return None
    brake = min(max(stated.spare / SPARSE, 0.1), 1.0) if stated else 1.0
    return PACED * min(known) / 60.0 * brake


def _experiments(book: Book) -> dict[str, Member]:
    return {name: member for name, member in book.members.items() if not member.interactive}


def _path(name: str, member: Member) -> Path:
    return (member.workspace, member.experiment, name)
