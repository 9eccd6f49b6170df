"""One experiment under one fault: how it is started, and what is noted while it runs."""

import random
import re
import time
from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, NamedTuple

import psutil
from sqlalchemy.exc import OperationalError

from tests.support.arena import ENDED, PATIENCE_S, Arena
from tests.support.fixtures import eventually

IN_FLIGHT = 16  # calls of an experiment at a time, in two loops
LATENCY_S = 0.3
CASE = re.compile(r"case (\d+)/(\d+)$")
SNAPSHOT = """
SELECT e.status, e.planned, e.counts, e.results IS NOT NULL AS told,
       (SELECT coalesce(jsonb_object_agg(state, n), '{}') FROM (
           SELECT state, count(*) AS n FROM results WHERE experiment_id = e.id GROUP BY state
       ) AS rows) AS rows
FROM experiments e WHERE e.id = :id
"""
STORED = """
SELECT r.arm, (x.input_data ->> 'number')::int AS number
FROM results r JOIN experiment_examples x USING (experiment_id, position)
WHERE r.experiment_id = :id
"""


class Broken(AssertionError):
    """A promise that was not kept, in a sentence."""


class Impossible(Exception):
    """This fault cannot be made here, and why."""


class Case(NamedTuple):
    arm: int
    number: int


def promise(holds: object, sentence: str) -> None:
    if not holds:
        raise Broken(sentence)


@dataclass
class Trial:
    """`at_risk` are the calls that were in flight when something died: they may be paid twice.

    `ends` are the cases that must not be scored, by state; `may_end` are states that some cases may
    have. `asked_before` says how often a case had been asked when its result was first seen.
    """

    platform: Arena
    draw: random.Random
    experiment_id: str = ""
    planned: int = 0
    at_risk: int = 0
    cap: Decimal | None = None
    ends: dict[str, int] = field(default_factory=dict)
    may_end: set[str] = field(default_factory=set)
    asked_before: dict[Case, int] = field(default_factory=dict)
    status: dict[str, Any] = field(default_factory=dict)
    paid_twice: int = 0
    _counts: Counter[str] = field(default_factory=Counter)

    def begin(self, **asked: Any) -> None:
        """Two versions on 30 to 60 examples."""
        examples = self.draw.randint(30, 60)
        self.planned = 2 * examples
        self.experiment_id = self.platform.start(
            examples, arms=2, latency_s=LATENCY_S, concurrency=IN_FLIGHT, **asked
        )

    def begin_and_wait(self, **asked: Any) -> None:
        """Until a few of its results are stored; how many is drawn."""
        self.begin(**asked)
        self.until_stored(self.draw.randint(1, self.planned // 3))

    def until_stored(self, least: int) -> None:
        def enough() -> bool:
            self.observe()
            return len(self.asked_before) >= least

        promise(eventually(enough, within=PATIENCE_S), f"{least} results never came")

    def busy_process(self) -> psutil.Process:
        """One of the pool's that hold a shard."""
        return self.draw.choice(self.platform.busy() or self.platform.pool())

    def died(self) -> None:
        """Calls were in flight, and nobody waits for them any more."""
        self.at_risk += self.platform.in_flight(self.experiment_id)

    def pause(self, least: float, most: float) -> None:
        time.sleep(self.draw.uniform(least, most))

    # --- what is seen meanwhile ---

    def calls(self) -> Counter[Case]:
        """How often the provider was asked for each case."""
        asked: Counter[Case] = Counter()
        for body in self.platform.provider.stats(hashes=True)["hashes"].values():
            if found := CASE.search(body["tail"]):
                asked[Case(int(found[1]), int(found[2]))] += body["calls"]
        return asked

    def observe(self) -> bool:
        """Looks once; whether it has ended. States must add up at every look."""
        try:
            [now] = self.platform.sql(SNAPSHOT, id=self.experiment_id)
            stored = {Case(*row) for row in self.platform.sql(STORED, id=self.experiment_id)}
        except OperationalError:
            return False  # the database is what was broken
        counts = Counter({state: n for state, n in now.counts.items() if n})
        promise(counts == now.rows, f"the counters say {dict(counts)}, the rows {now.rows}")
        promise(counts.total() <= now.planned, f"{counts.total()} results of {now.planned} cases")
        promise(counts >= self._counts, f"results vanished: {self._counts - counts}")
        self._counts = counts
        if new := stored - self.asked_before.keys():
            calls = self.calls()
            self.asked_before |= {case: calls[case] for case in new}
        return now.status in ENDED and now.told

    def _ends(self) -> bool:
        if self.platform.revive():  # it had ended itself
            self.died()
        return self.observe()

    def finish(self) -> None:
        """Waits for its end and its verdict."""
        ended = eventually(self._ends, within=PATIENCE_S)
        if not ended:
            why = self.platform.evidence(self.experiment_id)
            promise(ended, f"it never ended; {dict(self._counts)} of {self.planned}\n{why}")
        self.status = self.platform.finished(self.experiment_id)
        self.paid_twice = int(self.platform.books()["paid_twice"])
