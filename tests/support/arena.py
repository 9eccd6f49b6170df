"""A whole platform of its own, to be broken: servers, API, workers, sweeper and a provider.

Leases are short, so that what dies is found in seconds; nothing here touches the servers of the
other tests.
"""

import json
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx2
import psutil
import redis

from app.core.celery_app import KEY_PREFIX, QueueName
from app.embedded.errors import tail
from app.embedded.roles import DatabaseUrls
from app.embedded.stack import free_port
from scripts.mock_provider.launch import MockProvider, start
from tests.support.apart import Apart
from tests.support.fixtures import at, eventually, make_key, make_subject, make_workspace
from tests.support.prompts import make_prompt
from tests.support.stack import WORKER, Stack, open_stack

QUICK = {
    "LLMOPS_LEASE_SECONDS": "10",  # a busy machine stalls a loop for seconds
    "LLMOPS_HEARTBEAT_SECONDS": "0.5",
    "LLMOPS_RESEND_SECONDS": "1",
    "LLMOPS_SWEEP_SECONDS": "0.5",
    "LLMOPS_STANDSTILL_SECONDS": "30",
    "LLMOPS_SHARD_SIZE": "8",
    "LLMOPS_SHARD_CONCURRENCY": "8",  # 16 cases in flight are two loops in two processes
}
CASE = "{{{{ question }}}} Of {{{{ run }}}}, case {arm}/{{{{ number }}}}"
MOCK = "openai:mock-gen"
JOBS = """
SELECT e.status, s.state, s.attempts, s.sends, s.owner,
       s.lease_until - clock_timestamp() AS lease, s.next_send - clock_timestamp() AS next
FROM experiments e JOIN shards s ON s.experiment_id = e.id WHERE e.id = :id
"""
ENDED = {"completed", "completed_with_errors", "failed", "cancelled"}
LATENCY_S = 0.2
PATIENCE_S = 180.0  # nothing is measured here, and the machine may be busy


