"""What a list of judges says of each newest version: what it is made of, and what may be believed.

A page costs three statements whatever it holds.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import column, func, select, tuple_
from sqlalchemy.dialects.postgresql import JSONB, distinct_on
from sqlalchemy.orm import Session

from app.accounts.subject import Subject
from app.core.clock import now
from app.core.config import get_settings
from app.evaluators.base import InvalidEvaluatorOptions, UnknownEvaluator, build
from app.judges.certificates import DECIDED
from app.models import ON_BEHALF, Experiment, Judge, JudgeCertificate, JudgeVersion
from app.prompts.quality import Estimate


class Examined(NamedTuple):
    """The newest decided certificate of one very judge; `kappa` is None where none was measured."""

    id: UUID
    admissible: bool
    expired: bool
    expires_at: datetime
    kappa: Estimate | None
    min_kappa: float | None


class Standing(NamedTuple):
    """`model` is None where the experiment's judge model is asked: today's then has to show it."""

    evaluator: str
    model: str | None
    certificate: Examined | None
    experiments: int


class _Identity(NamedTuple):
    """What a certificate is for."""

    evaluator: str
    version: str
    model: str


def of_judges(session: Session, subject: Subject, judges: Sequence[Judge]) -> dict[UUID, Standing]:
    """By judge, each of its newest version."""
    newest = session.scalars(
        select(JudgeVersion)
        .join(
            Judge,
            (Judge.id == JudgeVersion.judge_id) & (Judge.latest_number == JudgeVersion.number),
        )
        .where(
            JudgeVersion.workspace_id == subject.workspace_id,
            JudgeVersion.judge_id.in_([judge.id for judge in judges]),
        )
    ).all()
    identities = {version.judge_id: _identity(version) for version in newest}
    examined = _examined(session, subject, filter(None, identities.values()))
    used = _experiments(session, subject, [judge.name for judge in judges])
    names = {judge.id: judge.name for judge in judges}
    return {
        version.judge_id: Standing(
            version.evaluator,
            version.model,
            _found(examined, identities[version.judge_id]),
            used.get(names[version.judge_id], 0),
        )
        for version in newest
    }


def _identity(version: JudgeVersion) -> _Identity | None:
    """None where its evaluator is no longer there: nothing vouches for it."""
    try:
        evaluator = build(version.evaluator, version.options)
    except (UnknownEvaluator, InvalidEvaluatorOptions):
        return None
    return _Identity(version.evaluator, evaluator.version, version.model or get_settings().judge)


def _found(examined: Mapping[_Identity, Examined], identity: _Identity | None) -> Examined | None:
    return examined.get(identity) if identity else None


def _examined(
    session: Session, subject: Subject, identities: Iterable[_Identity]
) -> dict[_Identity, Examined]:
    key = (
        JudgeCertificate.evaluator,
        JudgeCertificate.evaluator_version,
        JudgeCertificate.judge_model,
    )
    rows = session.scalars(
        select(JudgeCertificate)
        .where(
            JudgeCertificate.workspace_id == subject.workspace_id,
            tuple_(*key).in_(list(set(identities))),
            JudgeCertificate.report["state"].astext == DECIDED,
        )
        .ext(distinct_on(*key))
        .order_by(*key, JudgeCertificate.id.desc())
    )
    return {
        _Identity(row.evaluator, row.evaluator_version, row.judge_model): _told(row) for row in rows
    }


def _told(row: JudgeCertificate) -> Examined:
    kappa: Mapping[str, Any] | None = row.report.get("kappa")
    return Examined(
        row.id,
        row.admissible,
        row.expires_at <= now(),
        row.expires_at,
        Estimate(kappa["value"], tuple(kappa["interval"]), row.n) if kappa else None,
        row.report.get("min_kappa"),
    )


def _experiments(session: Session, subject: Subject, names: Sequence[str]) -> dict[str, int]:
    """How many experiments froze a judge of the name, in any version; probes are no experiments."""
    entries = func.jsonb_array_elements(Experiment.evaluators)
    entry = entries.table_valued(column("value", JSONB()))
    name = entry.c.value["judge"]["name"].astext
    rows = session.execute(
        select(name.label("name"), func.count(Experiment.id.distinct()).label("experiments"))
        .select_from(Experiment)
        .join(entry, name.in_(names))
        .where(
            Experiment.workspace_id == subject.workspace_id,
            Experiment.trigger.not_in(ON_BEHALF),
        )
        .group_by(name)
    )
    return {row.name: row.experiments for row in rows}
