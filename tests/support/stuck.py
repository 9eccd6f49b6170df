"""Celery's app with jobs that break their worker: `celery -A tests.support.stuck worker -P solo`."""

import time

from kombu.transport import redis as transport

from app.core import redis
from app.core.celery_app import app

HANG, DEAFEN, WORK, ANSWER = "tests.hang", "tests.deafen", "tests.work", "tests.answer"


@app.task(name=HANG)
def hang() -> None:
    """In the solo pool this holds the loop that takes jobs, as a connection that hangs would."""
    time.sleep(3600)


@app.task(name=DEAFEN)
def deafen() -> None:
    """The loop goes on and takes nothing, as if it had its hands full."""
    transport.QoS.can_consume = lambda _: False


@app.task(name=WORK)
def work() -> None:
    """Takes its time: others wait behind it."""
    time.sleep(1)


@app.task(name=ANSWER)
def answer(key: str) -> None:
    """Shows that jobs are taken."""
    redis.client().set(key, 1)


__all__ = ["app"]
