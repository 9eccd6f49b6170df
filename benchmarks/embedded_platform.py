"""The whole embedded platform in a process of its own, and what its processes use."""

import json
import os
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import httpx2
import psutil

from app.accounts.subject import Scope
from app.embedded import stack, surroundings
from scripts.mock_provider.launch import MockProvider


@dataclass(frozen=True, kw_only=True)
class Platform:
    """`environment` is what its processes were given: with it this process reads its database."""

    client: httpx2.Client
    supervisor: int
    environment: Mapping[str, str]

    def processes(self) -> list[psutil.Process]:
        parent = psutil.Process(self.supervisor)
        return [parent, *parent.children(recursive=True)]

    def cpu_s(self) -> float:
        """Of all that live: servers too, and the supervisor."""
        total = 0.0
        for process in self.processes():
            with suppress(psutil.NoSuchProcess):
                times = process.cpu_times()
                total += times.user + times.system
        return total

    def memory_mb(self) -> float:
        """Of the API, the workers and the image they are forked from; a shared page counts once."""
        return _memory_mb(self._programs())

    def workers_mb(self) -> float:
        """Of the processes in which cases run: what the programs forked, the image's forks."""
        parents = self._programs()
        image = {one.pid for one, parent in parents.items() if parent == self.supervisor}
        forked = {one.pid for one, parent in parents.items() if parent in image}
        return _memory_mb(one for one, parent in parents.items() if parent in forked)

    def _programs(self) -> dict[psutil.Process, int]:
        """Our own processes but the supervisor, each with its parent's id."""
        found = {}
        for process in self.processes():
            with suppress(psutil.NoSuchProcess):
                if process.pid != self.supervisor and "python" in process.name():
                    found[process] = process.ppid()
        return found


def _memory_mb(processes: Iterable[psutil.Process]) -> float:
    total = 0
    for process in processes:
        with suppress(psutil.NoSuchProcess, psutil.AccessDenied):
            total += process.memory_full_info().pss
    return total / 1e6


@contextmanager
def platform_on(mock: MockProvider) -> Iterator[Platform]:
    """The platform, with the mock as its provider, and a client with a key."""
    os.environ.update(
        OPENAI_BASE_URL=f"{mock.url}/v1",
        OPENAI_API_KEY="bench",
        LLMOPS_JUDGE_MODEL="openai:mock-judge",
        LLMOPS_PROVIDER_CONCURRENCY="512",
    )
    with tempfile.TemporaryDirectory(prefix="llmops-bench-") as folder:
        read, write = os.pipe()
        child = os.fork()
        if child == 0:
            _serve(Path(folder), write)
        os.close(write)
        try:
            with os.fdopen(read) as pipe:
                url, key, environment = json.loads(pipe.readline())
            with httpx2.Client(
                base_url=f"{url}/api/v1", headers={"X-API-Key": key}, timeout=120, trust_env=False
            ) as client:
                yield Platform(client=client, supervisor=child, environment=environment)
        finally:
            os.kill(child, 15)
            os.waitpid(child, 0)


def _serve(folder: Path, pipe: int) -> None:
    def tell(running: stack.Running) -> None:
        from app.accounts import service  # noqa: PLC0415 - reads the settings the stack sets

        surroundings.adopt(running.environment)
        made = service.create_key("bench", frozenset(Scope), rate_limit_per_minute=100_000)
        surroundings.let_go()
        told = json.dumps([running.url, made.secret, dict(running.environment)])
        os.write(pipe, told.encode() + b"\n")

    stack.run(stack.Options(data_dir=folder, port=0), tell)
    os._exit(0)
