"""How long a plan takes, by how long its models took lately."""

from collections import Counter
from math import ceil

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.accounts.subject import Subject
from app.experiments.plan import Plan
from app.models import CostEntry
from app.runs.worst_case import judges_of

LATELY = 2_000  # calls of the workspace
Call = tuple[str, str]  # kind and model


def expected_s(session: Session, subject: Subject, made: Plan, concurrency: int) -> int | None:
    """Median of each model's calls × its calls, so many at once; None for a model never asked."""
    calls = _calls(made)
    medians = _medians(session, subject)
    if not calls.keys() <= medians.keys():
        return None
    total_ms = sum(medians[call] * count for call, count in calls.items())
    return max(1, ceil(total_ms / 1000 / min(concurrency, made.summary.cases)))


def _calls(made: Plan) -> Counter[Call]:
    cases = made.summary.cases
    calls: Counter[Call] = Counter()
    for arm in made.arms:
        calls["completion", arm.model] += cases // len(made.arms)
    for model in judges_of(made.evaluators, made.judge_model):
        calls["judge", model] += cases
    return calls


def _medians(session: Session, subject: Subject) -> dict[Call, float]:
    """In ms; an answer from the cache says nothing about its model."""
    lately = (
        select(CostEntry.kind, CostEntry.model, CostEntry.latency_ms, CostEntry.cached)
        .where(CostEntry.workspace_id == subject.workspace_id)
        .order_by(CostEntry.created_at.desc())
        .limit(LATELY)
        .subquery()
    )
    median = func.percentile_cont(0.5).within_group(lately.c.latency_ms)
    rows = session.execute(
        select(lately.c.kind, lately.c.model, median)
        .where(lately.c.cached.is_(False))
        .group_by(lately.c.kind, lately.c.model)
    )
    return {(kind, model): found for kind, model, found in rows}
