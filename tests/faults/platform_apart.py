"""A platform of its own for faults: servers, API, workers and a provider that counts its calls."""

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2
import psutil
import pytest

from scripts.mock_provider import launch
from scripts.mock_provider.launch import MockProvider
from tests.support.fixtures import eventually
from tests.support.stack import CONTROL, ROOT, WORKER, Stack, open_stack

IN_FLIGHT = 8
EXAMPLES = 48
SPEEDY = {
    "LLMOPS_LEASE_SECONDS": "3",
    "LLMOPS_HEARTBEAT_SECONDS": "0.5",
    "LLMOPS_RESEND_SECONDS": "1",
    "LLMOPS_SWEEP_SECONDS": "0.5",
    "LLMOPS_SHARD_SIZE": "8",
}
MAKE_KEY = (
    "from app.accounts.service import create_key; from app.accounts.subject import Scope;"
    "print(create_key('faults', frozenset(Scope), rate_limit_per_minute=100000).secret)"
)


@dataclass
class Site:
    stack: Stack
    provider: MockProvider
    client: httpx2.Client
    key: str
    workers: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def start_workers(self) -> None:
        self.workers = [self.stack.celery(*WORKER), self.stack.celery(*CONTROL)]

    def kill_workers(self) -> None:
        """The whole group at once, as an out-of-memory killer or a lost machine would."""
        for worker in self.workers:
            os.killpg(worker.pid, signal.SIGKILL)
            worker.wait()

    def pool_child(self) -> psutil.Process:
        """The busiest child of the worker that runs shards: it has the provider's connections."""
        children = psutil.Process(self.workers[0].pid).children()
        return max(children, key=lambda child: sum(child.cpu_times()[:2]))

    def prompt(self) -> str:
        name = f"faults/p{time.time_ns()}"
        prompt_id = self.post("/prompts", {"name": name})["id"]
        template = f"{name} case {{{{ number }}}}"
        self.post(f"/prompts/{prompt_id}/versions", {"template": template, "message": "first"})
        rows = "\n".join(
            json.dumps({"input_data": {"number": number}, "expected_output": "the model reads"})
            for number in range(EXAMPLES)
        )
        file = ("golden.jsonl", rows.encode(), "application/x-ndjson")
        path = f"/prompts/{prompt_id}/golden-examples/import"
        assert 200 == self.client.post(path, files={"file": file}).status_code
        return prompt_id

    def start(self) -> str:
        """An experiment of 48 cases, eight in flight."""
        self.provider.reset()
        body = {
            "prompt_id": self.prompt(),
            "experiment_name": "fault",
            "models": ["openai:mock-gen"],
            "evaluators": ["similarity"],
            "concurrency": IN_FLIGHT,
        }
        return self.post("/experiments/run", body)["experiment_id"]

    def post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        answer = self.client.post(path, json=body)
        assert answer.is_success, answer.text
        return answer.json()

    def status(self, experiment_id: str) -> dict[str, Any]:
        return self.client.get(f"/experiments/{experiment_id}/status").json()

    def await_scored(self, experiment_id: str, least: int = 10) -> None:
        assert eventually(lambda: self.status(experiment_id)["progress"]["scored"] >= least)

    def finished(self, experiment_id: str) -> dict[str, Any]:
        def look() -> dict[str, Any] | None:
            status = self.status(experiment_id)
            return status if status["status"].startswith("completed") else None

        status = eventually(look, within=90)
        assert status, self.status(experiment_id)
        return status


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _client(stack: Stack) -> tuple[httpx2.Client, str]:
    port = _free_port()
    stack.python("-m", "uvicorn", "app.main:app", "--port", str(port), name="api")
    made = subprocess.run(
        [sys.executable, "-c", MAKE_KEY],
        cwd=ROOT,
        env=os.environ | stack.environment,
        check=True,
        capture_output=True,
        text=True,
    )
    key = made.stdout.strip()
    url = f"http://127.0.0.1:{port}"
    client = httpx2.Client(
        base_url=f"{url}/api/v1", headers={"X-API-Key": key}, timeout=30, trust_env=False
    )

    def answers() -> bool:
        try:
            return client.get(f"{url}/readyz").status_code == 200
        except httpx2.TransportError:
            return False

    assert eventually(answers)
    return client, key


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with (
        tempfile.TemporaryDirectory(prefix="llmops-faults-") as folder,
        launch.start(latency=0.4) as provider,
    ):
        stack = open_stack(Path(folder))
        stack.environment |= {**SPEEDY, "OPENAI_BASE_URL": f"{provider.url}/v1"}
        try:
            client, key = _client(stack)
            with client:
                made = Site(stack, provider, client, key)
                made.start_workers()
                stack.celery("beat", "-s", f"{folder}/beat-schedule")
                yield made
        finally:
            stack.stop()
