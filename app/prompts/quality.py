"""How good the version in production is, and what moving there changed.

Read from stored results and verdicts, nothing recomputed: one statement for any number of prompts.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Row,
    Select,
    Subquery,
    and_,
    func,
    or_,
    select,
    true,
)
from sqlalchemy.dialects.postgresql import JSONB, distinct_on
from sqlalchemy.orm import Session, aliased
from sqlalchemy.sql.selectable import LateralFromClause

from app.accounts.subject import Subject
from app.models import (
    ON_BEHALF,
    Direction,
    Experiment,
    LabelMove,
    Prompt,
    PromptLabel,
    PromptVersion,
    Ruling,
    VerdictRecord,
)
from app.prompts.labels import PRODUCTION
from app.prompts.scores import FINISHED, Interval

LOOK_BACK = 20  # experiments of a prompt in which its version's score is looked for


class Estimate(NamedTuple):
    """A figure, its 95 % interval where there is one, and how many it rests on."""

    value: float
    interval: Interval | None
    n: int


class Difference(NamedTuple):
    """Candidate minus baseline in a metric's own unit, and which way that metric is better."""

    value: float
    interval: Interval | None
    n: int
    direction: Direction


class Compared(NamedTuple):
    """A stored verdict, in short; the difference is of its first metric."""

    ruling: Ruling
    baseline_number: int
    experiment_id: UUID
    difference: float | None
    interval: Interval | None
    n: int
    direction: Direction

    @property
    def change(self) -> Difference | None:
        if self.difference is None:
            return None
        return Difference(self.difference, self.interval, self.n, self.direction)


def latest_score(subject: Subject) -> LateralFromClause:
    """For a statement over prompts: `value`, `ends` and `n` of the version that counts.

    That is the one in production, the newest where none is, in the newest finished experiment
    that judged it.
    """
    number = _number_that_counts(subject)
    recent = (
        select(Experiment.id, Experiment.results)
        .where(
            Experiment.workspace_id == subject.workspace_id,
            Experiment.prompt_id == Prompt.id,
            Experiment.status.in_(FINISHED),
            Experiment.trigger.not_in(ON_BEHALF),
        )
        .order_by(Experiment.id.desc())
        .limit(LOOK_BACK)
        .correlate(Prompt)
        .subquery()
    )
    entries = func.jsonb_array_elements(recent.c.results, type_=JSONB())
    entry = entries.column_valued("entry", joins_implicitly=True)
    return (
        select(
            entry["avg_score"].as_float().label("value"),
            entry["score_interval"].label("ends"),
            entry["n"].as_integer().label("n"),
        )
        .select_from(recent)
        .where(
            entry["version_number"].as_integer() == number,
            func.jsonb_typeof(entry["avg_score"]) == "number",
        )
        .order_by(recent.c.id.desc(), entry["arm"].as_integer())
        .limit(1)
        .correlate(Prompt)
        .lateral("latest_score")
    )


def _number_that_counts(subject: Subject) -> ColumnElement[int]:
    holder = (
        select(PromptVersion.number)
        .join(PromptLabel, PromptLabel.version_id == PromptVersion.id)
        .where(
            PromptLabel.workspace_id == subject.workspace_id,
            PromptLabel.prompt_id == Prompt.id,
            PromptLabel.name == PRODUCTION,
        )
        .correlate(Prompt)
        .scalar_subquery()
    )
    return func.coalesce(holder, Prompt.latest_number)


def scores(session: Session, subject: Subject, ids: Sequence[UUID]) -> dict[UUID, Estimate]:
    """By prompt: how the version in production scored, the newest where none is."""
    score = latest_score(subject)
    rows = session.execute(
        select(Prompt.id, score.c.value, score.c.ends, score.c.n)
        .join(score, true())
        .where(Prompt.workspace_id == subject.workspace_id, Prompt.id.in_(ids))
    )
    return {row.id: Estimate(row.value, _interval(row.ends), row.n or 0) for row in rows}


def changes(session: Session, subject: Subject, ids: Sequence[UUID]) -> dict[UUID, Difference]:
    """By prompt: what the newest verdict found between the last two versions in production."""
    moved = (
        select(LabelMove.prompt_id, LabelMove.version_id, LabelMove.from_number)
        .where(
            LabelMove.workspace_id == subject.workspace_id,
            LabelMove.prompt_id.in_(ids),
            LabelMove.label == PRODUCTION,
        )
        .ext(distinct_on(LabelMove.prompt_id))
        .order_by(LabelMove.prompt_id, LabelMove.id.desc())
        .subquery()
    )
    before = aliased(PromptVersion)
    pairs = (
        select(
            moved.c.prompt_id.label("key"),
            moved.c.prompt_id,
            moved.c.version_id.label("candidate"),
            before.id.label("base"),
        )
        .join(
            before,
            and_(before.prompt_id == moved.c.prompt_id, before.number == moved.c.from_number),
        )
        .subquery()
    )
    found = _newest(session, subject, pairs)
    known = ((prompt_id, compared.change) for prompt_id, compared in found.items())
    return {prompt_id: change for prompt_id, change in known if change is not None}


