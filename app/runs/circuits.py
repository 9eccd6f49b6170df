"""Which providers are left alone: what the breakers of all processes say, told through Redis.

A breaker lives in one event loop of one worker; whoever looks from outside sees the last word any
of them said. Redis may forget it: then nothing is known, or the breaker says so again.
"""

import time
from collections.abc import Sequence
from enum import StrEnum
from typing import Any

from redis.exceptions import RedisError

from app.core import logs, redis

KEY = "llmops-circuit:"
KEPT_S = 600  # a process that ended says nothing more; nobody asked the provider meanwhile
log = logs.get()


class Circuit(StrEnum):
    closed = "closed"
    open = "open"
    half_open = "half_open"  # the next call decides


def note(provider: str, open_s: float | None) -> None:
    """A breaker opened for so many seconds, or closed (None); never raises."""
    log.info("circuit_changed", provider=provider, open_s=open_s)
    if redis.outage.lasts:
        return
    try:
        if open_s is None:
            redis.client().delete(KEY + provider)
        else:
            redis.client().set(KEY + provider, time.time() + open_s, ex=KEPT_S)
    except (RedisError, OSError):
        redis.outage.begin()


def states(providers: Sequence[str]) -> dict[str, Circuit | None]:
    """None where nothing is known, because Redis does not answer."""
    if redis.outage.lasts or not providers:
        return dict.fromkeys(providers)
    try:
        marks: Any = redis.client().mget([KEY + provider for provider in providers])
    except (RedisError, OSError):
        redis.outage.begin()
        return dict.fromkeys(providers)
    return {provider: _state(mark) for provider, mark in zip(providers, marks, strict=True)}


def _state(mark: bytes | None) -> Circuit:
    if mark is None:
        return Circuit.closed
    return Circuit.open if time.time() < float(mark) else Circuit.half_open
