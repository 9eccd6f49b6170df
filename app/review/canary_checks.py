"""The daily round: every judge judges its canaries again, and what moved is told.

Asked for every hour; a judge is due a day after its last round. The round holds a lock of the
database from the look at that last round to the new one, so that two workers never pay for the
same judge, and a worker that dies leaves nothing behind but the next hour's work.
"""

import asyncio
import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from app.accounts.subject import Subject
from app.budgets import spend
from app.budgets.spend import BudgetGone
from app.core import logs
from app.core.clock import new_id, now
from app.core.database import system_unit_of_work, unit_of_work
from app.evaluators.base import (
    Case,
    InvalidEvaluatorOptions,
    Score,
    ScoreState,
    UnknownEvaluator,
    build,
)
from app.events import EventKind, emit
from app.judges.own_model import evaluators_of
from app.models import Canary, CanaryCheck
from app.review import spending
from app.review.spending import booked
from app.runs.case import Call, Performer
from app.runs.providers import get_model, run_async
from app.runs.worst_case import Tariff, most_tokens

log = logs.get()
EVERY = timedelta(hours=23)  # a day, less than the hour between two looks
LONGEST_S = 600.0  # of the task's 900 s; the judges that are left are still due
AT_ONCE = 8
MOVED_BY = 0.1  # mean absolute change of the score
FLIPPED = 0.1  # share of the judged whose pass or fail changed
PASSING = 0.5


class Group(NamedTuple):
    """Canaries that one judge judges: an evaluator as it is today, asking one model."""

    workspace_id: UUID
    evaluator: str
    version: str
    judge_model: str

    @property
    def lock(self) -> str:
        return f"canaries {' '.join(map(str, self))}"


class Judged(NamedTuple):
    canary: Canary
    score: Score
    calls: tuple[Call, ...]

    @property
    def row(self) -> dict[str, Any]:
        return {
            "canary_id": str(self.canary.id),
            "label": self.canary.label,
            "first_score": self.canary.first_score,
            "score": self.score.value,
            "state": self.score.state.value,
            "reason": self.score.reason if self.score.value is None else "",
        }


def check_all() -> int:
    """Judges the canaries of every judge that is due; how many judges were."""
    started = time.monotonic()
    done = 0
    for group, entries in _groups().items():
        if time.monotonic() - started > LONGEST_S:
            log.warning("canary_round_cut_short")
            break
        done += _check(group, entries)
    return done


def page(
    session: Session,
    subject: Subject,
    *,
    evaluator: str | None,
    before: UUID | None,
    limit: int,
) -> tuple[Sequence[CanaryCheck], int]:
    """Rounds, newest first."""
    wanted = select(CanaryCheck).where(CanaryCheck.workspace_id == subject.workspace_id)
    if evaluator:
        wanted = wanted.where(CanaryCheck.evaluator == evaluator)
    total = session.scalar(select(func.count()).select_from(wanted.subquery())) or 0
    if before:
        wanted = wanted.where(CanaryCheck.id < before)
    return session.scalars(wanted.order_by(CanaryCheck.id.desc()).limit(limit)).all(), total


def _groups() -> dict[Group, list[dict[str, Any]]]:
    with system_unit_of_work() as session:
        rows = session.execute(
            select(Canary.workspace_id, Canary.evaluator, Canary.judge_model).distinct()
        ).all()
    found: dict[Group, list[dict[str, Any]]] = defaultdict(list)
    for workspace_id, entry, judge_model in rows:
        group = Group(workspace_id, entry["name"], _version_today(entry), judge_model)
        found[group].append(entry)
    return found


def _version_today(entry: Mapping[str, Any]) -> str:
    try:
        return build(entry["name"], entry["options"]).version
    except (UnknownEvaluator, InvalidEvaluatorOptions):  # an older release had it
        return str(entry["version"])


def _check(group: Group, entries: Sequence[dict[str, Any]]) -> bool:
    """One round; False when it is not due or another worker is at it."""
    with system_unit_of_work() as session:
        if not _is_due(session, group):
            return False
        canaries = session.scalars(
            select(Canary)
            .where(
                Canary.workspace_id == group.workspace_id,
                Canary.evaluator.in_(entries),
                Canary.judge_model == group.judge_model,
            )
            .order_by(Canary.id)
        ).all()
        round_id = new_id()
        judged = _paid_round(group, round_id, canaries)
        check = _told(group, judged)
        session.add(check)
        for item in judged:
            if item.canary.first_score is None:
                item.canary.first_score = item.score.value
        calls = [call for item in judged for call in item.calls]
        session.add_all(booked(calls, workspace_id=group.workspace_id, source="canary"))
        spend.settle(session, round_id)
        if check.moved:
            _tell(session, group, check)
        log.info("canaries_judged", evaluator=group.evaluator, n=check.n, moved=check.moved)
        return True


