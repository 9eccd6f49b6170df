"""A worker that takes nothing, though it could, ends; its supervisor starts another."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import redis

from app.core.celery_app import QueueName
from app.core.redis import broker_url
from app.embedded.valkey import Valkey
from tests.support.fixtures import eventually
from tests.support.stack import ROOT
from tests.support.stuck import ANSWER, DEAFEN, HANG, WORK, app

LIMIT_S = 8.0  # longer than a worker waits before it tries again: 2, 4 and 6 s


@pytest.fixture
def queue(tmp_path) -> Iterator[Valkey]:
    server = Valkey(tmp_path / "data", durable=False)
    server.start()
    try:
        yield server
    finally:
        server.stop()


@pytest.fixture
def worker(queue, tmp_path) -> Iterator[subprocess.Popen[bytes]]:
    """With the queue in reach; what it writes is in `worker.log`."""
    control = ("worker", "-Q", QueueName.control.value, "-P", "solo", "-n", "stuck@%h")
    own = {"REDIS_URL": queue.url, "LLMOPS_STANDSTILL_SECONDS": str(LIMIT_S)}
    with (tmp_path / "worker.log").open("wb") as log:
        child = subprocess.Popen(
            [sys.executable, "-m", "celery", "-A", "tests.support.stuck", *control],
            cwd=ROOT,
            env=os.environ | own,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    try:
        assert answers(queue, "at first")
        yield child
    finally:
        child.kill()
        child.wait(10)


@contextmanager
def sweeper(queue: Valkey, folder: Path, every_s: float) -> Iterator[subprocess.Popen[bytes]]:
    """The embedded platform's control worker with its clock; its database is away."""
    own = {
        "REDIS_URL": queue.url,
        "DATABASE_URL": "postgresql://nowhere/",
        "LLMOPS_DATABASE_SYSTEM_URL": "postgresql://nowhere/",
        "LLMOPS_STANDSTILL_SECONDS": "5",
        "LLMOPS_SWEEP_SECONDS": str(every_s),
    }
    control = ("app.embedded.worker", "control", "solo", QueueName.control.value)
    child = subprocess.Popen(
        [sys.executable, "-m", *control, str(folder / "beat")], cwd=ROOT, env=os.environ | own
    )
    try:
        yield child
    finally:
        child.kill()
        child.wait(10)


def send(queue: Valkey, task: str, *arguments: str) -> None:
    with app.connection_for_write(broker_url(queue.url)) as connection:
        app.send_task(task, args=arguments, queue=QueueName.control.value, connection=connection)


def answers(queue: Valkey, key: str) -> object:
    """Whether a job is taken, in the end."""
    send(queue, ANSWER, key)
    with redis.Redis.from_url(queue.url) as client:
        return eventually(lambda: client.exists(key))


def test_a_loop_that_hangs_ends_its_worker(queue, worker, tmp_path: Path):
    """Its process ends by itself, and says where it stood."""
    send(queue, HANG)

    assert worker.wait(60) == 1
    told = (tmp_path / "worker.log").read_text(encoding="utf-8")
    assert "worker_stands_still" in told
    assert "in hang" in told


def test_a_loop_that_takes_nothing_ends_its_worker(queue, worker, tmp_path):
    """It turns, and a job waits for a worker that has none."""
    send(queue, DEAFEN)
    send(queue, ANSWER, "never")

    assert worker.wait(60) == 1
    assert "worker_stands_still" in (tmp_path / "worker.log").read_text(encoding="utf-8")


def test_a_worker_with_more_than_it_can_do_goes_on(queue, worker):
    """Between two jobs it has none while others wait, for longer than it may stand still."""
    for _ in range(int(LIMIT_S) + 6):
        send(queue, WORK)

    assert answers(queue, "at last")
    assert worker.poll() is None


def test_a_worker_waits_for_a_queue_that_is_away(queue, worker):
    """For longer than it may stand still; the same process then takes the next job."""
    queue.stop()
    time.sleep(LIMIT_S + 1)
    queue.start()

    assert answers(queue, "afterwards")
    assert worker.poll() is None


def test_a_sweeper_whose_clock_sends_nothing_ends(queue, tmp_path):
    """Its loop turns, and yet nothing is swept: to those who wait it is the same."""
    with sweeper(queue, tmp_path, every_s=3600) as idle:
        assert idle.wait(60) == 1


def test_a_sweeper_that_sweeps_goes_on(queue, tmp_path):
    """Whatever comes of it: a database that is away is no standstill."""
    with sweeper(queue, tmp_path, every_s=1) as busy, pytest.raises(subprocess.TimeoutExpired):
        busy.wait(15)
