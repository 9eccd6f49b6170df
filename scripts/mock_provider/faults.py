"""Which fault a call meets, how long it takes, and which calls the limits refuse."""

import hashlib
import math
import time
from typing import NamedTuple

from scripts.mock_provider.call import Call
from scripts.mock_provider.replies import usage
from scripts.mock_provider.settings import Fault, Settings
from scripts.mock_provider.stats import Key, Stats

BY_DIRECTIVE = ("hang", "drop", "drop_mid", "stall", "malformed", "error_event", "end_early")

WRONG_KEY = "wrong-key"
NO_SUCH_MODEL = "no-such-model"


def fault_of(call: Call, settings: Settings) -> Fault | None:
    """The prompt's own fault, else one uniform draw per (body, attempt) over the shares."""
    asked = asked_fault(call)
    if asked is not None:
        return asked
    shares = settings.shares
    if not shares or pausing(settings):
        return None
    seed = call.digest + call.attempt.to_bytes(4, "big")
    draw = int.from_bytes(hashlib.blake2b(seed, digest_size=8).digest(), "big") / 2.0**64
    for fault, share in shares:
        if draw < share:
            return fault
        draw -= share
    return None


def pausing(settings: Settings) -> bool:
    """Whether faults that come and go have gone."""
    return settings.flap > 0 and int(time.monotonic() / settings.flap) % 2 == 0


def asked_fault(call: Call) -> Fault | None:
    directive = call.directive
    if call.attempt >= int(directive.get("times", 1 << 30)):
        return None
    if directive.get("refuses") in call.request:
        return "400"
    for fault in BY_DIRECTIVE:
        if fault in directive:
            return fault
    return directive.get("status")


def latency_of(call: Call, settings: Settings, *, judged: bool) -> float:
    """Seconds until the reply, or until a stream's first token."""
    seconds = settings.ttft if call.streamed else settings.latency
    if judged and not call.streamed and settings.judge_latency is not None:
        seconds = settings.judge_latency
    if settings.latency_dist == "lognormal" and seconds > 0:
        # Box-Muller on the call's own 64 bits
        first = ((call.draw & 0xFFFFFFFF) + 1) / 2.0**32
        second = ((call.draw >> 32) + 1) / 2.0**32
        normal = math.sqrt(-2 * math.log(first)) * math.cos(2 * math.pi * second)
        seconds *= math.exp(settings.sigma * normal)
    seconds = float(call.directive.get("latency", seconds))
    return seconds + settings.slow if call.fault == "slow" else seconds


class Refusal(NamedTuple):
    """A limit's 429: which limit, and the seconds until it lets the next request through."""

    why: str
    wait_s: float


class Limiter:
    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._tokens = max(1.0, settings.rps * settings.burst)
        self._filled_at = time.monotonic()

    def refusal(self, call: Call, stats: Stats) -> Refusal | None:
        settings, key = self._settings, call.key
        if settings.max_concurrency and stats.inflight >= settings.max_concurrency:
            return Refusal("cap_concurrency", settings.retry_after)
        if settings.key_concurrency and key.inflight >= settings.key_concurrency:
            return Refusal("key_concurrency", settings.retry_after)
        refusal = self._key_rpm(key) or self._rps() or self._quota(call)
        if refusal is None:
            key.window.append(time.monotonic())
            key.max_in_window = max(key.max_in_window, len(key.window))
        return refusal

    def _key_rpm(self, key: Key) -> Refusal | None:
        now, length = time.monotonic(), self._settings.rpm_window
        while key.window and key.window[0] <= now - length:
            key.window.popleft()
        if self._settings.key_rpm and len(key.window) >= self._settings.key_rpm:
            return Refusal("key_rpm", max(0.001, key.window[0] + length - now))
        return None

    def _quota(self, call: Call) -> Refusal | None:
        settings, quota, now = self._settings, call.key.quota(call.model), time.monotonic()
        tokens = 0
        if settings.model_tpm:
            call.read()
            tokens = sum(usage(call, settings) or (0, 0))
        refused = quota.wait_s(tokens, settings, now)
        if refused is not None:
            return Refusal(*refused)
        quota.let_through(tokens, now)
        return None

    def _rps(self) -> Refusal | None:
        rate = self._settings.rps
        if not rate:
            return None
        now = time.monotonic()
        filled = self._tokens + (now - self._filled_at) * rate
        self._tokens = min(max(1.0, rate * self._settings.burst), filled)
        self._filled_at = now
        if self._tokens < 1.0:
            return Refusal("cap_rps", max(self._settings.retry_after, (1.0 - self._tokens) / rate))
        self._tokens -= 1.0
        return None
