"""Experiments against a mock provider: wall time over the ideal, beside a bare asyncio loop.

The mock draws each reply's latency from a lognormal (median 200 ms) and says what all its draws
add up to: divided by the calls in flight that is the ideal wall time. Run by `make bench`; writes
the table of docs/benchmarks.md.
"""

import argparse
import os
import platform
import resource
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx2
import psutil

from app.accounts.subject import Scope
from app.embedded import stack, surroundings
from benchmarks import bare_loop, document
from scripts.mock_provider import launch
from scripts.mock_provider.launch import MockProvider

TEMPLATE = "Answer the question from the context.\n\n{{ context }}\n\nQuestion {{ number }}?"
CONTEXT = "The kettle holds 1.7 litres. Its warranty covers three years from the day of purchase."


@dataclass(frozen=True, kw_only=True)
class Figures:
    cases: int
    in_flight: int
    wall_s: float
    ideal_s: float
    first_result_s: float
    cpu_s: float
    peak_mb: float
    bare_s: float
    bare_ideal_s: float
    paid_twice: int
    states: dict[str, int]

    @property
    def ratio(self) -> float:
        return self.wall_s / self.ideal_s

    @property
    def bare_ratio(self) -> float:
        return self.bare_s / self.bare_ideal_s


def family(pid: int) -> list[psutil.Process]:
    parent = psutil.Process(pid)
    return [parent, *parent.children(recursive=True)]


def cpu_seconds(processes: list[psutil.Process]) -> float:
    total = 0.0
    for process in processes:
        try:
            times = process.cpu_times()
        except psutil.NoSuchProcess:
            continue
        total += times.user + times.system
    return total


def resident_mb(processes: list[psutil.Process]) -> float:
    """Of supervisor, API, workers and beat; a page shared after a fork counts once."""
    total = 0
    for process in processes:
        try:
            if "python" in process.name():
                total += process.memory_full_info().pss
        except (psutil.NoSuchProcess, psutil.AccessDenied):
            continue
    return total / 1e6


class Bench:
    def __init__(self, client: httpx2.Client, mock: MockProvider, supervisor: int) -> None:
        self._client = client
        self._mock = mock
        self._supervisor = supervisor

    def measure(self, cases: int, in_flight: int) -> Figures:
        prompt_id = self._prompt(cases)
        self._mock.reset()
        before = cpu_seconds(family(self._supervisor))
        started = time.monotonic()
        accepted = self._post(
            "/experiments/run",
            {
                "prompt_id": prompt_id,
                "experiment_name": f"{cases} cases",
                "models": ["openai:mock-gen"],
                "evaluators": ["hallucination"],
                "concurrency": in_flight,
            },
        )
        status, first, peak = self._watch(accepted["experiment_id"], started)
        wall = time.monotonic() - started
        cpu = cpu_seconds(family(self._supervisor)) - before
        stats = self._mock.stats()
        self._mock.reset()
        bare = bare_loop.wall_seconds(self._mock.url, cases, in_flight)
        return Figures(
            cases=cases,
            in_flight=in_flight,
            wall_s=wall,
            ideal_s=stats["planned_s"] / in_flight,
            first_result_s=first,
            cpu_s=cpu,
            peak_mb=peak,
            bare_s=bare,
            bare_ideal_s=self._mock.stats()["planned_s"] / in_flight,
            paid_twice=stats["exactly_once"]["paid_twice"],
            states={s: n for s, n in status["progress"].items() if n and s != "planned"},
        )

    def _post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        answer = self._client.post(path, json=body)
        answer.raise_for_status()
        found: dict[str, Any] = answer.json()
        return found

    def _prompt(self, cases: int) -> str:
        name = f"bench/{time.time_ns()}"
        prompt_id = str(self._post("/prompts", {"name": name})["id"])
        self._post(f"/prompts/{prompt_id}/versions", {"template": TEMPLATE, "message": "bench"})
        rows = "\n".join(
            f'{{"input_data": {{"number": {number}, "context": "{CONTEXT}"}}, '
            f'"context": "{CONTEXT}"}}'
            for number in range(cases)
        )
        file = ("golden.jsonl", rows.encode(), "application/x-ndjson")
        path = f"/prompts/{prompt_id}/golden-examples/import"
        self._client.post(path, files={"file": file}).raise_for_status()
        return prompt_id

    def _watch(self, experiment_id: str, started: float) -> tuple[dict[str, Any], float, float]:
        """The final status, seconds to the first result, and the most memory seen, in MB."""
        first, peak, looked = 0.0, 0.0, 0.0
        while True:
            answer = self._client.get(f"/experiments/{UUID(experiment_id)}/status")
            status: dict[str, Any] = answer.raise_for_status().json()
            now = time.monotonic()
            if not first and status["progress"]["scored"]:
                first = now - started
            if now - looked > 1:
                looked, peak = now, max(peak, resident_mb(family(self._supervisor)))
            if status["status"].startswith("completed"):
                return status, first, peak
            time.sleep(0.1)


