"""Experiments against a mock provider: wall time over the ideal, beside a bare asyncio loop.

The mock draws each reply's latency from a lognormal (median 200 ms) and says what all its draws
add up to: divided by the calls in flight that is the ideal wall time. Run by `make bench`; writes
the table of docs/benchmarks.md.
"""

import argparse
import os
import platform as machine
import resource
import time
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from benchmarks import bare_loop, document, many_results
from benchmarks.embedded_platform import Platform, platform_on
from benchmarks.sample import Sample
from scripts.mock_provider import launch
from scripts.mock_provider.launch import MockProvider

TEMPLATE = "Answer the question from the context.\n\n{{ context }}\n\nQuestion {{ number }}?"
CONTEXT = "The kettle holds 1.7 litres. Its warranty covers three years from the day of purchase."
PLANS = ((500, 32), (2000, 32), (2000, 128))  # cases, in flight
HUGE = (100_000, 128)
STORM = {"err_429": 0.05, "err_500": 0.02, "err_drop": 0.01}
CALM = dict.fromkeys(STORM, 0.0)
ROLL_UPS = (10_000, 100_000)
MANY = 1_000_000


@dataclass(frozen=True, kw_only=True)
class Figures:
    cases: int
    in_flight: int
    storm: bool
    wall_s: float
    ideal_s: float
    first_result_s: float
    cpu_s: float
    peak_mb: float
    bare_s: float
    bare_ideal_s: float
    paid_twice: int
    states: dict[str, int]
    status_ms: Sample
    experiment_id: UUID

    @property
    def ratio(self) -> float:
        return self.wall_s / self.ideal_s

    def row(self) -> str:
        name = f"{self.cases:,}, 5 % 429, 2 % 500, 1 % dropped" if self.storm else f"{self.cases:,}"
        bare = f"{self.bare_s / self.bare_ideal_s:.2f}" if self.bare_s else "–"
        scored = self.states.get("scored", 0)
        return (
            f"| {name} | {self.in_flight} | {self.wall_s:.1f} s | {self.ratio:.2f} | {bare} "
            f"| {self.first_result_s * 1000:.0f} ms | {self.cpu_s / self.cases * 1000:.1f} ms "
            f"| {self.peak_mb:.0f} MB | {scored:,} | {self.paid_twice} |"
        )


@dataclass(slots=True)
class Watched:
    """What a poller sees until the experiment has ended."""

    first_s: float = 0.0
    peak_mb: float = 0.0
    answered_ms: Sample = field(default_factory=Sample)
    status: dict[str, Any] = field(default_factory=dict)


class Bench:
    def __init__(self, platform: Platform, mock: MockProvider) -> None:
        self._platform = platform
        self._mock = mock

    def measure(
        self, cases: int, in_flight: int, *, storm: bool = False, bare: bool = True
    ) -> Figures:
        prompt_id = self._prompt(cases)
        self._mock.configure(**(STORM if storm else CALM))
        self._mock.reset()
        before, started = self._platform.cpu_s(), time.monotonic()
        asked = {
            "prompt_id": prompt_id,
            "experiment_name": f"{cases} cases",
            "models": ["openai:mock-gen"],
            "evaluators": ["hallucination"],
            "concurrency": in_flight,
        }
        experiment_id = UUID(self._post("/experiments/run", asked)["experiment_id"])
        seen = self._watch(experiment_id, started)
        wall_s, cpu_s = time.monotonic() - started, self._platform.cpu_s() - before
        stats = self._mock.stats()
        self._mock.configure(**CALM)
        self._mock.reset()
        return Figures(
            cases=cases,
            in_flight=in_flight,
            storm=storm,
            wall_s=wall_s,
            ideal_s=stats["planned_s"] / in_flight,
            first_result_s=seen.first_s,
            cpu_s=cpu_s,
            peak_mb=seen.peak_mb,
            bare_s=bare_loop.wall_seconds(self._mock.url, cases, in_flight) if bare else 0.0,
            bare_ideal_s=self._mock.stats()["planned_s"] / in_flight,
            paid_twice=stats["exactly_once"]["paid_twice"],
            states={s: n for s, n in seen.status["progress"].items() if n and s != "planned"},
            status_ms=seen.answered_ms,
            experiment_id=experiment_id,
        )

    def _post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        answer = self._platform.client.post(path, json=body)
        answer.raise_for_status()
        found: dict[str, Any] = answer.json()
        return found

    def _prompt(self, cases: int) -> str:
        name = f"bench/{time.time_ns()}"
        prompt_id = str(self._post("/prompts", {"name": name})["id"])
        template = f"{TEMPLATE}\n\n{name}"  # asked before, it would be answered from the cache
        self._post(f"/prompts/{prompt_id}/versions", {"template": template, "message": "bench"})
        rows = "\n".join(
            f'{{"input_data": {{"number": {number}, "context": "{CONTEXT}"}}, '
            f'"context": "{CONTEXT}"}}'
            for number in range(cases)
        )
        file = ("golden.jsonl", rows.encode(), "application/x-ndjson")
        path = f"/prompts/{prompt_id}/golden-examples/import"
        self._platform.client.post(path, files={"file": file}).raise_for_status()
        return prompt_id

    def _watch(self, experiment_id: UUID, started: float) -> Watched:
        """Asks ten times a second until it has ended; looks at the memory once a second."""
        seen, looked = Watched(), 0.0
        while not str(seen.status.get("status", "")).startswith("completed"):
            asked = time.monotonic()
            answer = self._platform.client.get(f"/experiments/{experiment_id}/status")
            now = time.monotonic()
            seen.status = answer.raise_for_status().json()
            seen.answered_ms.append((now - asked) * 1000)
            if not seen.first_s and seen.status["progress"]["scored"]:
                seen.first_s = now - started
            if now - looked > 1:
                looked, seen.peak_mb = now, max(seen.peak_mb, self._platform.memory_mb())
            time.sleep(0.1 if seen.first_s else 0.02)
        return seen


