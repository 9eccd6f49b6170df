"""Stops asking a provider that keeps failing.

Our own rather than pybreaker's, which counts failures in a row: among 32 calls in flight there is
always a success in between. What counts here is the share of failures in the last calls.
"""

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

from app.llm.client import ModelError


class Outcome(Enum):
    ok = "ok"
    failed = "failed"  # the provider did not do its work
    limited = "limited"  # it did, and asked us to slow down
    other = "other"  # a bad request, or a call ended by us: says nothing about the provider


FAILURES = frozenset({"timeout", "unavailable", "malformed_reply", "interrupted"})


def outcome_of(error: BaseException | None) -> Outcome:
    if error is None:
        return Outcome.ok
    if not isinstance(error, ModelError):
        return Outcome.other
    if error.code == "rate_limited":
        return Outcome.limited
    return Outcome.failed if error.code in FAILURES else Outcome.other


class CircuitOpen(ModelError):
    """The provider is failing and was not asked; it will be again in `retry_after_s`.

    No try was made: a job that can wait gives its work back instead of failing it.
    """

    def __init__(self, provider: str, wait_s: float) -> None:
        super().__init__(
            "unavailable",
            f"{provider} keeps failing and is left alone for {wait_s:.0f} s; try again then.",
            provider=provider,
            retry_after_s=wait_s,
        )


OnChange = Callable[[str, float | None], None]  # of a provider: open for so many s, None: closed


def tell_nobody(_provider: str, _open_s: float | None) -> None:
    """What a breaker does by default when it opens or closes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """When a breaker opens, over the last `window` calls, and for how many seconds."""

    window: int = 20
    least_calls: int = 10  # fewer say nothing
    open_share: float = 0.5
    open_s: float = 15.0


class Breaker:
    """Closed; open once too many of the last calls failed; half-open for one call at a time."""

    def __init__(self, provider: str, rules: Rules, on_change: OnChange = tell_nobody) -> None:
        self._provider = provider
        self._rules = rules
        self._on_change = on_change
        self._recent: deque[Outcome] = deque(maxlen=rules.window)
        self._open_until: float | None = None
        self._probing = False

    def check(self) -> None:
        """Raises CircuitOpen while no call may be made."""
        if self._open_until is None:
            return
        left = self._open_until - _now()
        if left > 0 or self._probing:
            raise CircuitOpen(self._provider, max(left, 1.0))

    def begin(self) -> bool:
        """Whether the call that begins now is the probe that decides about closing."""
        self._probing = self._open_until is not None
        return self._probing

    def end(self, outcome: Outcome, *, probe: bool) -> None:
        if probe:
            self._end_probe(outcome)
        elif self._open_until is None and outcome is not Outcome.other:
            self._recent.append(outcome)
            if len(self._recent) < self._rules.least_calls:
                return
            if self.share(Outcome.failed) >= self._rules.open_share:
                self._open()

    def share(self, outcome: Outcome) -> float:
        """How much of the last calls ended so, in [0, 1]; 0 while they are too few to say."""
        if len(self._recent) < self._rules.least_calls:
            return 0.0
        return self._recent.count(outcome) / len(self._recent)

    def _end_probe(self, outcome: Outcome) -> None:
        self._probing = False
        if outcome is Outcome.failed:
            self._open()
        elif outcome is not Outcome.other:
            self._open_until = None
            self._recent.clear()
            self._on_change(self._provider, None)

    def _open(self) -> None:
        self._open_until = _now() + self._rules.open_s
        self._on_change(self._provider, self._rules.open_s)


def _now() -> float:
    return asyncio.get_running_loop().time()
