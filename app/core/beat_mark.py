"""When the sweeper last ran: how the health page knows that workers are there."""

import time

from app.core import redis

KEY = "llmops-last-sweep"


def set_now() -> None:
    redis.client().set(KEY, time.time())


def age_s() -> float | None:
    """Seconds since the last sweep; None when there was none."""
    last = redis.client().get(KEY)
    return time.time() - float(last) if isinstance(last, bytes) else None
