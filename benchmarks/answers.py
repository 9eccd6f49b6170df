"""How long the server takes for what the pages ask, beside an answer that asks nothing of it."""

import time
from dataclasses import dataclass
from uuid import UUID

import httpx2

from benchmarks.sample import Sample

WARM_UP = 3
ASKED = 20


@dataclass(frozen=True, kw_only=True)
class Answered:
    what: str
    kib: float
    took: Sample  # ms
    bare: Sample  # ms, of /healthz, asked in turn


def paths(experiment: UUID) -> dict[str, str]:
    sides = f"baseline={experiment}:0&candidate={experiment}:1"
    return {
        "1,000 prompts, first 50": "/api/v1/prompts?limit=50",
        "1,000 prompts, all at once": "/api/v1/prompts?limit=1000",
        "10,000 runs, first 50": "/api/v1/runs?limit=50",
        "10,000 runs, a week of them": f"/api/v1/runs?limit=50&from={_days_ago(7)}",
        "compare, 5,000 × 2 cases": f"/api/v1/compare/cases?{sides}",
        "search": "/api/v1/search?q=kettles",
        "dashboard, 7 days": "/api/v1/dashboard?days=7&tz=UTC",
        "dashboard, 30 days": "/api/v1/dashboard?days=30&tz=UTC",
    }


def measure(client: httpx2.Client, what: str, path: str) -> Answered:
    took, bare, size = Sample(), Sample(), 0
    for number in range(WARM_UP + ASKED):
        each, size = _timed(client, path)
        other, _ = _timed(client, "/healthz")
        if number >= WARM_UP:
            took.append(each)
            bare.append(other)
    return Answered(what=what, kib=size / 1024, took=took, bare=bare)


def _timed(client: httpx2.Client, path: str) -> tuple[float, int]:
    """Milliseconds to the last byte, and bytes as they are on the wire."""
    started = time.perf_counter()
    with client.stream("GET", path) as answer:
        answer.raise_for_status()
        answer.read()
        took = time.perf_counter() - started
        return took * 1000, answer.num_bytes_downloaded


def _days_ago(days: int) -> str:
    return time.strftime("%Y-%m-%dT00:00:00Z", time.gmtime(time.time() - days * 86_400))
