"""What finished experiments say about versions: read from their results, nothing recomputed."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, Uuid, column, func, select, true
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.dialects.postgresql import array as sql_array
from sqlalchemy.orm import Session

from app.accounts.subject import Subject
from app.models import ON_BEHALF, Experiment, ExperimentStatus, PromptVersion

FINISHED = (ExperimentStatus.completed, ExperimentStatus.completed_with_errors)
Interval = tuple[float, float]

LOOK_BACK = 50  # experiments of a prompt in which the last score of a version is looked for


class LastScore(NamedTuple):
    """The mean score of a version in an experiment, its 95 % interval, and how many were judged."""

    experiment_id: UUID
    finished_at: datetime | None
    version_number: int
    mean: float
    interval: Interval | None
    n: int


class Change(NamedTuple):
    """One quantity under two versions; `interval` is of the difference, where pairs gave one.

    The difference is over the pairs, so that it can differ from that of the two means.
    """

    before: float
    after: float
    difference: float
    interval: Interval | None


class CostChange(NamedTuple):
    """US dollars for all cases of the experiment."""

    before: Decimal
    after: Decimal
    difference: Decimal


class Effect(NamedTuple):
    """What going from one version to the other did, in the newest experiment that has both.

    `score` is the mean score, `latency` the median in ms; `regressed` counts the examples that
    got worse.
    """

    experiment_id: UUID
    score: Change | None
    cost: CostChange | None
    latency: Change | None
    regressed: int | None


def of_prompts(
    session: Session, subject: Subject, prompt_ids: Sequence[UUID]
) -> dict[UUID, LastScore]:
    """How the newest version in each prompt's newest finished experiment scored there."""
    ids = func.unnest(sql_array(list(prompt_ids), type_=Uuid()))
    wanted = ids.table_valued(column("prompt_id", Uuid()), name="wanted").render_derived()
    newest = (
        _finished(subject)
        .where(Experiment.prompt_id == wanted.c.prompt_id)
        .limit(1)
        .lateral("newest")
    )
    rows = session.execute(
        select(wanted.c.prompt_id, newest.c.id, newest.c.finished_at, newest.c.entries)
        .select_from(wanted)
        .join(newest, true())
    )
    found = {}
    for row in rows:
        scores = _scores(row)
        if scores:
            found[row.prompt_id] = max(scores, key=lambda score: score.version_number)
    return found


def of_versions(session: Session, subject: Subject, prompt_id: UUID) -> dict[int, LastScore]:
    """By version number: its score in the newest finished experiment that judged it."""
    found: dict[int, LastScore] = {}
    recent = _finished(subject).where(Experiment.prompt_id == prompt_id).limit(LOOK_BACK)
    for row in session.execute(recent):
        for score in _scores(row):
            found.setdefault(score.version_number, score)
    return found


def effect(
    session: Session, subject: Subject, before: PromptVersion, after: PromptVersion
) -> Effect | None:
    """None unless a finished experiment has both versions."""
    row = session.execute(
        select(
            Experiment.id,
            Experiment.results,
            Experiment.comparisons,
            Experiment.primary_evaluator,
        )
        .where(
            *_of(subject),
            Experiment.prompt_id == before.prompt_id,
            Experiment.results.contains([{"version_number": before.number}]),
            Experiment.results.contains([{"version_number": after.number}]),
        )
        .order_by(Experiment.id.desc())
        .limit(1)
    ).one_or_none()
    if row is None or before.number == after.number:
        return None
    old = _entry(row.results, before.number)
    new = _entry(row.results, after.number, model=old.get("model"))
    compared = _comparison(row.comparisons or [], old.get("arm"), new.get("arm"))
    of_score = compared if compared.metric in {"score", row.primary_evaluator} else _Compared()
    return Effect(
        experiment_id=row.id,
        score=_change(
            old.get("avg_score"), new.get("avg_score"), of_score.difference, of_score.interval
        ),
        cost=_cost_change(old.get("cost_usd"), new.get("cost_usd")),
        latency=_change(_median(old), _median(new)),
        regressed=compared.regressed,
    )


def _of(subject: Subject) -> tuple[ColumnElement[bool], ...]:
    return (
        Experiment.workspace_id == subject.workspace_id,
        Experiment.status.in_(FINISHED),
        Experiment.trigger.not_in(ON_BEHALF),
        Experiment.results.is_not(None),
    )


def _finished(subject: Subject) -> Select[*tuple[Any, ...]]:
    """Newest first; `entries` are the results without what is not shown here."""
    entry = func.jsonb_array_elements(Experiment.results, type_=JSONB()).column_valued("entry")
    names = ("version_number", "avg_score", "score_interval", "n")
    shown = func.jsonb_build_object(*(part for name in names for part in (name, entry[name])))
    entries = select(func.jsonb_agg(shown)).scalar_subquery()
    return (
        select(Experiment.id, Experiment.finished_at, entries.label("entries"))
        .where(*_of(subject))
        .order_by(Experiment.id.desc())
    )


def _scores(row: Row[*tuple[Any, ...]]) -> list[LastScore]:
    """The entries that were judged; several models under one version: the first."""
    return [
        LastScore(
            experiment_id=row.id,
            finished_at=row.finished_at,
            version_number=entry["version_number"],
            mean=entry["avg_score"],
            interval=_interval(entry["score_interval"]),
            n=entry["n"] or 0,
        )
        for entry in row.entries or []
        if entry["avg_score"] is not None and entry["version_number"] is not None
    ]


def _entry(
    results: Sequence[Mapping[str, Any]], number: int, model: str | None = None
) -> Mapping[str, Any]:
    """A version's results, under this model where it ran under several."""
    mine = [entry for entry in results if entry.get("version_number") == number]
    return next((entry for entry in mine if entry.get("model") == model), mine[0])


class _Compared(NamedTuple):
    metric: str | None = None
    difference: float | None = None
    interval: Interval | None = None
    regressed: int | None = None


def _comparison(
    comparisons: Sequence[Mapping[str, Any]], before: int | None, after: int | None
) -> _Compared:
    """What the experiment found between two arms, turned round where it compared backwards."""
    for comparison in comparisons:
        arms = (comparison.get("baseline_arm"), comparison.get("candidate_arm"))
        metric = comparison.get("metric")
        difference, interval = comparison.get("difference"), comparison.get("interval")
        if difference is None:
            continue
        if arms == (before, after):
            return _Compared(metric, difference, _interval(interval), comparison.get("losses"))
        if arms == (after, before):
            turned = [-end for end in reversed(interval)] if interval else None
            return _Compared(metric, -difference, _interval(turned), comparison.get("wins"))
    return _Compared()


def _change(
    before: float | None,
    after: float | None,
    difference: float | None = None,
    interval: Interval | None = None,
) -> Change | None:
    if before is None or after is None:
        return None
    return Change(before, after, after - before if difference is None else difference, interval)


def _cost_change(before: str | None, after: str | None) -> CostChange | None:
    """None where a call's price is not known: unknown is not free."""
    if before is None or after is None:
        return None
    old, new = Decimal(before), Decimal(after)
    return CostChange(old, new, new - old)


def _median(entry: Mapping[str, Any]) -> float | None:
    median: float | None = (entry.get("latency_ms") or {}).get("p50")
    return median


def _interval(ends: Sequence[float] | None) -> Interval | None:
    return (ends[0], ends[1]) if ends else None
