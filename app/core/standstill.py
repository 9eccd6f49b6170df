"""Ends a worker that stands still, so that its supervisor starts it anew.

A worker whose loop hangs, while it connects again or ends after an error, or whose loop turns and
takes no jobs, runs on as a process: from outside it looks well. So the turns of its loop are noted,
but not while jobs wait for a worker that takes none; and where there was no such turn for long, the
process writes its stacks to its log and ends. A Redis that does not answer is no standstill, and
neither is a worker that was asked to stop.
"""

import faulthandler
import os
import signal
import time
from collections.abc import Callable, Sequence
from types import FrameType
from typing import Any

from celery.signals import worker_ready, worker_shutting_down
from redis.exceptions import RedisError

from app.core import logs, redis, stopping
from app.core.config import get_settings

log = logs.get()
STDERR = 2  # by number: a fork of the image has its log there, whatever `sys.stderr` says
LOOKS = 4  # while the loop may stand still
signs: list[Callable[[], bool]] = []  # of life, of what else this process runs


class Clock:
    """Looks now and then, by a signal: it is heard in whatever the main thread waits for.

    Behind it runs a clock of `faulthandler`, which needs no interpreter: for what hears nothing.
    """

    def __init__(self, worker: Any, queues: Sequence[str]) -> None:  # noqa: ANN401 - Celery's
        self._worker = worker
        self._queues = queues
        self._taken = 0  # jobs, when it was last asked
        self._limit_s = get_settings().standstill_seconds
        self._period_s = self._limit_s / LOOKS
        self._looked = time.monotonic()
        self._note(self._looked)
        signal.signal(signal.SIGALRM, self._look)
        signal.setitimer(signal.ITIMER_REAL, self._period_s, self._period_s)

    def turn(self) -> None:
        """Called at every turn of the loop; notes a few of them."""
        at = time.monotonic()
        if at - self._turned > self._period_s and not stopping.asked() and self._is_well():
            self._note(at)

    def _is_well(self) -> bool:
        return self._takes_jobs() and all(sign() for sign in signs)

    def _takes_jobs(self) -> bool:
        """False where jobs wait, it has none and has taken none since it was last asked."""
        taken = self._worker.state.all_total_count[0]
        if taken != self._taken or self._worker.state.reserved_requests:
            self._taken = taken
            return True
        try:
            return not any(redis.client().llen(queue) for queue in self._queues)
        except RedisError:
            return False

    def _note(self, at: float) -> None:
        self._turned = at
        faulthandler.dump_traceback_later(2 * self._limit_s, exit=True, file=STDERR)

    def _look(self, _signal: int, _frame: FrameType | None) -> None:
        at = time.monotonic()
        was_frozen = at - self._looked > 2 * self._period_s  # as a whole: let it turn first
        self._looked = at
        if was_frozen or not redis.answers():
            self._note(at)
        elif at - self._turned > self._limit_s:
            log.critical("worker_stands_still", seconds=self._limit_s)
            faulthandler.dump_traceback(STDERR)
            os._exit(1)


def guard(key_prefix: str) -> None:
    """Has every worker of this process watched; its queues are lists in Redis, named so."""

    def begin(sender: Any, **_: Any) -> None:  # noqa: ANN401 - Celery's signal
        queues = [f"{key_prefix}{queue.name}" for queue in sender.task_consumer.queues]
        sender.hub.on_tick.add(Clock(sender.controller, queues).turn)

    worker_ready.connect(begin, weak=False)
    worker_shutting_down.connect(_end)


def _end(**_: Any) -> None:  # noqa: ANN401 - Celery's signal
    """A warm shutdown waits for its jobs; who asked for it has a patience of his own."""
    signal.setitimer(signal.ITIMER_REAL, 0)
    faulthandler.cancel_dump_traceback_later()
