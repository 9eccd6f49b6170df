"""A provider's limits: how many calls it refuses once they are known, and who waits for whom.

The playground is timed, idle and during an experiment of 10,000 cases; then the mock provider
enforces each limit in turn for experiments of two worker processes. Writes the part "limits" of
docs/benchmarks.md.
"""

import argparse
import os
import time
from typing import Any, NamedTuple

import httpx2

from benchmarks import document
from benchmarks.embedded_platform import platform_on
from benchmarks.experiment import CONTEXT, TEMPLATE
from benchmarks.sample import Sample
from scripts.mock_provider import launch
from scripts.mock_provider.launch import MockProvider

SETTLED_S = 65.0  # the first second may use up a minute's budget before any header was read
MODEL = "openai:mock-gen"
IN_FLIGHT = 128  # two loops, in two processes
FREE = {"model_concurrency": 0, "model_rpm": 0, "model_tpm": 0}
TOKENS = 100  # of a call, a half of them the prompt's
# what the mock enforces, and the most answers a minute it then gives (0.227 s each in the mean)
LIMITS: dict[str, tuple[dict[str, int], float]] = {
    "16 calls at once": ({"model_concurrency": 16}, 16 / 0.227 * 60),
    "600 requests a minute": ({"model_rpm": 600}, 600),
    "60,000 tokens a minute": ({"model_tpm": 60_000}, 60_000 / TOKENS),
}
PLAYGROUND = "playground"
PARTS = (PLAYGROUND, *LIMITS)


class Kept(NamedTuple):
    """How one limit was kept once settled."""

    limit: str
    calls: int
    refused: int
    seconds: float
    most_a_minute: float

    def row(self) -> str:
        share, rate = self.refused / self.calls, (self.calls - self.refused) / self.seconds * 60
        return (
            f"| {self.limit} | {self.calls:,} | {self.refused} | {share:.2%} "
            f"| {rate:,.0f} of {self.most_a_minute:,.0f} |"
        )


class Waits(NamedTuple):
    """Seconds of playground runs: idle, and during so many cases, of which some were left."""

    cases: int
    scored: int  # after the last run
    idle: Sample
    busy: Sample

    def table(self) -> str:
        p50, p95 = self.busy.p50 / self.idle.p50, self.busy.p95 / self.idle.p95
        during = f"during {self.cases:,} cases, {self.scored:,} of them done at the end"
        rows = [
            f"| playground, {len(self.idle)} runs | p50 | p95 |",
            "|---|---|---|",
            f"| idle | {self.idle.p50:.2f} s | {self.idle.p95:.2f} s |",
            f"| {during} | {self.busy.p50:.2f} s | {self.busy.p95:.2f} s |",
            f"| ratio (≤ 2) | {p50:.2f} | {p95:.2f} |",
        ]
        return "\n".join(rows)


