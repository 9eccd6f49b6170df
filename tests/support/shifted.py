"""Celery's app with a wall clock that jumps: `celery -A tests.support.shifted worker`.

The file that LLMOPS_TEST_CLOCK names holds the seconds by which the clock of these processes is
wrong; without it, it is right. What measures durations (`time.monotonic`) does not jump, as it
does not when a real clock is set.
"""

import os
import time
from datetime import UTC, datetime
from pathlib import Path

from app.core import clock

CLOCK = "LLMOPS_TEST_CLOCK"
_time = time.time


def _wrong_time() -> float:
    try:
        return _time() + float(Path(os.environ[CLOCK]).read_text(encoding="utf-8") or 0)
    except FileNotFoundError:
        return _time()


def _wrong_now() -> datetime:
    return datetime.fromtimestamp(_wrong_time(), UTC)


if CLOCK in os.environ:  # else it is only asked for its names
    time.time = _wrong_time
    clock.now = _wrong_now

from app.core.celery_app import app  # noqa: E402 - whoever imports `now` gets the wrong one

__all__ = ["app"]
