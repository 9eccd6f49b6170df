"""Sliding-window limits in Redis. Each says what an outage of Redis means for it."""

from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple

from limits import RateLimitItemPerMinute
from limits.storage import RedisStorage
from limits.strategies import SlidingWindowCounterRateLimiter
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

from app.core import logs, redis
from app.core.clock import now
from app.core.config import get_settings
from app.core.errors import TooManyRequests, Unavailable

log = logs.get()


class OnOutage(StrEnum):
    allow = "allow"  # reads and accepted work: money is guarded by the database
    refuse = "refuse"  # sign-in and secrets: an outage must not open the door to guessing


class Window(NamedTuple):
    """Where a caller stands. `resets_in` is in seconds."""

    zone: str
    limit: int
    remaining: int
    resets_in: int

    @property
    def headers(self) -> dict[str, str]:
        """Draft 10 of the IETF's RateLimit header fields."""
        return {
            "ratelimit-policy": f'"{self.zone}";q={self.limit};w=60',
            "ratelimit": f'"{self.zone}";r={self.remaining};t={self.resets_in}',
        }


@lru_cache
def _limiter() -> SlidingWindowCounterRateLimiter:
    url = redis.client_url(get_settings().redis_url.get_secret_value())
    storage = RedisStorage(
        url.replace("unix://", "redis+unix://", 1),
        key_prefix="llmops-limit",
        socket_timeout=redis.TIMEOUT_S,
        socket_connect_timeout=redis.TIMEOUT_S,
        retry=Retry(NoBackoff(), 0),  # type: ignore[arg-type] # passed through to redis-py
    )
    return SlidingWindowCounterRateLimiter(storage)


def hit(zone: str, who: str, per_minute: int, *, on_outage: OnOutage) -> Window | None:
    """Counts one request; None when Redis is away and the limit lets requests pass meanwhile.

    Raises TooManyRequests when the window is full, Unavailable when Redis is away and the limit
    guards a secret.
    """
    if redis.outage.lasts:
        _away(zone, on_outage)
        return None
    item = RateLimitItemPerMinute(per_minute)
    try:
        allowed = _limiter().hit(item, zone, who)
        stats = _limiter().get_window_stats(item, zone, who)
    except (RedisError, OSError) as error:
        redis.outage.begin()
        log.warning("rate_limit_skipped", zone=zone, error=type(error).__name__)
        _away(zone, on_outage)
        return None
    seconds = max(1, round(stats.reset_time - now().timestamp()))
    window = Window(zone, per_minute, max(0, stats.remaining), seconds)
    if not allowed:
        raise TooManyRequests(
            limit=per_minute,
            seconds=seconds,
            headers={"Retry-After": str(seconds), **window.headers},
        )
    return window


def _away(zone: str, on_outage: OnOutage) -> None:
    if on_outage is OnOutage.refuse:
        raise Unavailable(
            f"The {zone} limit cannot be checked right now, so this is refused; try again shortly.",
            headers={"Retry-After": "5"},
        )