class Crowd:
    def __init__(self, client: httpx2.Client, mock: MockProvider, seconds: float) -> None:
        self._client = client
        self._mock = mock
        self._seconds = seconds

    def keeps(self, limit: str) -> Kept:
        """Refusals once a minute has passed since the start, for so many seconds."""
        enforced, most = LIMITS[limit]
        prompt_id = self._prompt(limit, int(most / 60 * (self._seconds + SETTLED_S) * 1.2) + 200)
        self._mock.configure(**{**FREE, **enforced})
        self._mock.reset()
        experiment_id = self._start(prompt_id)
        time.sleep(SETTLED_S)
        before, begun = self._mock.stats(), time.monotonic()
        time.sleep(self._seconds)
        after, seconds = self._mock.stats(), time.monotonic() - begun
        self._cancel(experiment_id)
        self._mock.configure(**FREE)
        calls, refused = (after[name] - before[name] for name in ("requests", "refused"))
        if not calls:
            raise RuntimeError(f"nothing was asked any more under {limit}")
        print(kept := Kept(limit, calls, refused, seconds, most), flush=True)
        return kept

    def waits(self, cases: int, runs: int) -> Waits:
        """Playground runs: idle, and all of them while an experiment runs."""
        self._mock.reset()
        prompt_id = self._prompt("crowd", cases)
        self._run()
        idle = Sample(self._run() for _ in range(runs))
        experiment_id = self._start(prompt_id, in_flight=32)
        while not self._scored(experiment_id):
            time.sleep(0.1)
        busy = Sample(self._run() for _ in range(runs))
        found = Waits(cases, self._scored(experiment_id), idle, busy)
        if found.scored >= cases:
            raise RuntimeError(f"{cases} cases ended before {runs} runs had: ask for more --cases")
        self._cancel(experiment_id)
        print(found.table(), flush=True)
        return found

    def _scored(self, experiment_id: str) -> int:
        answer = self._client.get(f"/experiments/{experiment_id}/status").raise_for_status()
        return int(answer.json()["progress"]["scored"])

    def _run(self) -> float:
        begun = time.monotonic()
        body = {"template": "Say hello.", "model": MODEL}
        with self._client.stream("POST", "/playground/stream", json=body) as answer:
            answer.raise_for_status()
            events = [line for line in answer.iter_lines() if line.startswith("event:")]
        if events[-1] != "event: done":
            raise RuntimeError(f"the playground's stream ended in {events[-1]!r}")
        time.sleep(0.1)
        return time.monotonic() - begun - 0.1

    def _start(self, prompt_id: str, in_flight: int = IN_FLIGHT) -> str:
        asked = {
            "prompt_id": prompt_id,
            "experiment_name": "limits",
            "models": [MODEL],
            "evaluators": ["similarity"],
            "concurrency": in_flight,
        }
        return str(self._post("/experiments/run", asked)["experiment_id"])

    def _cancel(self, experiment_id: str) -> None:
        answer = self._client.post(f"/experiments/{experiment_id}/cancel")
        if answer.status_code != httpx2.codes.CONFLICT:  # it has ended by itself
            answer.raise_for_status()
        while self._mock.stats()["inflight"]:
            time.sleep(0.2)

    def _post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        answer = self._client.post(path, json=body)
        answer.raise_for_status()
        found: dict[str, Any] = answer.json()
        return found

    def _prompt(self, name: str, cases: int) -> str:
        own = time.time_ns()  # in each case as well: an answer known already is not asked for again
        asked = {"name": f"limits/{own}", "description": name}
        prompt_id = str(self._post("/prompts", asked)["id"])
        self._post(f"/prompts/{prompt_id}/versions", {"template": TEMPLATE, "message": "bench"})
        rows = "\n".join(
            f'{{"input_data": {{"number": {number}, "context": "{CONTEXT} ({own})"}}, '
            '"expected_output": "Three years."}'
            for number in range(cases)
        )
        file = ("golden.jsonl", rows.encode(), "application/x-ndjson")
        path = f"/prompts/{prompt_id}/golden-examples/import"
        self._client.post(path, files={"file": file}).raise_for_status()
        return prompt_id


def table(kept: list[Kept], waits: Waits | None) -> str:
    heading = f"{os.cpu_count()} cores; counted from {SETTLED_S:.0f} s after the start."
    rows = [
        "| the provider allows | calls | refused | share | answers a minute |",
        "|---|---|---|---|---|",
        *(one.row() for one in kept),
    ]
    parts = [heading, *(["\n".join(rows)] if kept else []), *([waits.table()] if waits else [])]
    return "\n\n".join(parts)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--seconds", type=float, default=60.0, help="how long each limit is watched"
    )
    parser.add_argument("--cases", type=int, default=10_000, help="during the playground's runs")
    parser.add_argument("--runs", type=int, default=60, help="of the playground, twice")
    parser.add_argument("--only", choices=PARTS, help="measure this alone, and write nothing")
    arguments = parser.parse_args()
    parts = (arguments.only,) if arguments.only else PARTS
    with (
        launch.start(
            latency=0.2, latency_dist="lognormal", ttft=0.2, prompt_tokens=TOKENS // 2
        ) as mock,
        platform_on(mock) as platform,
    ):
        crowd = Crowd(platform.client, mock, arguments.seconds)
        crowd.waits(2_000, 2)  # workers up, connections open
        waits = crowd.waits(arguments.cases, arguments.runs) if PLAYGROUND in parts else None
        kept = [crowd.keeps(limit) for limit in LIMITS if limit in parts]
    text = table(kept, waits)
    print(text)
    if not arguments.only:
        document.write("limits", text)


if __name__ == "__main__":
    main()
