"""Figures of calls by group and bucket: one statement, percentiles of the calls themselves."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import DateTime, Row, bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session

from app.accounts.subject import Subject
from app.analytics import facts
from app.analytics.facts import FACTS, KEYS, Slice
from app.analytics.schemas import GroupBy
from app.analytics.window import Window
from app.prompts.quality import Estimate
from app.statistics.estimates import mean_interval

LARGEST = 6  # groups shown on their own
OTHER = "other"
PRODUCTION = """EXISTS (SELECT FROM prompt_labels l WHERE l.workspace_id = :workspace
                AND l.version_id = facts.version_id AND l.name = 'production')"""

_READ = """
WITH {facts},
keyed AS (
    SELECT facts.*, {key} AS key, width_bucket(at, :bounds) AS bucket FROM facts
),
top AS (SELECT key FROM keyed GROUP BY key ORDER BY count(*) DESC, key LIMIT :largest),
grouped AS (
    SELECT keyed.*, coalesce(top.key, :other) AS grp FROM keyed LEFT JOIN top USING (key)
),
sums AS (
    SELECT grouping(grp) = 1 AS all_groups, grouping(bucket) = 1 AS all_buckets, grp, bucket,
           count(*) AS runs, count(*) FILTER (WHERE failed) AS errors,
           count(DISTINCT key) AS keys,
           sum(cost_usd) AS cost_usd, sum(cost_estimated) AS cost_estimated,
           count(*) FILTER (WHERE unpriced) AS unpriced,
           sum(tokens_in) AS tokens_in, sum(tokens_out) AS tokens_out,
           count(latency_ms) AS timed,
           percentile_cont(ARRAY[0.5, 0.95, 0.99]) WITHIN GROUP (ORDER BY latency_ms) AS latency
      FROM grouped GROUP BY GROUPING SETS ((grp, bucket), (grp), (bucket), ())
),
units AS (
    SELECT grouping(grp) = 1 AS all_groups, grouping(bucket) = 1 AS all_buckets, grp, bucket,
           avg(score) AS score, avg(hallucination) AS hallucination
      FROM grouped WHERE score IS NOT NULL OR hallucination IS NOT NULL
     GROUP BY GROUPING SETS ((grp, bucket, unit), (grp, unit), (bucket, unit), (unit))
),
means AS (
    SELECT all_groups, all_buckets, grp, bucket,
           array_agg(score) FILTER (WHERE score IS NOT NULL) AS scores,
           array_agg(hallucination) FILTER (WHERE hallucination IS NOT NULL) AS rates
      FROM units GROUP BY all_groups, all_buckets, grp, bucket
)
SELECT sums.*, means.scores, means.rates
  FROM sums LEFT JOIN means
    ON means.all_groups = sums.all_groups AND means.all_buckets = sums.all_buckets
   AND means.grp IS NOT DISTINCT FROM sums.grp AND means.bucket IS NOT DISTINCT FROM sums.bucket
 ORDER BY sums.runs DESC, sums.grp
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What is told of some calls; the fields of `schemas.Totals`, and what they rest on."""

    runs: int = 0
    errors: int = 0
    cost_usd: Decimal | None = None
    cost_estimated: Decimal | None = None
    unpriced: int = 0
    tokens_in: int | None = None
    tokens_out: int | None = None
    latency_p50: float | None = None
    latency_p95: float | None = None
    latency_p99: float | None = None
    hallucination: Estimate | None = None
    score: Estimate | None = None
    timed: int = 0
    keys: int = 0
    scores: Sequence[float] = field(default=(), repr=False)
    rates: Sequence[float] = field(default=(), repr=False)


NOTHING = Figures()


class Reading(NamedTuple):
    """`buckets` and `by_group` hold one entry for each of the window's buckets."""

    total: Figures
    buckets: list[Figures]
    totals: Mapping[str, Figures]  # by group, the largest first and `other` last
    by_group: Mapping[str, list[Figures]]


def read(session: Session, subject: Subject, window: Window, wanted: Slice, by: GroupBy) -> Reading:
    """The groups are the `LARGEST` by calls, and `other`."""
    return _read(session, subject, window, wanted, KEYS[by])


def read_production(session: Session, subject: Subject, window: Window) -> Reading:
    """Two groups: `true`, the calls of versions in production now, and `false`."""
    return _read(session, subject, window, Slice(), f"({PRODUCTION})::text")


def _read(session: Session, subject: Subject, window: Window, wanted: Slice, key: str) -> Reading:
    statement = text(_READ.format(facts=FACTS, key=key)).bindparams(
        bindparam("bounds", type_=ARRAY(DateTime(timezone=True)))
    )
    more = {"bounds": window.bounds, "largest": LARGEST, "other": OTHER}
    rows = session.execute(statement, {**facts.values(subject, window, wanted), **more})
    return _sorted(rows.all(), len(window.bounds))


def _sorted(rows: Sequence[Row[Any]], size: int) -> Reading:
    total, buckets = NOTHING, [NOTHING] * size
    totals: dict[str, Figures] = {}
    by_group: dict[str, list[Figures]] = {}
    for row in rows:
        figures = _figures(row)
        if row.all_groups and row.all_buckets:
            total = figures
        elif row.all_groups:
            buckets[row.bucket - 1] = figures
        elif row.all_buckets:
            totals[row.grp] = figures
        else:
            by_group.setdefault(row.grp, [NOTHING] * size)[row.bucket - 1] = figures
    rest = totals.pop(OTHER, None)
    if rest is not None:
        totals[OTHER] = rest
    return Reading(total, buckets, totals, by_group)


def _figures(row: Row[Any]) -> Figures:
    p50, p95, p99 = row.latency or (None, None, None)
    scores, rates = row.scores or (), row.rates or ()
    return Figures(
        runs=row.runs,
        errors=row.errors,
        cost_usd=None if row.unpriced else row.cost_usd,
        cost_estimated=row.cost_estimated,
        unpriced=row.unpriced,
        tokens_in=row.tokens_in,
        tokens_out=row.tokens_out,
        latency_p50=p50,
        latency_p95=p95,
        latency_p99=p99,
        hallucination=mean_of(rates),
        score=mean_of(scores),
        timed=row.timed,
        keys=row.keys,
        scores=scores,
        rates=rates,
    )


def mean_of(values: Sequence[float]) -> Estimate | None:
    found = mean_interval(values)
    return Estimate(found.mean, (found.low, found.high), found.n) if found else None
