"""One Redis client per process, and one memory of whether Redis answers.

Redis is a doorbell and a counter here, never the truth: after a failure nobody asks it again for
five seconds, so that an outage costs one request half a second and not every request a thread.
"""

import os
import threading
import time
from functools import lru_cache

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from app.core.config import get_settings

TIMEOUT_S = 0.5
PAUSE_S = 5.0


class Outage:
    """Remembers a failure for `PAUSE_S` seconds; counts failures for the health page."""

    def __init__(self) -> None:
        self._until = 0.0
        self._lock = threading.Lock()
        self.failures = 0

    def begin(self) -> None:
        with self._lock:
            self._until = time.monotonic() + PAUSE_S
            self.failures += 1

    def end(self) -> None:
        self._until = 0.0

    @property
    def lasts(self) -> bool:
        return time.monotonic() < self._until


outage = Outage()


def broker_url(url: str) -> str:
    """Kombu's spelling of a Redis URL; it knows sockets as `redis+socket://`."""
    return url.replace("unix://", "redis+socket://", 1)


def client_url(url: str) -> str:
    """redis-py's spelling of a Redis URL; it knows sockets as `unix://`."""
    return url.replace("redis+socket://", "unix://", 1).replace("valkey://", "redis://", 1)


def _new_client() -> redis.Redis:
    return redis.Redis.from_url(
        client_url(get_settings().redis_url.get_secret_value()),
        socket_timeout=TIMEOUT_S,
        socket_connect_timeout=TIMEOUT_S,
        retry=Retry(NoBackoff(), 0),
    )


@lru_cache
def _client(_process: int) -> redis.Redis:
    return _new_client()


def client() -> redis.Redis:
    """The process's client, made on first use and never shared over a fork."""
    return _client(os.getpid())


def answers() -> bool:
    """Asks now, by a client of its own: a signal may come while the process's own is in use."""
    with _new_client() as asking:
        try:
            return bool(asking.ping())
        except (redis.RedisError, OSError):
            return False