def _tell(session: Session, group: Group, check: CanaryCheck) -> None:
    judge = f"{group.evaluator} on {group.judge_model}"
    emit(
        session,
        group.workspace_id,
        EventKind.judge_changed,
        title=f"The judge {judge} scores its {check.n} canaries otherwise than it did.",
        object_id=check.id,
        data={
            "evaluator": group.evaluator,
            "evaluator_version": group.version,
            "judge_model": group.judge_model,
            "n": check.n,
            "agreed": check.agreed,
        },
    )


def _is_due(session: Session, group: Group) -> bool:
    """Takes the judge's lock until the transaction ends."""
    mine = session.scalar(
        text("SELECT pg_try_advisory_xact_lock(hashtextextended(:name, 0))"), {"name": group.lock}
    )
    if not mine:
        return False
    last = session.scalar(
        select(func.max(CanaryCheck.created_at)).where(
            CanaryCheck.workspace_id == group.workspace_id,
            CanaryCheck.evaluator == group.evaluator,
            CanaryCheck.evaluator_version == group.version,
            CanaryCheck.judge_model == group.judge_model,
        )
    )
    return last is None or last < now() - EVERY


def _paid_round(group: Group, round_id: UUID, canaries: Sequence[Canary]) -> list[Judged]:
    """What the judge says today; where it cannot be paid nothing is judged, and each says why."""
    try:
        with unit_of_work(group.workspace_id) as session:  # its own: others see what is held
            tariff = spending.tariff(session, group.workspace_id)
            amount = sum((_most(tariff, canary) for canary in canaries), Decimal(0))
            spending.reserve(session, group.workspace_id, round_id, amount)
    except BudgetGone as gone:
        return [Judged(canary, _unjudged(canary, gone.detail), ()) for canary in canaries]
    return run_async(lambda: _judge_all(canaries, tariff))


def _most(tariff: Tariff, canary: Canary) -> Decimal:
    read = most_tokens(list(canary.example.values()))
    return spending.most(tariff, canary.evaluator, canary.judge_model, read=read)


async def _judge_all(canaries: Sequence[Canary], tariff: Tariff) -> list[Judged]:
    room = asyncio.Semaphore(AT_ONCE)

    async def one(canary: Canary) -> Judged:
        async with room:
            return await _judge(canary, tariff)

    return list(await asyncio.gather(*map(one, canaries)))


async def _judge(canary: Canary, tariff: Tariff) -> Judged:
    try:
        evaluators = evaluators_of([canary.evaluator])
    except (UnknownEvaluator, InvalidEvaluatorOptions) as error:
        return Judged(canary, _unjudged(canary, str(error)), ())
    performer = Performer(
        get_model,
        evaluators=evaluators,
        judge_model=canary.judge_model,
        flat_rate=tariff.flat_rate,
        overrides=tariff.overrides,
    )
    example = canary.example
    (score,), calls = await performer.judge(
        Case(
            output=example["output"],
            inputs=example["input_data"],
            expected=example["expected_output"],
            context=example["context"],
            criteria=example["criteria"],
        )
    )
    return Judged(canary, score, calls)


def _unjudged(canary: Canary, reason: str) -> Score:
    return Score(
        evaluator=canary.evaluator["name"],
        evaluator_version=canary.evaluator["version"],
        state=ScoreState.judge_error,
        reason=reason,
    )


def _told(group: Group, judged: Sequence[Judged]) -> CanaryCheck:
    """The round as a row; what was not judged moves nothing and agrees with nobody."""
    scored = [(item.canary, item.score.value) for item in judged if item.score.value is not None]
    known = [(c.first_score, score) for c, score in scored if c.first_score is not None]
    return CanaryCheck(
        id=new_id(),
        workspace_id=group.workspace_id,
        evaluator=group.evaluator,
        evaluator_version=group.version,
        judge_model=group.judge_model,
        n=len(judged),
        unjudged=len(judged) - len(scored),
        agreed=sum((c.label >= PASSING) == (score >= PASSING) for c, score in scored),
        moved=has_moved(known),
        report=[item.row for item in judged],
    )


def has_moved(scores: Sequence[tuple[float, float]]) -> bool:
    """Whether pairs of first and new score are those of another judge.

    The mean absolute change is above 0.1, or more than a tenth changed between pass and fail.
    """
    if not scores:
        return False
    change = sum(abs(new - first) for first, new in scores) / len(scores)
    flips = sum((first >= PASSING) != (new >= PASSING) for first, new in scores)
    return change > MOVED_BY or flips > FLIPPED * len(scores)
