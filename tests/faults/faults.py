"""The faults, one function each: it begins an experiment, breaks something, and mends it.

The drill waits for the experiment's end afterwards and checks the invariants. The seed decides when
the fault strikes, how large the experiment is and which process is struck.
"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import httpx2
import psutil
from celery import Celery

from app.core.celery_app import KEY_PREFIX, QueueName, Task
from app.core.redis import broker_url
from tests.faults import storms
from tests.faults.trial import Impossible, Trial, promise
from tests.support.arena import kill_group
from tests.support.fixtures import eventually
from tests.support.shifted import CLOCK
from tests.support.stack import ROOT

Fault = Callable[[Trial], None]

REQUEST_S = 3.0  # a request while the queue is away: half a second for Redis, the rest for us
SMALL_DISK = "LLMOPS_TEST_DISK"  # names the folder that is a small disk of its own


# --- processes ---


def kill_pool_child(trial: Trial) -> None:
    """`kill -9` of one of the worker's two processes."""
    trial.begin_and_wait()
    trial.busy_process().kill()
    trial.died()


def kill_worker_main(trial: Trial) -> None:
    """`kill -9` of the worker's main process alone; a new worker is started."""
    trial.begin_and_wait()
    children = trial.platform.pool()
    trial.platform.worker.kill()
    trial.platform.worker.wait(10)
    _, orphans = psutil.wait_procs(children, timeout=20)
    promise(not orphans, "the pool outlives its worker")
    trial.died()
    trial.platform.worker = trial.platform.start_worker()


def kill_whole_worker(trial: Trial) -> None:
    """`kill -9` of the worker with its pool, as when a machine is lost; a new worker is started."""
    trial.begin_and_wait()
    trial.platform.kill_worker()
    trial.died()
    trial.platform.worker = trial.platform.start_worker()


def stop_with_short_grace(trial: Trial) -> None:
    """SIGTERM, and `kill -9` of all a second later."""
    trial.begin_and_wait()
    trial.platform.worker.terminate()
    time.sleep(1)
    if trial.platform.worker.poll() is None:
        trial.platform.kill_worker()
    trial.died()
    trial.platform.worker = trial.platform.start_worker()


def stop_with_grace(trial: Trial) -> None:
    """SIGTERM, as a deploy: calls in flight finish, shards are given back, nothing is paid twice."""
    trial.begin_and_wait()
    trial.platform.worker.terminate()
    _replaced_after_peace(trial)


def soft_shutdown(trial: Trial) -> None:
    """SIGQUIT, which asks the worker to be quick: no different."""
    trial.begin_and_wait()
    trial.platform.worker.send_signal(signal.SIGQUIT)
    _replaced_after_peace(trial)


def _replaced_after_peace(trial: Trial) -> None:
    trial.platform.worker.wait(60)
    held = trial.platform.sql(
        "SELECT state, attempts FROM shards WHERE experiment_id = :id"
        " AND NOT (state = 'completed' OR state = 'pending' AND attempts = 0)",
        id=trial.experiment_id,
    )
    trial.platform.worker = trial.platform.start_worker()
    promise(not held, f"shards were not given back: {[tuple(row) for row in held]}")


def kill_sweeper(trial: Trial) -> None:
    """`kill -9` of sweeper and beat, and of a pool child that nobody is left to miss."""
    trial.begin_and_wait()
    kill_group(trial.platform.sweeper)
    trial.busy_process().kill()
    trial.died()
    trial.pause(0, 3)
    trial.platform.sweeper = trial.platform.start_sweeper()


def kill_api(trial: Trial) -> None:
    """`kill -9` of the API; the experiment does not notice."""
    trial.begin_and_wait()
    kill_group(trial.platform.api)
    trial.pause(0, 2)
    trial.platform.api = trial.platform.start_api()
    trial.platform.until_ready()


def zombie(trial: Trial) -> None:
    """A pool child is frozen for longer than its lease, and goes on when others have its work."""
    trial.begin_and_wait()
    frozen = trial.busy_process()
    others_are_done, before = trial.draw.random() < 0.5, [""]
    frozen.suspend()
    try:
        trial.died()
        if others_are_done:
            trial.finish()
            before = _written(trial)
        else:
            mine = f"%:{frozen.pid}:%"
            query = "SELECT id FROM shards WHERE state = 'running' AND owner LIKE :mine"
            promise(
                eventually(lambda: not trial.platform.sql(query, mine=mine)),
                "the sweeper left a dead lease alone",
            )
    finally:
        frozen.resume()
    if others_are_done:
        trial.pause(1, 2)
        promise(before == _written(trial), "who had lost the lease wrote something")


def _written(trial: Trial) -> list[str]:
    """A fingerprint of all that an experiment leaves behind."""
    found = []
    for table in ("results", "case_scores", "cost_entries", "shards", "verdicts"):
        query = (
            f"SELECT md5(coalesce(string_agg(t::text, '|' ORDER BY t::text), ''))"
            f" FROM {table} t WHERE experiment_id = :id"
        )
        found.append(trial.platform.sql(query, id=trial.experiment_id)[0][0])
    return found


def clock_jump(trial: Trial) -> None:
    """The worker's clock jumps by an hour, forward or back: the database's clock decides."""
    file = trial.platform.stack.folder / "clock"
    file.unlink(missing_ok=True)
    trial.platform.change_worker("tests.support.shifted", **{CLOCK: str(file)})
    trial.begin_and_wait()
    file.write_text(str(trial.draw.choice((3600, -3600))), encoding="utf-8")


# --- the queue ---


def flush_queue(trial: Trial) -> None:
    """FLUSHALL, with work running and waiting."""
    trial.begin_and_wait()
    with trial.platform.redis() as connection:
        connection.flushall()


