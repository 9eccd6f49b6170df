"""What a poller sees of an experiment under way: answers, memory, the first score."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import cycle
from statistics import median
from typing import Any
from uuid import UUID

import httpx2

from app.models.experiment import FINAL
from benchmarks.embedded_platform import Platform
from benchmarks.sample import Sample

POLL_S = 0.1
POLL_FIRST_S = 0.02  # until the first score is there
LOOK_S = 1.0  # between two looks at memory
LIST_S = 5.0  # between two pages of lists: seldom enough not to be what is measured
PART = 0.1  # of the cases: the first ones beside the last


@dataclass(slots=True)
class Watched:
    first_s: float = 0.0
    peak_mb: float = 0.0
    status_ms: Sample = field(default_factory=Sample)
    lists_ms: dict[str, Sample] = field(default_factory=dict)
    workers_mb: list[tuple[float, float]] = field(default_factory=list)  # cases done / all, memory
    status: dict[str, Any] = field(default_factory=dict)

    @property
    def states(self) -> dict[str, int]:
        """How its cases ended, without those that did not happen."""
        progress = self.status["progress"]
        return {state: n for state, n in progress.items() if n and state != "planned"}

    @property
    def done(self) -> float:
        return sum(self.states.values()) / int(self.status["progress"]["planned"])

    def growth_mb(self) -> tuple[float, float]:
        """Of the workers: medians over the first tenth of the cases, and over the last."""
        first = [mb for done, mb in self.workers_mb if 0 < done <= PART]
        last = [mb for done, mb in self.workers_mb if done >= 1 - PART]
        return median(first or [0.0]), median(last or [0.0])


def watch(
    platform: Platform, experiment_id: UUID, started: float, lists: Sequence[str] = ()
) -> Watched:
    """Asks ten times a second until it has ended, and now and then one of the `lists`."""
    seen, looked, listed, paths = Watched(), 0.0, started, cycle(lists)
    while seen.status.get("status") not in FINAL:
        answer, took_ms = timed(platform.client, f"/experiments/{experiment_id}/status")
        now, seen.status = time.monotonic(), answer.json()
        seen.status_ms.append(took_ms)
        if not seen.first_s and seen.status["progress"]["scored"]:
            seen.first_s = now - started
        if now - looked > LOOK_S:
            looked, seen.peak_mb = now, max(seen.peak_mb, platform.memory_mb())
            seen.workers_mb.append((seen.done, platform.workers_mb()))
        if lists and now - listed > LIST_S:
            listed, path = now, next(paths)
            _, took_ms = timed(platform.client, path.format(id=experiment_id))
            seen.lists_ms.setdefault(path, Sample()).append(took_ms)
        time.sleep(POLL_S if seen.first_s else POLL_FIRST_S)
    return seen


def timed(client: httpx2.Client, path: str) -> tuple[httpx2.Response, float]:
    """The answer, and milliseconds to its last byte; a status other than 200 is an error."""
    begun = time.perf_counter()
    answer = client.get(path).raise_for_status()
    return answer, (time.perf_counter() - begun) * 1000
