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
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from benchmarks import bare_loop, document, many_results
from benchmarks.embedded_platform import Platform, platform_on
from benchmarks.watching import Watched, watch
from scripts.mock_provider import launch
from scripts.mock_provider.launch import MockProvider

TEMPLATE = "Answer the question from the context.\n\n{{ context }}\n\nQuestion {{ number }}?"
CONTEXT = "The kettle holds 1.7 litres. Its warranty covers three years from the day of purchase."
PLANS = ((500, 32), (2000, 32), (2000, 128))  # cases, in flight
HUGE = 100_000
HUGE_IN_FLIGHT = 128
STORM = {"err_429": 0.05, "err_500": 0.02, "err_drop": 0.01}
CALM = dict.fromkeys(STORM, 0.0)
ROLL_UPS = (10_000, 100_000)
MANY = 1_000_000
MEANWHILE = ("/experiments", "/experiments/{id}/results")


@dataclass(frozen=True, kw_only=True)
class Figures:
    cases: int
    in_flight: int
    storm: bool
    wall_s: float
    ideal_s: float
    cpu_s: float
    seen: Watched
    bare_s: float
    bare_ideal_s: float
    paid_twice: int
    experiment_id: UUID

    @property
    def ratio(self) -> float:
        return self.wall_s / self.ideal_s

    def row(self) -> str:
        name = f"{self.cases:,}, 5 % 429, 2 % 500, 1 % dropped" if self.storm else f"{self.cases:,}"
        bare = f"{self.bare_s / self.bare_ideal_s:.2f}" if self.bare_s else "–"
        scored = self.seen.states.get("scored", 0)
        return (
            f"| {name} | {self.in_flight} | {self.wall_s:.1f} s | {self.ratio:.2f} | {bare} "
            f"| {self.seen.first_s * 1000:.0f} ms | {self.cpu_s / self.cases * 1000:.1f} ms "
            f"| {self.seen.peak_mb:.0f} MB | {scored:,} | {self.paid_twice} |"
        )


class Bench:
    def __init__(self, platform: Platform, mock: MockProvider) -> None:
        self._platform = platform
        self._mock = mock

    def measure(
        self,
        cases: int,
        in_flight: int,
        *,
        storm: bool = False,
        bare: bool = True,
        lists: Sequence[str] = (),
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
        seen = watch(self._platform, experiment_id, started, lists)
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
            cpu_s=cpu_s,
            seen=seen,
            bare_s=bare_loop.wall_seconds(self._mock.url, cases, in_flight) if bare else 0.0,
            bare_ideal_s=self._mock.stats()["planned_s"] / in_flight,
            paid_twice=stats["exactly_once"]["paid_twice"],
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
        growth = large.seen.peak_mb - small.seen.peak_mb
        lines.append(f"From 500 to 2,000 cases: {marginal:.1f} ms CPU a case, {growth:+.0f} MB.")
    if small and storm:
        lines.append(f"The storm took {storm.wall_s / small.wall_s:.2f} × the faultless time.")
    return lines


def during(huge: Figures) -> list[str]:
    """What a long run does to its workers, and to those who ask meanwhile."""
    first, last = huge.seen.growth_mb()
    cases = f"{huge.cases:,} cases"
    held = f"{first:.0f} MB over the first tenth and {last:.0f} MB over the last"
    return [
        f"{cases}: the workers held {held} ({last - first:+.0f} MB).",
        f"{cases}: a status took {huge.seen.status_ms.tail_ms()} meanwhile (p50 / p95).",
        *[
            f"{cases}: `{path}` took {took.tail_ms()} meanwhile (p50 / p95)."
            for path, took in huge.seen.lists_ms.items()
        ],
    ]


def roll_ups(platform: Platform, experiment_id: UUID) -> list[str]:
    lines = []
    for results in ROLL_UPS:
        many_results.fill(platform, experiment_id, results)
        took = many_results.roll_up_ms(platform, experiment_id)
        lines.append(f"Roll-up of {results:,} results: {took.ms()} (least / median).")
    return lines


def lists(platform: Platform, experiment_id: UUID, results: int) -> list[str]:
    many_results.fill(platform, experiment_id, results)
    found = many_results.pages_ms(platform.client, experiment_id)
    return [f"{results:,} results, {name}: {took.ms()}." for name, took in found.items()]


def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, help="measure this alone, and write nothing")
    parser.add_argument("--in-flight", type=int, default=32)
    parser.add_argument("--latency", type=float, default=0.2)
    parser.add_argument("--huge", action="store_true", help="a long run too, and many results")
    parser.add_argument("--huge-cases", type=int, default=HUGE, help=f"of it ({HUGE:,})")
    parser.add_argument(
        "--huge-results",
        type=int,
        default=MANY,
        help=f"in the lists ({MANY:,}); at least {ROLL_UPS[-1]:,}",
    )
    found = parser.parse_args()
    if found.huge_results < ROLL_UPS[-1]:
        parser.error(f"--huge-results is at least {ROLL_UPS[-1]:,}: the roll-ups need as many")
    return found


def main() -> None:
    arguments = options()
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
        status_ms = figures[-1].seen.status_ms
        lines = [
            *derived(figures),
            f"A status took {status_ms.ms()} meanwhile (least / median).",
            *roll_ups(platform, small.experiment_id),
        ]
        if arguments.huge:
            huge = bench.measure(arguments.huge_cases, HUGE_IN_FLIGHT, bare=False, lists=MEANWHILE)
            figures.append(huge)
            lines += during(huge)
            lines += lists(platform, small.experiment_id, arguments.huge_results)
    text = table(figures) + "\n\n" + "\n".join(f"- {line}" for line in lines)
    print(text)
    for found in figures:
        print(found.cases, found.seen.states)
    if not arguments.cases:
        document.write("figures", text)


if __name__ == "__main__":
    main()
