"""Celery's app with a job that never ends: `celery -A tests.support.stuck worker -P solo`.

In the solo pool it holds the loop that takes jobs, as a connection that hangs would.
"""

import time

from app.core import redis
from app.core.celery_app import app

HANG, ANSWER = "tests.hang", "tests.answer"


@app.task(name=HANG)
def hang() -> None:
    time.sleep(3600)


@app.task(name=ANSWER)
def answer(key: str) -> None:
    """Shows that jobs are taken."""
    redis.client().set(key, 1)


__all__ = ["app"]
