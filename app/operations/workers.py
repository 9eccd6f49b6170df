"""Who works: the workers' own answers, and the queues' lengths.

Workers are asked over Redis and answer within half a second or not at all; what they said is kept
for a few seconds, so that many readers ask once. Who does not answer is shown as last seen.
"""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, NamedTuple

from celery import Celery
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

from app.core import redis
from app.core.celery_app import KEY_PREFIX, QueueName
from app.core.clock import now
from app.core.config import get_settings

ANSWER_S = 0.5
KEPT_S = 3.0
FORGOTTEN_AFTER = timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Worker:
    """`busy` and `threads` are None for one that did not answer this time."""

    name: str
    last_seen_at: datetime
    busy: int | None
    threads: int | None


class Queue(NamedTuple):
    """`depth` is None while Redis does not answer."""

    name: str
    depth: int | None


class Roll:
    """Who answered, and when it was last asked."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._asked = -KEPT_S
        self._seen: dict[str, Worker] = {}

    def call(self) -> list[Worker] | None:
        """By name; None while they cannot be asked."""
        with self._lock:
            if time.monotonic() - self._asked >= KEPT_S:
                found = _answers()
                if found is None:
                    return None
                self._note(found)
                self._asked = time.monotonic()
            return sorted(self._seen.values(), key=lambda worker: worker.name)

    def _note(self, found: dict[str, Worker]) -> None:
        since = now() - FORGOTTEN_AFTER
        silent = {
            name: Worker(name=name, last_seen_at=worker.last_seen_at, busy=None, threads=None)
            for name, worker in self._seen.items()
            if worker.last_seen_at >= since
        }
        self._seen = silent | found


@lru_cache
def _asking() -> Celery:
    """Asking is like publishing: it must fail fast."""
    app = Celery("llmops-operations", set_as_current=False)
    app.conf.update(
        broker_url=redis.broker_url(get_settings().redis_url.get_secret_value()),
        broker_transport_options={
            "socket_timeout": 1,
            "socket_connect_timeout": 1,
            "global_keyprefix": KEY_PREFIX,
        },
        broker_connection_retry=False,
        broker_pool_limit=4,
    )
    return app


def _answers() -> dict[str, Worker] | None:
    if redis.outage.lasts:
        return None
    asked = _asking().control.inspect(timeout=ANSWER_S)
    try:
        redis.client().ping()  # half a second at most, where the broker's client would wait longer
        with ThreadPoolExecutor(max_workers=2) as threads:
            stats, active = (threads.submit(ask) for ask in (asked.stats, asked.active))
            found, tasks = stats.result() or {}, active.result() or {}
    except (RedisError, OperationalError, OSError):
        redis.outage.begin()
        return None
    at = now()
    return {
        name: Worker(
            name=name,
            last_seen_at=at,
            busy=len(tasks[name]) if name in tasks else None,
            threads=_threads(answer),
        )
        for name, answer in found.items()
    }


def _threads(answer: dict[str, Any]) -> int | None:
    found = answer.get("pool", {}).get("max-concurrency")
    return found if isinstance(found, int) else None


roll = Roll()


def queues() -> list[Queue]:
    names = [name.value for name in QueueName]
    if redis.outage.lasts:
        return [Queue(name, None) for name in names]
    pipe = redis.client().pipeline(transaction=False)
    for name in names:
        pipe.llen(f"{KEY_PREFIX}{name}")
    try:
        depths: list[Any] = pipe.execute()
    except (RedisError, OSError):
        redis.outage.begin()
        return [Queue(name, None) for name in names]
    return [Queue(name, int(depth)) for name, depth in zip(names, depths, strict=True)]