class Arena:
    def __init__(self, stack: Stack, provider: MockProvider) -> None:
        self.stack, self.provider = stack, provider
        urls = [f"{name}DATABASE{kind}_URL" for name, kind in _URLS]
        self.database = Apart(DatabaseUrls(*(stack.environment[name] for name in urls)))
        self._quiet = {k: v for k, v in provider.configure().items() if k not in {"host", "port"}}
        self._is_usual = True  # the worker: neither poisoned nor otherwise strange
        self.worker = self.start_worker()
        self.sweeper = self.start_sweeper()
        self._port = free_port("127.0.0.1", 0)
        self.api = self.start_api()
        url = f"http://127.0.0.1:{self._port}"
        self.client = httpx2.Client(base_url=url, trust_env=False, timeout=20)
        self.until_ready()
        with self.database.used():
            self.subject = make_subject(make_workspace())
            self.client.headers["authorization"] = f"Bearer {make_key(self.subject)}"

    # --- processes ---

    def start_worker(
        self, app: str = "app.core.celery_app", **more: str
    ) -> subprocess.Popen[bytes]:
        """A worker with two processes in its pool."""
        return self.stack.python(
            "-m", "celery", "-A", app, *WORKER, name="work", **QUICK, **at(self.provider), **more
        )

    def start_sweeper(self) -> subprocess.Popen[bytes]:
        """The control worker with beat in it, as the embedded platform has it."""
        control = ("app.embedded.worker", "control", "solo", "control")
        beat = str(self.stack.folder / "beat")
        return self.stack.python("-m", *control, beat, name="sweep", **QUICK)

    def start_api(self) -> subprocess.Popen[bytes]:
        """Always on the same port."""
        port = str(self._port)
        return self.stack.python(
            "-m", "uvicorn", "app.main:app", "--port", port, name="api", **QUICK
        )

    def until_ready(self) -> None:
        def ready() -> bool:
            try:
                return self.client.get("/readyz").status_code == 200
            except httpx2.TransportError:
                return False

        assert eventually(ready)

    def change_worker(self, app: str = "app.core.celery_app", **more: str) -> None:
        """Ends the worker in peace and starts another."""
        self.worker.terminate()
        self.worker.wait(60)
        self.worker = self.start_worker(app, **more)
        self._is_usual = False

    # --- experiments ---

    def start(
        self,
        examples: int = 40,
        *,
        arms: int = 1,
        spoiled: Mapping[int, Mapping[str, str]] | None = None,
        latency_s: float = LATENCY_S,
        **asked: Any,
    ) -> str:
        """An experiment whose every case is a body of its own; `spoiled` are inputs by example."""
        self.provider.reset()
        self.provider.configure(latency=latency_s)
        with self.database.used():
            made = make_prompt(
                self.subject,
                templates=[CASE.format(arm=arm) for arm in range(arms)],
                examples=examples,
                model=MOCK,
                inputs={"run": str(time.monotonic_ns())},
            )
        for number, inputs in (spoiled or {}).items():
            self.sql(
                "UPDATE golden_examples SET input_data = input_data || cast(:more AS jsonb)"
                " WHERE id = :id",
                id=made.example_ids[number],
                more=json.dumps(inputs),
            )
        body = {
            "prompt_id": str(made.prompt_id),
            "experiment_name": "fault",
            "evaluators": ["similarity"],
            "concurrency": 16,
            **asked,
        }
        answer = self.client.post("/api/v1/experiments/run", json=body)
        assert answer.status_code == 202, answer.text
        return str(answer.json()["experiment_id"])

    def cancel(self, experiment_id: str) -> None:
        """Out of the way, if it was begun."""
        if experiment_id:
            self.client.post(f"/api/v1/experiments/{experiment_id}/cancel")

    def sql(self, statement: str, **values: object) -> list[Any]:
        return self.database.sql(statement, **values)

    def stored(self, experiment_id: str) -> int:
        query = "SELECT count(*) FROM results WHERE experiment_id = :id"
        return int(self.sql(query, id=experiment_id)[0][0])

    def status(self, experiment_id: str) -> dict[str, Any]:
        return dict(self.client.get(f"/api/v1/experiments/{experiment_id}/status").json())

    def until_stored(self, experiment_id: str, least: int) -> None:
        """Waits until work is well under way."""
        assert eventually(lambda: self.stored(experiment_id) >= least, within=40), self.status(
            experiment_id
        )

    def in_flight(self, experiment_id: str) -> int:
        """Cases that were asked and whose results are not stored: what a death may cost."""
        rows = self.stored(experiment_id)
        return int(self.books()["calls"]) - rows

    def books(self) -> dict[str, Any]:
        """How often the provider was asked and paid."""
        return dict(self.provider.stats()["exactly_once"])

    def finished(self, experiment_id: str) -> dict[str, Any]:
        """Its status in the end; the states add up, each case has one row, rows are the counts."""

        def look() -> dict[str, Any] | None:
            status = self.status(experiment_id)
            return status if status["status"] in ENDED and status["results"] else None

        status = eventually(look, within=PATIENCE_S)
        assert status, self.status(experiment_id)
        rows = self.sql(
            "SELECT state, count(*) AS n, count(DISTINCT case_no) AS cases FROM results"
            " WHERE experiment_id = :id GROUP BY state",
            id=experiment_id,
        )
        planned = status["progress"].pop("planned")
        assert {row.state: row.n for row in rows} == {
            state: number for state, number in status["progress"].items() if number
        }
        assert planned == sum(row.n for row in rows) == sum(row.cases for row in rows)
        return status

    def evidence(self, experiment_id: str) -> str:
        """Why it may stand still: its jobs, the queues, the processes and what they said last."""
        jobs = self.sql(JOBS, id=experiment_id)
        waiting = {name.value: self.queued(name.value) for name in QueueName}
        told = [f"shard {row._asdict()}" for row in jobs] + [f"waiting {waiting}"]
        processes = {"worker": self.worker, "sweeper": self.sweeper, "API": self.api}
        told += [f"{name} {process.poll()}" for name, process in processes.items()]
        for process in (self.worker, self.sweeper):
            if process.poll() is None:
                process.send_signal(signal.SIGUSR1)  # Celery writes where its threads are
        time.sleep(1)
        logs = sorted(self.stack.folder.glob("*.log"), key=lambda log: log.stat().st_mtime)
        return "\n".join([*told, *(f"{log.name}:\n{tail(log, lines=60)}" for log in logs[-4:])])

    # --- breaking things ---

    def pool(self) -> list[psutil.Process]:
        """The worker's two processes."""
        return psutil.Process(self.worker.pid).children()

    def busy(self) -> list[psutil.Process]:
        """Those of the pool that hold a shard."""
        rows = self.sql("SELECT DISTINCT owner FROM shards WHERE state = 'running'")
        holders = {int(row.owner.split(":")[1]) for row in rows}
        return [process for process in self.pool() if process.pid in holders]

    def kill_worker(self) -> None:
        """The whole group at once, as when a machine is lost."""
        kill_group(self.worker)

    def redis(self) -> redis.Redis:
        return redis.Redis.from_url(self.stack.valkey.url, socket_timeout=2)

    def queued(self, queue: str) -> int:
        with self.redis() as connection:
            return int(connection.llen(f"{KEY_PREFIX}{queue}"))

    @contextmanager
    def frozen_queue(self) -> Iterator[None]:
        """Valkey accepts and does not answer."""
        assert self.stack.valkey.child
        pid = self.stack.valkey.child.pid
        os.kill(pid, signal.SIGSTOP)
        try:
            yield
        finally:
            os.kill(pid, signal.SIGCONT)

    @contextmanager
    def stopped_queue(self) -> Iterator[None]:
        """Valkey is not there, and comes back with what it had."""
        self.stack.valkey.stop()
        try:
            yield
        finally:
            self.stack.valkey.start()

    @contextmanager
    def lost_queue(self) -> Iterator[None]:
        """Valkey dies, and another comes back empty."""
        assert self.stack.valkey.child
        self.stack.valkey.child.kill()
        try:
            yield
        finally:
            self.stack.valkey.stop()
            shutil.rmtree(self.stack.folder / "valkey" / "appendonlydir", ignore_errors=True)
            self.stack.valkey.start()

    def revive(self) -> bool:
        """Starts what has ended anew, as a supervisor does; whether the worker had."""
        if self.sweeper.poll() is not None:
            self.sweeper = self.start_sweeper()
        if self.worker.poll() is None:
            return False
        self.worker, self._is_usual = self.start_worker(), True
        return True

    def mend(self) -> None:
        """Everything runs again, and as it was at first."""
        self.provider.configure(**self._quiet)
        for server in (self.stack.postgres, self.stack.valkey):
            if server.child is None or server.child.exit_code is not None:
                server.stop()
                server.start()
        self.revive()
        if not self._is_usual:
            self.change_worker()
        self._is_usual = True
        if self.api.poll() is not None:
            self.api = self.start_api()
        self.until_ready()


def kill_group(process: subprocess.Popen[bytes]) -> None:
    """A process and all it started, at once."""
    os.killpg(process.pid, signal.SIGKILL)
    process.wait(10)


_URLS = (("", ""), ("LLMOPS_", "_SYSTEM"), ("LLMOPS_", "_OWNER"))


@contextmanager
def arena(folder: Path) -> Iterator[Arena]:
    stack = open_stack(folder, durable=True)
    try:
        with start(latency=LATENCY_S) as provider:
            made = Arena(stack, provider)
            try:
                yield made
            finally:
                made.client.close()
                made.database.close()
    finally:
        stack.stop()