@contextmanager
def platform_on(mock: MockProvider) -> Iterator[tuple[httpx2.Client, int]]:
    """The whole embedded platform in a process of its own, and a client with a key."""
    os.environ.update(
        OPENAI_BASE_URL=f"{mock.url}/v1",
        OPENAI_API_KEY="bench",
        LLMOPS_JUDGE_MODEL="openai:mock-judge",
        LLMOPS_PROVIDER_CONCURRENCY="512",
    )
    ready: dict[str, Any] = {}
    with tempfile.TemporaryDirectory(prefix="llmops-bench-") as folder:
        read, write = os.pipe()
        child = os.fork()
        if child == 0:
            _serve(Path(folder), write)
        os.close(write)
        with os.fdopen(read) as pipe:
            ready["url"], ready["key"] = pipe.readline().split()
        try:
            with httpx2.Client(
                base_url=f"{ready['url']}/api/v1",
                headers={"X-API-Key": ready["key"]},
                timeout=120,
                trust_env=False,
            ) as client:
                yield client, child
        finally:
            os.kill(child, 15)
            os.waitpid(child, 0)


def _serve(folder: Path, pipe: int) -> None:
    def tell(running: stack.Running) -> None:
        from app.accounts import service  # noqa: PLC0415 - reads the settings the stack sets

        surroundings.adopt(running.environment)
        scopes = frozenset(Scope)
        made = service.create_key("bench", scopes, rate_limit_per_minute=100_000)
        surroundings.let_go()
        os.write(pipe, f"{running.url} {made.secret}\n".encode())

    stack.run(stack.Options(data_dir=folder, port=0), tell)
    os._exit(0)


def table(figures: list[Figures]) -> str:
    rows = [
        (
            "| cases | in flight | wall | wall ÷ ideal | bare loop ÷ ideal | first result "
            "| CPU a case, all processes | peak memory, our processes | paid twice |"
        ),
        "|---|---|---|---|---|---|---|---|---|",
    ]
    rows += [
        f"| {f.cases:,} | {f.in_flight} | {f.wall_s:.1f} s | {f.ratio:.2f} | {f.bare_ratio:.2f} "
        f"| {f.first_result_s:.2f} s | {f.cpu_s / f.cases * 1000:.1f} ms | {f.peak_mb:.0f} MB "
        f"| {f.paid_twice} |"
        for f in figures
    ]
    cores = os.cpu_count()
    machine = f"{platform.python_implementation()} {platform.python_version()}, {cores} cores"
    return f"{machine}; one generation and one judge call a case.\n\n" + "\n".join(rows)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, nargs="+", default=[500, 2000])
    parser.add_argument("--in-flight", type=int, default=32)
    parser.add_argument("--latency", type=float, default=0.2)
    arguments = parser.parse_args()
    files = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (files, files))
    with (
        launch.start(latency=arguments.latency, latency_dist="lognormal") as mock,
        platform_on(mock) as (client, supervisor),
    ):
        bench = Bench(client, mock, supervisor)
        bench.measure(20, arguments.in_flight)  # workers up, connections open
        figures = [bench.measure(cases, arguments.in_flight) for cases in arguments.cases]
    text = table(figures)
    print(text)
    for found in figures:
        print(found.cases, found.states)
    document.write("figures", text)


if __name__ == "__main__":
    main()
