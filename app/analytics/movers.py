"""Which prompts' figures differ from the period before, the most evidence first."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Row, text
from sqlalchemy.orm import Session

from app.accounts.subject import Subject
from app.analytics import facts
from app.analytics.changes import of_arms
from app.analytics.facts import FACTS, Slice
from app.analytics.schemas import Mover
from app.analytics.window import Window
from app.prompts.quality import Estimate
from app.statistics.estimates import normal_quantile, rate_interval
from app.statistics.proportions import Share, newcombe_interval
from app.statistics.traffic import Arm

LEAST = 20  # units in each period; fewer are no evidence
MOST = 10
MEANS = ("score", "hallucination", "cost", "latency")

# score and hallucination by unit: an example's repeats count once
_READ = f"""
WITH {FACTS},
halves AS (SELECT facts.*, at >= :middle AS after FROM facts WHERE prompt_id IS NOT NULL),
judged AS (
    SELECT prompt_id, after, avg(score) AS score, avg(hallucination) AS hallucination
      FROM halves GROUP BY prompt_id, after, unit
),
means AS (
    SELECT prompt_id, after,
           count(score) AS score_n, avg(score) AS score_mean, var_samp(score) AS score_variance,
           count(hallucination) AS hallucination_n, avg(hallucination) AS hallucination_mean,
           var_samp(hallucination) AS hallucination_variance
      FROM judged GROUP BY prompt_id, after
),
calls AS (
    SELECT prompt_id, after, count(*) AS runs, count(*) FILTER (WHERE failed) AS errors,
           count(cost_usd) AS cost_n, avg(cost_usd)::float8 AS cost_mean,
           var_samp(cost_usd)::float8 AS cost_variance,
           count(latency_ms) AS latency_n, avg(latency_ms) AS latency_mean,
           var_samp(latency_ms) AS latency_variance
      FROM halves GROUP BY prompt_id, after
)
SELECT prompts.name, calls.*, means.*
  FROM calls JOIN means USING (prompt_id, after) JOIN prompts ON prompts.id = prompt_id
"""  # noqa: S608 - our own text


class _Moved(NamedTuple):
    evidence: float  # how many standard errors the change is from none
    mover: Mover


def find(session: Session, subject: Subject, window: Window, wanted: Slice) -> list[Mover]:
    """At most ten; a figure without spread or with fewer than 20 units on a side is left out."""
    both = Window(window.before.since, window.until, window.bounds)
    rows = session.execute(
        text(_READ), {**facts.values(subject, both, wanted), "middle": window.since}
    )
    halves: dict[UUID, dict[bool, Row[Any]]] = defaultdict(dict)
    for row in rows:
        halves[row.prompt_id][row.after] = row
    moved = [
        found
        for half in halves.values()
        if len(half) == 2
        for found in _moved(half[False], half[True])
    ]
    ranked = sorted(moved, key=lambda m: (-m.evidence, m.mover.name, m.mover.metric))
    return [found.mover for found in ranked[:MOST]]


def _moved(before: Row[Any], after: Row[Any]) -> Iterator[_Moved]:
    for metric in MEANS:
        old, new = _arm(before, metric), _arm(after, metric)
        if old and new:
            told = Estimate(old.mean, None, old.n), Estimate(new.mean, None, new.n)
            yield from _ranked(after, metric, told, of_arms(old, new))
    shares = Share(before.errors, before.runs), Share(after.errors, after.runs)
    if min(share.n for share in shares) >= LEAST:
        found = newcombe_interval(*shares)
        change = Estimate(found.mean, (found.low, found.high), found.n)
        yield from _ranked(after, "errors", (_rate(shares[0]), _rate(shares[1])), change)


def _ranked(
    row: Row[Any], metric: str, told: tuple[Estimate, Estimate], change: Estimate
) -> Iterator[_Moved]:
    if change.interval is None or not change.value:
        return
    low, high = change.interval
    error = (high - low) / 2 / normal_quantile(0.975)
    mover = Mover.model_validate(
        {
            "prompt_id": row.prompt_id,
            "name": row.name,
            "metric": metric,
            "before": told[0],
            "after": told[1],
            "change": change,
        }
    )
    yield _Moved(abs(change.value) / error, mover)


def _arm(row: Row[Any], metric: str) -> Arm | None:
    n = getattr(row, f"{metric}_n")
    if n < LEAST:
        return None
    return Arm(getattr(row, f"{metric}_mean"), getattr(row, f"{metric}_variance"), n)


def _rate(share: Share) -> Estimate:
    found = rate_interval(*share)
    assert found is not None  # at least LEAST calls
    return Estimate(found.mean, (found.low, found.high), found.n)
