"""All results of an experiment, read for its roll-up.

Few numbers of many rows come as one string of bytes: 100,000 rows of their own cost 0.3 s of
processor time to read, arrays written as text a quarter of that, this some milliseconds.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.models import CaseState, Experiment

# The columns packed by the statement below, in the bytes PostgreSQL sends them in: null is NaN.
RESULT = np.dtype([("position", ">i4"), ("score", ">f8"), ("rate", ">f8"), ("latency_ms", ">f8")])
RESULTS = text("""
    SELECT arm, state, count(*), sum(tokens_in), sum(tokens_out), sum(cost_usd),
           sum(cost_estimated), count(*) FILTER (WHERE latency_ms IS NOT NULL AND cost_usd IS NULL),
           string_agg(int4send(position) || float8send(coalesce(score, 'NaN'))
                      || float8send(coalesce(hallucination_rate, 'NaN'))
                      || float8send(coalesce(latency_ms, 'NaN')), '')
      FROM results
     WHERE experiment_id = CAST(:experiment AS uuid)
     GROUP BY arm, state
""")
SCORE = np.dtype([("case_no", ">i4"), ("value", ">f8")])
SCORES = text("""
    SELECT evaluator, string_agg(int4send(case_no) || float8send(value), '')
      FROM case_scores
     WHERE experiment_id = CAST(:experiment AS uuid) AND value IS NOT NULL
     GROUP BY evaluator
""")


class Outcome(NamedTuple):
    """The cases of one arm that ended in one state, together; `rows` has a RESULT for each."""

    arm: int
    state: CaseState
    cases: int
    tokens_in: int
    tokens_out: int
    cost_usd: Decimal | None
    cost_estimated: Decimal
    unpriced: int
    rows: bytes


class Judged(NamedTuple):
    """Examples of one arm that one evaluator judged: the mean of each over its repeats."""

    arm: int
    evaluator: str
    values: Sequence[float]


def by_arm(session: Session, experiment_id: UUID) -> Mapping[int, Sequence[Outcome]]:
    found: dict[int, list[Outcome]] = defaultdict(list)
    for row in session.execute(RESULTS, {"experiment": experiment_id}):
        outcome = Outcome._make(row)
        found[outcome.arm].append(outcome)
    return found


def judged(session: Session, experiment: Experiment, arms: int) -> Iterator[Judged]:
    """A case's number says its arm and its example (`claims.py`): no join with the results."""
    for evaluator, rows in session.execute(SCORES, {"experiment": experiment.id}):
        scores = np.frombuffer(rows, SCORE)
        cases, arm_of = np.divmod(scores["case_no"], arms)
        for arm in range(arms):
            own = arm_of == arm
            values = means(cases[own] // experiment.repeats, scores["value"][own])
            if values:
                yield Judged(arm, evaluator, values)


def together(outcomes: Sequence[Outcome]) -> NDArray[np.void]:
    """Their rows, in no order."""
    return np.frombuffer(b"".join(found.rows for found in outcomes), RESULT)


def means(examples: NDArray[np.integer], values: NDArray[np.floating]) -> Sequence[float]:
    """The mean over its repeats of each example that has a value."""
    there = ~np.isnan(values)
    sums = np.bincount(examples[there], weights=values[there])
    counts = np.bincount(examples[there])
    found: list[float] = (sums[counts > 0] / counts[counts > 0]).tolist()
    return found


def percentile(ordered: NDArray[np.floating], share: float) -> float | None:
    """Between its two neighbours, as SQL's `percentile_cont`; None for no values."""
    if not ordered.size:
        return None
    place = share * (ordered.size - 1)
    below = int(place)
    low, high = ordered[below], ordered[min(below + 1, ordered.size - 1)]
    return float(low + (place - below) * (high - low))