def table(figures: list[Figures]) -> str:
    rows = [
        (
            "| cases | in flight | wall | wall ÷ ideal | bare loop ÷ ideal | first result "
            "| CPU a case, all processes | peak memory, API and workers | scored | paid twice |"
        ),
        "|---|---|---|---|---|---|---|---|---|---|",
        *[found.row() for found in figures],
    ]
    here = f"{machine.python_implementation()} {machine.python_version()}, {os.cpu_count()} cores"
    return f"{here}; one generation and one judge call a case.\n\n" + "\n".join(rows)


def derived(figures: list[Figures]) -> list[str]:
    """What two rows say together."""
    by_plan = {(f.cases, f.in_flight, f.storm): f for f in figures}
    small, large = by_plan.get((500, 32, False)), by_plan.get((2000, 32, False))
    storm, lines = by_plan.get((500, 32, True)), []
    if small and large:
        marginal = (large.cpu_s - small.cpu_s) / (large.cases - small.cases) * 1000
        growth = large.peak_mb - small.peak_mb
        lines.append(f"From 500 to 2,000 cases: {marginal:.1f} ms CPU a case, {growth:+.0f} MB.")
    if small and storm:
        lines.append(f"The storm took {storm.wall_s / small.wall_s:.2f} × the faultless time.")
    return lines


def more(platform: Platform, last: Figures, *, huge: bool) -> list[str]:
    """Roll-ups, and with `huge` the lists of a million results."""
    lines = []
    for results in ROLL_UPS:
        many_results.fill(platform, last.experiment_id, results)
        took = many_results.roll_up_ms(platform, last.experiment_id)
        lines.append(f"Roll-up of {results:,} results: {took.ms()}.")
    if huge:
        many_results.fill(platform, last.experiment_id, MANY)
        pages = many_results.pages_ms(platform.client, last.experiment_id)
        lines += [f"{MANY:,} results, {name}: {took.ms()}." for name, took in pages.items()]
    return lines


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, help="measure this alone, and write nothing")
    parser.add_argument("--in-flight", type=int, default=32)
    parser.add_argument("--latency", type=float, default=0.2)
    parser.add_argument("--huge", action="store_true", help="100,000 cases, 1,000,000 results")
    arguments = parser.parse_args()
    plans = ((arguments.cases, arguments.in_flight),) if arguments.cases else PLANS
    files = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (files, files))
    with (
        launch.start(latency=arguments.latency, latency_dist="lognormal", retry_after=1.0) as mock,
        platform_on(mock) as platform,
    ):
        bench = Bench(platform, mock)
        small = bench.measure(20, 20)  # workers up, connections open
        figures = [bench.measure(cases, in_flight) for cases, in_flight in plans]
        figures.append(bench.measure(*plans[0], storm=True, bare=False))
        if arguments.huge:
            figures.append(bench.measure(*HUGE, bare=False))
        lines = derived(figures) + more(platform, small, huge=arguments.huge)
        lines.append(f"A status took {figures[-1].status_ms.ms()} meanwhile (least / median).")
    text = table(figures) + "\n\n" + "\n".join(f"- {line}" for line in lines)
    print(text)
    for found in figures:
        print(found.cases, found.states)
    if not arguments.cases:
        document.write("figures", text)


if __name__ == "__main__":
    main()