def verdicts(session: Session, subject: Subject, ids: Sequence[UUID]) -> dict[UUID, Compared]:
    """By prompt: the newest verdict on its newest version against the one in production."""
    pairs = _against_production(subject).where(Prompt.id.in_(ids)).subquery()
    return _newest(session, subject, pairs)


def _against_production(subject: Subject) -> Select[*tuple[Any, ...]]:
    """Each prompt's newest version, and the one in production."""
    newest = aliased(PromptVersion)
    return (
        select(
            Prompt.id.label("key"),
            Prompt.id.label("prompt_id"),
            newest.id.label("candidate"),
            PromptLabel.version_id.label("base"),
        )
        .join(newest, and_(newest.prompt_id == Prompt.id, newest.number == Prompt.latest_number))
        .join(PromptLabel, and_(PromptLabel.prompt_id == Prompt.id, PromptLabel.name == PRODUCTION))
        .where(Prompt.workspace_id == subject.workspace_id)
    )


def of_versions(
    session: Session, subject: Subject, prompt_id: UUID, ids: Sequence[UUID]
) -> dict[UUID, Compared]:
    """By version: the newest verdict on it against its parent or the one in production."""
    version, base = aliased(PromptVersion), aliased(PromptVersion)
    holder = (
        select(PromptLabel.version_id)
        .where(PromptLabel.prompt_id == prompt_id, PromptLabel.name == PRODUCTION)
        .scalar_subquery()
    )
    against = or_(base.number == version.parent_number, base.id == holder)
    pairs = (
        select(
            version.id.label("key"),
            version.prompt_id,
            version.id.label("candidate"),
            base.id.label("base"),
        )
        .join(base, and_(base.prompt_id == version.prompt_id, base.id != version.id, against))
        .where(version.workspace_id == subject.workspace_id, version.id.in_(ids))
        .subquery()
    )
    return _newest(session, subject, pairs)


def regressed(subject: Subject) -> ColumnElement[bool]:
    """Of a prompt in a statement: its newest version is proven worse than the one in production."""
    pairs = _against_production(subject).subquery()
    newest = _newest_verdict(subject, pairs)
    worse = select(pairs.c.key).join(newest, true()).where(newest.c.ruling == Ruling.regression)
    return Prompt.id.in_(worse)


def _newest_verdict(subject: Subject, pairs: Subquery) -> LateralFromClause:
    """Per pair, by the index: reading all verdicts' contents to drop them costs ten times that.

    A side with a name of its own is a text that was tried, not the version it came from.
    """
    return (
        select(VerdictRecord)
        .where(
            VerdictRecord.workspace_id == subject.workspace_id,
            VerdictRecord.prompt_id == pairs.c.prompt_id,
            VerdictRecord.candidate_version_id == pairs.c.candidate,
            VerdictRecord.baseline_version_id == pairs.c.base,
            VerdictRecord.content["candidate", "name"].astext.is_(None),
            VerdictRecord.content["baseline", "name"].astext.is_(None),
        )
        .order_by(VerdictRecord.id.desc())
        .limit(1)
        .correlate(pairs)
        .lateral("newest")
    )


def _newest(session: Session, subject: Subject, pairs: Subquery) -> dict[UUID, Compared]:
    """The newest stored verdict on the pairs of each key."""
    newest = _newest_verdict(subject, pairs)
    rows = session.execute(
        select(
            pairs.c.key,
            newest.c.ruling,
            newest.c.experiment_id,
            newest.c.content["baseline", "version_number"].as_integer().label("number"),
            newest.c.content["metrics", 0].label("lead"),
        )
        .join(newest, true())
        .ext(distinct_on(pairs.c.key))
        .order_by(pairs.c.key, newest.c.id.desc())
    )
    return {row.key: _compared(row) for row in rows}


def _compared(row: Row[*tuple[Any, ...]]) -> Compared:
    lead = row.lead or {}
    return Compared(
        ruling=Ruling(row.ruling),
        baseline_number=row.number,
        experiment_id=row.experiment_id,
        difference=lead.get("difference"),
        interval=_interval(lead.get("interval")),
        n=lead.get("n_pairs") or 0,
        direction=lead.get("direction") or "higher",
    )


def _interval(ends: Sequence[float] | None) -> Interval | None:
    return (ends[0], ends[1]) if ends else None
