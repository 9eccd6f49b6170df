"""What a key may ask of one model in a sliding window, and what the headers say about it."""

from collections import deque
from typing import NamedTuple

from scripts.mock_provider.settings import Settings

MINUTE_S = 60.0
PLENTY = {"requests": 10_000_000, "tokens": 2_000_000_000}  # stated where nothing is limited


class Let(NamedTuple):
    """A request that was let through."""

    at: float
    tokens: int


class Quota:
    def __init__(self) -> None:
        self.inflight = 0
        self.tokens = 0
        self._window: deque[Let] = deque()

    def wait_s(self, tokens: int, settings: Settings, now: float) -> tuple[str, float] | None:
        """The limit that refuses a request of that size, and for how long; None lets it through."""
        self._forget(settings, now)
        if settings.model_concurrency and self.inflight >= settings.model_concurrency:
            return "model_concurrency", settings.retry_after
        if settings.model_rpm and len(self._window) >= settings.model_rpm:
            return "model_rpm", self._until(1, 0, settings, now)
        if settings.model_tpm and self.tokens + tokens > settings.model_tpm:
            return "model_tpm", self._until(0, self.tokens + tokens, settings, now)
        return None

    def let_through(self, tokens: int, now: float) -> None:
        self._window.append(Let(now, tokens))
        self.tokens += tokens

    def headers(self, settings: Settings, now: float) -> bytes:
        """As OpenAI writes them: limits a minute, what is left, and when all of it is back."""
        self._forget(settings, now)
        a_minute = MINUTE_S / settings.rpm_window
        reset_s = self._window[-1].at + settings.rpm_window - now if self._window else 0.0
        used = {"requests": len(self._window), "tokens": self.tokens}
        limits = {"requests": settings.model_rpm, "tokens": settings.model_tpm}
        lines = []
        for what, limit in limits.items():
            stated = int(limit * a_minute) if limit else PLENTY[what]
            left = max(int((limit - used[what]) * a_minute), 0) if limit else PLENTY[what]
            lines += [
                f"x-ratelimit-limit-{what}: {stated}\r\n",
                f"x-ratelimit-remaining-{what}: {left}\r\n",
                f"x-ratelimit-reset-{what}: {max(reset_s, 0.0):.3f}s\r\n",
            ]
        return "".join(lines).encode()

    def _until(self, requests: int, tokens: int, settings: Settings, now: float) -> float:
        """Seconds until enough of the window has passed for a request or that sum of tokens."""
        for let in self._window:
            tokens -= let.tokens
            requests -= 1
            if requests <= 0 and tokens <= settings.model_tpm:
                return max(let.at + settings.rpm_window - now, 0.001)
        return settings.rpm_window

    def _forget(self, settings: Settings, now: float) -> None:
        while self._window and self._window[0].at <= now - settings.rpm_window:
            self.tokens -= self._window.popleft().tokens
