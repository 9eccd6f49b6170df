"""Publishing holds nobody: it ends in bounded time whatever the broker does, and never raises."""

import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager

import pytest
from kombu import Connection
from pydantic import SecretStr

from app.core import celery_app, redis
from app.core.celery_app import Task, publish
from app.core.clock import new_id
from app.core.config import get_settings
from app.embedded.valkey import Valkey
from app.main import app  # noqa: F401 - every task's name is known once the application is loaded

BOUND_S = 2.0  # what a request may lose to a broker that does not answer


@contextmanager
def broker_at(url: str) -> Iterator[None]:
    """This process publishes there; afterwards to the test run's own broker again."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(get_settings(), "redis_url", SecretStr(url))
        celery_app._publisher.cache_clear()
        redis.outage.end()
        try:
            yield
        finally:
            celery_app._publisher().close()
            celery_app._publisher.cache_clear()
            redis.outage.end()


@pytest.fixture
def private(tmp_path) -> Iterator[Valkey]:
    """A broker of the test's own, answering again when the test is over."""
    server = Valkey(tmp_path, durable=False)
    server.start()
    try:
        yield server
    finally:
        if server.child:
            os.kill(server.child.pid, signal.SIGCONT)
        server.stop()


def send() -> None:
    publish(Task.run_prompt.value, {"run_id": str(new_id())})


def seconds(work: Callable[[], None]) -> float:
    """Wall time: the promise is about waiting, not about work."""
    before = time.monotonic()
    work()
    return time.monotonic() - before


def waiting(server: Valkey) -> int:
    """Messages in the queue of single runs."""
    import redis as client  # noqa: PLC0415 - the library; `redis` is the application's module here

    with client.Redis.from_url(server.url) as connection:
        return connection.llen(f"{celery_app.KEY_PREFIX}{celery_app.QueueName.interactive.value}")


def test_a_job_reaches_the_queue_of_its_task(private):
    """The name decides the queue, and one job is one message."""
    with broker_at(private.url):
        send()

    assert 1 == waiting(private)


def test_a_broker_that_refuses_costs_no_error(tmp_path):
    """With nobody listening the job is left to the sweeper, and the outage is remembered."""
    with broker_at(f"unix://{tmp_path / 'nobody.sock'}"):
        took = seconds(send)
        remembered = redis.outage.lasts

    assert took < BOUND_S
    assert remembered


def test_a_frozen_broker_holds_nobody(private):
    """One that accepts and never answers is the worst: it is left after the publisher's wait."""
    with broker_at(private.url):
        send()
        os.kill(private.child.pid, signal.SIGSTOP)
        took = seconds(send)
        remembered = redis.outage.lasts
        os.kill(private.child.pid, signal.SIGCONT)

    assert took < BOUND_S
    assert remembered


def test_during_an_outage_nobody_is_asked(private):
    """After a failure the next jobs are not even tried: an outage costs one wait, not one each."""
    with broker_at(private.url):
        redis.outage.begin()
        took = seconds(lambda: [send() for _ in range(100)] and None)

    assert took < celery_app.PUBLISH_WAIT_S
    assert 0 == waiting(private)


def test_after_the_pause_jobs_are_sent_again(private, monkeypatch):
    """The breaker closes by itself: nobody has to tell the API that Redis is back."""
    monkeypatch.setattr(redis, "PAUSE_S", 0.05)
    with broker_at(private.url):
        redis.outage.begin()
        send()
        skipped = waiting(private)
        time.sleep(0.1)
        send()

    assert 0 == skipped
    assert 1 == waiting(private)


def test_an_acknowledgement_that_fails_costs_no_place(private):
    """A worker that may have one job at a time takes the next one all the same."""
    quick = celery_app.TRANSPORT | {"socket_timeout": 0.3, "retry_on_timeout": False}
    with (
        Connection(redis.broker_url(private.url), transport_options=quick) as connection,
        closing(connection.SimpleQueue("jobs")) as jobs,
    ):
        jobs.channel.basic_qos(0, 1, False)
        jobs.put("a job")
        message = jobs.get(timeout=10)
        had_room = jobs.channel.qos.can_consume()
        os.kill(private.child.pid, signal.SIGSTOP)
        message.ack()
        os.kill(private.child.pid, signal.SIGCONT)

        assert not had_room
        assert jobs.channel.qos.can_consume()


def test_every_task_name_has_a_worker_and_a_queue():
    """A name the application can enqueue is a name a worker answers to, on a queue it reads."""
    import tasks  # noqa: F401, PLC0415 - registers the tasks, as a worker does

    assert {task.value for task in Task} <= set(celery_app.app.tasks)
    assert set(Task) == set(celery_app.QUEUE_OF)