def stop_queue(trial: Trial) -> None:
    """The broker stops, and comes back with what it had."""
    trial.begin_and_wait()
    with trial.platform.stopped_queue():
        trial.pause(1, 4)


def lose_queue(trial: Trial) -> None:
    """The broker is killed, and comes back empty."""
    trial.begin_and_wait()
    with trial.platform.lost_queue():
        trial.pause(0, 3)


def freeze_queue(trial: Trial) -> None:
    """The broker accepts and does not answer; requests do not wait for it."""
    trial.begin_and_wait()
    with trial.platform.frozen_queue():
        before = time.monotonic()
        asked = trial.platform.client.post("/api/v1/query", json={"query": "How much?"})
        took = time.monotonic() - before
        trial.pause(1, 3)
    promise(asked.status_code == 202 and asked.json()["delayed"], f"a run: {asked.text}")
    promise(took < REQUEST_S, f"a request took {took:.1f} s")


def accept_without_queue(trial: Trial) -> None:
    """The broker is away while the API accepts an experiment, which begins by itself later."""
    with trial.platform.lost_queue():
        trial.begin()
        trial.pause(0, 2)


def deliver_five_times(trial: Trial) -> None:
    """Each shard's message comes five times, while it waits and while it is worked on."""
    trial.begin()
    deliver_again(trial)
    trial.until_stored(trial.draw.randint(1, trial.planned // 2))
    deliver_again(trial)


def deliver_again(trial: Trial) -> None:
    app = Celery("drill", broker=broker_url(trial.platform.stack.valkey.url), set_as_current=False)
    app.conf.broker_transport_options = {"global_keyprefix": KEY_PREFIX}
    shards = trial.platform.sql(
        "SELECT id FROM shards WHERE experiment_id = :id", id=trial.experiment_id
    )
    messages = [str(row.id) for row in shards] * 5
    trial.draw.shuffle(messages)
    for shard_id in messages:
        app.send_task(
            Task.run_shard.value, kwargs={"shard_id": shard_id}, queue=QueueName.shards.value
        )
    app.close()


# --- the database ---


def restart_database(trial: Trial) -> None:
    """A fast restart of PostgreSQL; paid answers wait for it."""
    trial.begin_and_wait()
    trial.platform.stack.postgres.stop()
    trial.pause(0, 1.5)
    trial.platform.stack.postgres.start()


def crash_database(trial: Trial) -> None:
    """An immediate stop of PostgreSQL, which then recovers from its log."""
    trial.begin_and_wait()
    postgres = trial.platform.stack.postgres
    assert postgres.child
    postgres.child.end(signal.SIGQUIT, 10)
    trial.pause(0, 1)
    postgres.stop()
    postgres.start()


def full_disk(trial: Trial) -> None:
    """The disk with all data on it is full for some seconds; then there is room again."""
    folder = trial.platform.stack.folder
    if os.environ.get(SMALL_DISK) != str(folder):
        raise Impossible("no small disk of its own: a mount namespace is not allowed here")
    trial.begin_and_wait()
    trial.died()  # who cannot store for longer than a lease lets go of what was paid
    with _filled(folder):
        answers = [_asked(trial, number) for number in range(40)]
    refused = [answer for answer in answers if answer.status_code >= 400]
    said = {answer.json()["detail"] for answer in refused}
    promise({503} == {answer.status_code for answer in refused}, f"it said {said or 'nothing'}")
    promise(any("disk is full" in sentence for sentence in said), f"it said {said}")
    trial.platform.mend()
    trial.finish()
    _read_everything(trial)


@contextmanager
def _filled(folder: Path) -> Iterator[None]:
    """Not a byte is left on the disk."""
    ballast = folder / "ballast"
    try:
        with suppress(OSError), ballast.open("wb", buffering=0) as file:
            while file.write(bytes(1 << 20)):
                pass
        yield
    finally:
        ballast.unlink()


def _asked(trial: Trial, number: int) -> httpx2.Response:
    """A request that makes a table grow."""
    text = f"{number} {trial.draw.randbytes(4000).hex()}"
    return trial.platform.client.post("/api/v1/query", json={"query": text})


def _read_everything(trial: Trial) -> None:
    """Every table to its last row: a page that is torn would be an error."""
    tables = trial.platform.sql("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    for row in tables:
        trial.platform.sql(f"SELECT count(t::text) FROM {row.tablename} t")


def second_supervisor(trial: Trial) -> None:
    """`llmops up` on the data folder that is in use: it refuses, and disturbs nobody."""
    trial.begin_and_wait()
    folder = trial.platform.stack.folder
    theirs = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    second = subprocess.run(
        [sys.executable, "-m", "app", "up", "--data-dir", str(folder), "--port", "0"],
        env=theirs,
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    said = second.stderr[-400:]
    promise(second.returncode and "Traceback" not in said, f"{second.returncode}: {said}")
    promise("in use" in said, f"it said: {said}")


FAULTS: tuple[Fault, ...] = (
    kill_pool_child,
    kill_worker_main,
    kill_whole_worker,
    stop_with_short_grace,
    stop_with_grace,
    soft_shutdown,
    kill_sweeper,
    kill_api,
    zombie,
    clock_jump,
    flush_queue,
    stop_queue,
    lose_queue,
    freeze_queue,
    accept_without_queue,
    deliver_five_times,
    restart_database,
    crash_database,
    full_disk,
    second_supervisor,
    storms.poison_case,
    storms.hanging_case,
    storms.limited_storm,
    storms.failing_storm,
    storms.silent_storm,
    storms.cutting_storm,
    storms.garbled_storm,
    storms.cap_and_kill,
)
