"""Judges kept like prompts: a name, and immutable numbered versions of what it means."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app import audit
from app.accounts.subject import Subject
from app.audit import AuditTag
from app.core.clock import new_id, now
from app.core.errors import Conflict, NotFound, invalid
from app.evaluators.base import Evaluator, InvalidEvaluatorOptions, UnknownEvaluator, build
from app.llm.registry import LOCAL, UnknownModel, local, parse
from app.models import Judge, JudgeVersion


class JudgeNotFound(NotFound):
    message = "There is no judge with this id in your workspace."


class NameTaken(Conflict):
    code = "name_taken"
    message = "A judge named {name} is there already; add a version to it or choose another name."


class SameContent(Conflict):
    code = "same_content"
    message = "Version {number} already says exactly this; nothing was saved."


class JudgeArchived(Conflict):
    message = "{name} is archived; make a judge of another name."


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A version before it is saved. Without a `model` it asks the experiment's judge model."""

    evaluator: str
    options: Mapping[str, Any] = field(default_factory=dict)
    model: str | None = None
    message: str = ""


def readable_by(subject: Subject) -> Select[Judge]:
    """Every read of judges starts here."""
    return select(Judge).where(Judge.workspace_id == subject.workspace_id)


def get(session: Session, subject: Subject, judge_id: UUID) -> Judge:
    judge = session.scalar(readable_by(subject).where(Judge.id == judge_id))
    if judge is None:
        raise JudgeNotFound
    return judge


def page(
    session: Session, subject: Subject, *, before: UUID | None, limit: int
) -> tuple[Sequence[Judge], int]:
    """Newest first, without the archived ones; and how many there are in all."""
    wanted = readable_by(subject).where(Judge.archived_at.is_(None))
    total = session.scalar(select(func.count()).select_from(wanted.subquery())) or 0
    if before:
        wanted = wanted.where(Judge.id < before)
    return session.scalars(wanted.order_by(Judge.id.desc()).limit(limit)).all(), total


def versions_of(session: Session, judge: Judge) -> Sequence[JudgeVersion]:
    """Newest first."""
    return session.scalars(
        select(JudgeVersion)
        .where(JudgeVersion.workspace_id == judge.workspace_id, JudgeVersion.judge_id == judge.id)
        .order_by(JudgeVersion.number.desc())
    ).all()


def create(
    session: Session, subject: Subject, *, name: str, description: str, draft: Draft
) -> Judge:
    """A judge with its first version; raises NameTaken, or Invalid for what the version says."""
    check(draft)
    judge = Judge(
        id=new_id(),
        workspace_id=subject.workspace_id,
        name=name,
        description=description,
        created_by=subject.label,
    )
    try:
        with session.begin_nested():
            session.add(judge)
    except IntegrityError as error:
        raise NameTaken(name=name) from error
    audit.record(session, subject, AuditTag.judge_created, object_id=judge.id, after={"name": name})
    _add(session, subject, judge, draft)
    return judge


def add_version(session: Session, subject: Subject, judge_id: UUID, draft: Draft) -> Judge:
    """The next version; raises SameContent naming the one that says the same already."""
    check(draft)
    judge = session.scalar(readable_by(subject).where(Judge.id == judge_id).with_for_update())
    if judge is None:
        raise JudgeNotFound
    if judge.archived_at is not None:
        raise JudgeArchived(name=judge.name)
    same = session.scalar(
        select(JudgeVersion.number).where(
            JudgeVersion.workspace_id == subject.workspace_id,
            JudgeVersion.judge_id == judge.id,
            JudgeVersion.content_hash == _content_hash(draft),
        )
    )
    if same is not None:
        raise SameContent(number=same, extra={"number": same})
    _add(session, subject, judge, draft)
    return judge


def archive(session: Session, subject: Subject, judge_id: UUID) -> None:
    """No new experiment may name it; those that did keep what they froze."""
    judge = get(session, subject, judge_id)
    if judge.archived_at is not None:
        return
    judge.archived_at = now()
    session.flush()
    audit.record(
        session, subject, AuditTag.judge_archived, object_id=judge.id, before={"name": judge.name}
    )


def check(draft: Draft) -> Evaluator:
    """The evaluator the draft describes; raises a 422 that names what is wrong with it."""
    try:
        evaluator = build(draft.evaluator, draft.options)
    except UnknownEvaluator as error:
        raise invalid("#/evaluator", str(error), code="unknown_evaluator") from error
    except InvalidEvaluatorOptions as error:
        raise invalid("#/options", str(error), code="invalid_options") from error
    if draft.model is not None:
        if not evaluator.needs_model:
            raise invalid("#/model", f"{draft.evaluator} asks no model; leave the model out.")
        _check_model(draft.model)
    return evaluator


def _check_model(reference: str) -> None:
    try:
        provider, model = parse(reference)
        if provider == LOCAL:
            local(model)
    except UnknownModel as error:
        raise invalid("#/model", str(error), code="unknown_model") from error


def _content_hash(draft: Draft) -> str:
    content = [draft.evaluator, dict(draft.options), draft.model]
    canonical = json.dumps(content, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def _add(session: Session, subject: Subject, judge: Judge, draft: Draft) -> None:
    judge.latest_number = (judge.latest_number or 0) + 1
    version = JudgeVersion(
        id=new_id(),
        workspace_id=subject.workspace_id,
        judge_id=judge.id,
        number=judge.latest_number,
        evaluator=draft.evaluator,
        options=dict(draft.options),
        model=draft.model,
        content_hash=_content_hash(draft),
        message=draft.message,
        created_by=subject.label,
    )
    session.add(version)
    session.flush()
    session.refresh(judge)
    audit.record(
        session,
        subject,
        AuditTag.judge_version_created,
        object_id=version.id,
        after={"judge_id": judge.id, "number": version.number, "message": draft.message},
    )
