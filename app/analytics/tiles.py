"""The dashboard's five figures, each with its n, its interval and the change to the period before.

Quality and hallucination are those of the versions in production now; the others of all calls.
"""

from datetime import datetime
from typing import Literal

from sqlalchemy.orm import Session

from app.accounts.subject import Subject
from app.analytics import changes, series
from app.analytics.schemas import Point, Tile, TileBudget
from app.analytics.series import NOTHING, Figures, Reading
from app.analytics.window import Window
from app.budgets import standing
from app.budgets.ledger import Line
from app.models import BudgetPeriodKind, BudgetScope
from app.prompts.quality import Estimate

JUDGED = "Versions in production now: {what}; an example counts once."
UNJUDGED = "No version in production was judged in this period."


def show(session: Session, subject: Subject, window: Window, budgets: list[Line]) -> list[Tile]:
    now = series.read_production(session, subject, window)
    before = series.read_production(session, subject, window.before)
    return [
        _quality(window, now, before),
        _hallucination(window, now, before),
        _latency(window, now, before),
        _cost(window, now, before, _tightest(budgets)),
        _errors(window, now, before),
    ]


def _quality(window: Window, now: Reading, before: Reading) -> Tile:
    after = _served(now)
    return _tile(
        "quality",
        value=after.score,
        change=changes.of_means(_served(before).scores, after.scores),
        better="up",
        points=_points(window, [figures.score for figures in _served_buckets(window, now)]),
        note=JUDGED.format(what="mean score") if after.score else UNJUDGED,
    )


def _hallucination(window: Window, now: Reading, before: Reading) -> Tile:
    after = _served(now)
    what = "mean share of an answer's claims its sources do not support"
    return _tile(
        "hallucination",
        value=after.hallucination,
        change=changes.of_means(_served(before).rates, after.rates),
        better="down",
        points=_points(window, [f.hallucination for f in _served_buckets(window, now)]),
        note=JUDGED.format(what=what) if after.hallucination else UNJUDGED,
    )


def _latency(window: Window, now: Reading, before: Reading) -> Tile:
    value, old = _plain(now.total.latency_p95, now.total.timed), before.total.latency_p95
    change = None
    if value and old is not None:
        change = Estimate(value.value - old, None, value.n + before.total.timed)
    figures = [_plain(bucket.latency_p95, bucket.timed) for bucket in now.buckets]
    return _tile(
        "latency",
        value=value,
        change=change,
        better="down",
        points=_points(window, figures),
        note="95th percentile of all answered calls, in ms." if value else "No call was answered.",
    )


def _cost(window: Window, now: Reading, before: Reading, budget: TileBudget | None) -> Tile:
    total, old = now.total, before.total
    value = _money(total)
    change = None
    if total.cost_usd is not None and old.cost_usd is not None:
        change = Estimate(float(total.cost_usd - old.cost_usd), None, total.runs + old.runs)
    note = "US dollars for all calls."
    if total.unpriced:
        note = f"{total.unpriced} of {total.runs} calls have no known price."
    elif not total.runs:
        note = "Nothing was asked."
    tile = _tile(
        "cost",
        value=value,
        change=change,
        better="down",
        points=_points(window, [_money(bucket) for bucket in now.buckets]),
        note=note,
    )
    return tile.model_copy(update={"exact": total.cost_usd, "budget": budget})


def _tightest(budgets: list[Line]) -> TileBudget | None:
    """The workspace's month before its day, and of two the one that is used more."""
    mine = [line for line in budgets if line.enabled and line.scope is BudgetScope.workspace]
    if not mine:
        return None
    month = BudgetPeriodKind.month
    line = max(mine, key=lambda one: (one.period is month, one.spent_usd / one.limit_usd))
    return TileBudget(
        period=line.period,
        state=standing.state_of(line),
        spent_usd=line.spent_usd,
        limit_usd=line.limit_usd,
    )


def _errors(window: Window, now: Reading, before: Reading) -> Tile:
    value = changes.error_rate(now.total)
    return _tile(
        "errors",
        value=value,
        change=changes.of_errors(before.total, now.total),
        better="down",
        points=_points(window, [changes.error_rate(bucket) for bucket in now.buckets]),
        note="Share of calls that failed." if value else "Nothing was asked.",
    )


def _served(reading: Reading) -> Figures:
    return reading.totals.get("true", NOTHING)


def _served_buckets(window: Window, reading: Reading) -> list[Figures]:
    return reading.by_group.get("true", [NOTHING] * len(window.bounds))


def _plain(value: float | None, n: int) -> Estimate | None:
    return None if value is None else Estimate(value, None, n)


def _money(figures: Figures) -> Estimate | None:
    return _plain(None if figures.cost_usd is None else float(figures.cost_usd), figures.runs)


def _tile(
    key: str,
    *,
    value: Estimate | None,
    change: Estimate | None,
    better: Literal["up", "down"],
    points: list[Point],
    note: str,
) -> Tile:
    return Tile.model_validate(
        {
            "key": key,
            "value": value,
            "exact": None,
            "budget": None,
            "change": change,
            "better": better,
            "series": points,
            "note": note,
        }
    )


def _points(window: Window, values: list[Estimate | None]) -> list[Point]:
    return [_point(at, value) for at, value in zip(window.bounds, values, strict=True)]


def _point(at: datetime, estimate: Estimate | None) -> Point:
    if estimate is None:
        return at, None, None, None
    low, high = estimate.interval or (None, None)
    return at, estimate.value, low, high
