"""What is promised when things break, with real processes and real signals.

After each fault: every planned case has ended in exactly one state, no case has two results, and
no more was paid twice than was in flight when it happened.
"""

import os
import signal
import time
from collections.abc import Iterator
from typing import Any

import pytest

from tests.support.arena import Arena, arena
from tests.support.fixtures import eventually
from tests.support.poisoned import DEATHS

PATIENCE_S = 3.0  # a request while the queue is away: half a second for Redis, the rest for us


@pytest.fixture(scope="module")
def platform(tmp_path_factory) -> Iterator[Arena]:
    with arena(tmp_path_factory.mktemp("arena")) as made:
        yield made


def scored(status: dict[str, Any]) -> dict[str, int]:
    return {state: number for state, number in status["progress"].items() if number}


def test_a_process_of_the_pool_is_killed(platform: Arena):
    """kill -9 of one of two: its shard is found, the other's is untouched."""
    experiment_id = platform.start()
    platform.until_stored(experiment_id, 4)
    platform.pool()[0].kill()
    in_flight = platform.in_flight(experiment_id)
    status = platform.finished(experiment_id)

    assert {"scored": 40} == scored(status)
    assert platform.books()["paid_twice"] <= in_flight


def test_the_whole_worker_is_killed(platform: Arena):
    """kill -9 of the group, as a lost machine: a new worker ends what the old one began."""
    experiment_id = platform.start()
    platform.until_stored(experiment_id, 4)
    platform.kill_worker()
    in_flight = platform.in_flight(experiment_id)
    platform.worker = platform.start_worker()
    status = platform.finished(experiment_id)

    assert {"scored": 40} == scored(status)
    assert platform.books()["paid_twice"] <= in_flight


def test_a_worker_is_told_to_stop(platform: Arena):
    """SIGTERM, as a deploy: calls in flight finish, shards are given back, nothing is paid twice."""
    experiment_id = platform.start(240)
    platform.until_stored(experiment_id, 4)
    platform.worker.terminate()
    platform.worker.wait(30)
    shards = platform.sql(
        "SELECT state, attempts FROM shards WHERE experiment_id = :id AND state <> 'completed'",
        id=experiment_id,
    )
    platform.worker = platform.start_worker()
    status = platform.finished(experiment_id)

    assert shards
    assert {("pending", 0)} == {tuple(row) for row in shards}
    assert {"scored": 240} == scored(status)
    assert 0 == platform.books()["paid_twice"]


def test_the_queue_is_flushed(platform: Arena):
    """FLUSHALL with work running, waiting and just accepted: all of it goes on."""
    experiment_id = platform.start()
    platform.until_stored(experiment_id, 4)
    answers = [
        platform.client.post("/api/v1/query", json={"query": f"Question {number}?"}).json()
        for number in range(8)
    ]
    with platform.redis() as connection:
        connection.flushall()
    status = platform.finished(experiment_id)
    runs = [f"/api/v1/task-status/{answer['task_id']}" for answer in answers]
    done = eventually(
        lambda: all(platform.client.get(run).json()["status"] == "completed" for run in runs),
        within=20,
    )

    assert {"scored": 40} == scored(status)
    assert 0 == platform.books()["paid_twice"]
    assert done


def asked_meanwhile(platform: Arena, experiment_id: str) -> dict[str, Any]:
    """What the API answers while the queue is away, and how long each answer took."""
    client = platform.client
    name = {"name": "outage", "scopes": ["read"]}
    asks = {
        "read": lambda: client.get(f"/api/v1/experiments/{experiment_id}/status"),
        "list": lambda: client.get("/api/v1/prompts"),
        "run": lambda: client.post("/api/v1/query", json={"query": "How much?"}),
        "login": lambda: client.post(
            "/api/v1/auth/login", json={"username": "nobody", "password": "not the right one"}
        ),
        "key": lambda: client.post("/api/v1/api-keys", json=name),
    }
    found: dict[str, Any] = {"slowest": 0.0}
    for what, ask in asks.items():
        before = time.monotonic()
        found[what] = ask()
        found["slowest"] = max(found["slowest"], time.monotonic() - before)
    return found


@pytest.mark.parametrize("outage", ["frozen_queue", "stopped_queue"])
def test_the_queue_is_away_for_a_while(platform: Arena, outage):
    """Reads work, work is accepted as delayed and starts by itself, guessing passwords does not."""
    running = platform.start()
    platform.until_stored(running, 4)
    with getattr(platform, outage)():
        meanwhile = asked_meanwhile(platform, running)
        accepted = platform.start(8)
        time.sleep(1)
    delayed = platform.finished(accepted)
    status = platform.finished(running)
    task = meanwhile["run"].json()["status_url"]
    done = eventually(lambda: platform.client.get(task).json()["status"] == "completed", within=20)

    assert (200, 200) == (meanwhile["read"].status_code, meanwhile["list"].status_code)
    assert (202, True) == (meanwhile["run"].status_code, meanwhile["run"].json()["delayed"])
    assert (503, 503) == (meanwhile["login"].status_code, meanwhile["key"].status_code)
    assert meanwhile["slowest"] < PATIENCE_S
    assert {"scored": 8} == scored(delayed)
    assert {"scored": 40} == scored(status)
    assert done


def test_the_database_is_restarted(platform: Arena):
    """A fast restart: paid answers wait for it, the next request works, the experiment ends."""
    experiment_id = platform.start()
    platform.until_stored(experiment_id, 4)
    platform.stack.postgres.stop()
    time.sleep(1)
    platform.stack.postgres.start()
    next_request = platform.client.get(f"/api/v1/experiments/{experiment_id}/status")
    status = platform.finished(experiment_id)

    assert 200 == next_request.status_code
    assert {"scored": 40} == scored(status)
    assert 0 == platform.books()["paid_twice"]


def test_a_case_that_kills_its_worker_ends_alone(platform: Arena, tmp_path):
    """Poison: its neighbours are scored, it is worker_lost, and it killed at most three times."""
    deaths = tmp_path / "deaths"
    os.kill(platform.worker.pid, signal.SIGTERM)
    platform.worker.wait(30)
    platform.worker = platform.start_worker("tests.support.poisoned", **{DEATHS: str(deaths)})
    experiment_id = platform.start(16, poison=5)
    status = platform.finished(experiment_id)

    assert {"scored": 15, "worker_lost": 1} == scored(status)
    assert "completed_with_errors" == status["status"]
    assert 1 <= len(deaths.read_text().splitlines()) <= 3
