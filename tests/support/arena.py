"""A whole platform of its own, to be broken: servers, API, workers, sweeper and a provider.

Leases are short, so that what dies is found in seconds; nothing here touches the servers of the
other tests.
"""

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx2
import psutil
import redis

from app.core.celery_app import KEY_PREFIX
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
    "LLMOPS_SHARD_SIZE": "8",
    "LLMOPS_SHARD_CONCURRENCY": "8",  # 16 cases in flight are two loops in two processes
}
CASE = "Case {{ number }} of {{ run }}: {{ question }}"
MOCK = "openai:mock-gen"
ENDED = {"completed", "completed_with_errors", "failed", "cancelled"}
LATENCY_S = 0.2


class Arena:
    def __init__(self, stack: Stack, provider: MockProvider) -> None:
        self.stack, self.provider = stack, provider
        urls = [f"{name}DATABASE{kind}_URL" for name, kind in _URLS]
        self.database = Apart(DatabaseUrls(*(stack.environment[name] for name in urls)))
        self.worker = self.start_worker()
        control = ("worker", "-Q", "control", "-P", "solo", "-n", "control@%h", "-B")
        stack.celery(*control, "-s", str(stack.folder / "beat"), **QUICK)
        self.client = self._serve()
        with self.database.used():
            self.subject = make_subject(make_workspace())
            self.client.headers["authorization"] = f"Bearer {make_key(self.subject)}"

    def start_worker(
        self, app: str = "app.core.celery_app", **more: str
    ) -> subprocess.Popen[bytes]:
        """A worker with two processes in its pool."""
        return self.stack.python(
            "-m", "celery", "-A", app, *WORKER, name="work", **QUICK, **at(self.provider), **more
        )

    def _serve(self) -> httpx2.Client:
        port = free_port("127.0.0.1", 0)
        self.stack.python("-m", "uvicorn", "app.main:app", "--port", str(port), name="api", **QUICK)
        client = httpx2.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False, timeout=20)

        def ready() -> bool:
            try:
                return client.get("/readyz").status_code == 200
            except httpx2.TransportError:
                return False

        assert eventually(ready)
        return client

    # --- experiments ---

    def start(self, examples: int = 40, *, poison: int | None = None, **asked: Any) -> str:
        """An experiment whose every case is a body of its own; `poison` is a deadly case."""
        self.provider.reset()
        self.provider.configure(latency=LATENCY_S)
        with self.database.used():
            made = make_prompt(
                self.subject,
                templates=[CASE],
                examples=examples,
                model=MOCK,
                inputs={"run": str(time.monotonic_ns()), "deadly": ""},
            )
        if poison is not None:
            self.sql(
                'UPDATE golden_examples SET input_data = input_data || \'{"deadly": "poison"}\''
                " WHERE id = :id",
                id=made.example_ids[poison],
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

        status = eventually(look, within=60)
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

    # --- breaking things ---

    def pool(self) -> list[psutil.Process]:
        """The worker's two processes."""
        return psutil.Process(self.worker.pid).children()

    def kill_worker(self) -> None:
        """The whole group at once, as when a machine is lost."""
        os.killpg(self.worker.pid, signal.SIGKILL)
        self.worker.wait(10)

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
        """Valkey is not there, and comes back empty."""
        self.stack.valkey.stop()
        try:
            yield
        finally:
            self.stack.valkey.start()


_URLS = (("", ""), ("LLMOPS_", "_SYSTEM"), ("LLMOPS_", "_OWNER"))


@contextmanager
def arena(folder: Path) -> Iterator[Arena]:
    stack = open_stack(folder)
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
