"""Labels move between versions; the one called `production` says which version is served.

A label that a gate protects moves as `admission.py` says.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Row, and_, func, select
from sqlalchemy.dialects.postgresql import distinct_on, insert
from sqlalchemy.orm import Session

from app import audit
from app.accounts.subject import Subject
from app.audit import AuditTag
from app.core.clock import new_id, now
from app.core.errors import invalid
from app.events import EventKind, emit
from app.models import LabelMove, PromptLabel, PromptVersion
from app.prompts import admission, paging, service, versions
from app.prompts.admission import Answer, Asked, Holder
from app.prompts.paging import Listing

PRODUCTION = "production"


class Standing(NamedTuple):
    """Where a label stands."""

    name: str
    version_id: UUID
    version_number: int
    moved_at: datetime


def refuse_reserved(label: str) -> None:
    if label == versions.LATEST:
        raise invalid(
            "#/label",
            "'latest' always is the newest version; choose another label.",
            code="reserved",
        )


def move(
    session: Session, subject: Subject, *, prompt_id: UUID, version_id: UUID, asked: Asked
) -> LabelMove:
    """Puts the label on the version and writes the history; undo is a move back.

    Where the label already stands there, nothing is written and the move that put it there is the
    answer. Raises PromptArchived and what `admission.admit` raises.
    """
    refuse_reserved(asked.label)
    if asked.override:
        admission.check_override(subject, asked)
    prompt = service.locked(session, subject, prompt_id)  # moves of one label take turns
    if prompt.archived_at is not None:
        raise versions.PromptArchived(
            "{name} is archived; restore it before you move a label.", name=prompt.name
        )
    version = versions.get(session, subject, prompt_id=prompt_id, version_id=version_id)
    holder = find_holder(session, subject, prompt_id, asked.label)
    if holder is not None and holder.id == version_id:
        return _last_move_to(session, subject, prompt_id, asked.label, version_id)
    answer = admission.admit(session, version, holder, asked)
    made = _made(subject, version, holder, asked, answer)
    _put(session, version, made.label, made.created_at)
    session.add(made)
    session.flush()
    _record(session, subject, made)
    _announce(session, prompt.name, made)
    return made


def _announce(session: Session, prompt_name: str, made: LabelMove) -> None:
    emit(
        session,
        made.workspace_id,
        EventKind.prompt_label_moved,
        title=f"{made.label} of {prompt_name} is version {made.to_number} now.",
        object_id=made.prompt_id,
        data={
            "prompt": prompt_name,
            "label": made.label,
            "from_number": made.from_number,
            "to_number": made.to_number,
            "version_id": str(made.version_id),
            "moved_by": made.moved_by,
            "override": made.override,
        },
    )


def _made(
    subject: Subject,
    version: PromptVersion,
    holder: Holder | None,
    asked: Asked,
    answer: Answer | None,
) -> LabelMove:
    return LabelMove(
        id=new_id(),
        created_at=now(),
        workspace_id=subject.workspace_id,
        prompt_id=version.prompt_id,
        label=asked.label,
        from_number=holder.number if holder else None,
        to_number=version.number,
        version_id=version.id,
        reason=asked.reason,
        verdict=answer._asdict() if answer else None,
        override=answer is not None and answer.overridden,
        moved_by=subject.label,
    )


def _put(session: Session, version: PromptVersion, label: str, at: datetime) -> None:
    session.execute(
        insert(PromptLabel)
        .values(
            id=new_id(),
            workspace_id=version.workspace_id,
            prompt_id=version.prompt_id,
            name=label,
            version_id=version.id,
            moved_at=at,
        )
        .on_conflict_do_update(
            index_elements=["workspace_id", "prompt_id", "name"],
            set_={"version_id": version.id, "moved_at": at},
        )
    )


def _record(session: Session, subject: Subject, made: LabelMove) -> None:
    audit.record(
        session,
        subject,
        AuditTag.label_moved,
        object_id=made.prompt_id,
        before={"label": made.label, "number": made.from_number},
        after={
            "label": made.label,
            "number": made.to_number,
            "version_id": made.version_id,
            "reason": made.reason,
            "override": made.override,
            "verdict": made.verdict,
        },
    )


def page(session: Session, subject: Subject, prompt_id: UUID) -> list[LabelMove]:
    """Where each label stands: the move that put it there, labels in alphabetical order."""
    service.get(session, subject, prompt_id)
    newest = (
        select(LabelMove)
        .join(
            PromptLabel,
            and_(
                PromptLabel.prompt_id == LabelMove.prompt_id,
                PromptLabel.name == LabelMove.label,
                PromptLabel.version_id == LabelMove.version_id,
            ),
        )
        .where(*_of(subject, prompt_id))
        .ext(distinct_on(LabelMove.label))
        .order_by(LabelMove.label, LabelMove.id.desc())
    )
    return list(session.scalars(newest))


def history(
    session: Session,
    subject: Subject,
    *,
    prompt_id: UUID,
    label: str,
    cursor: str | None,
    limit: int,
) -> Listing[LabelMove]:
    """All moves of one label, newest first; none for a label that never stood anywhere."""
    service.get(session, subject, prompt_id)
    mine = (*_of(subject, prompt_id), LabelMove.label == label)
    total = session.scalar(select(func.count()).select_from(LabelMove).where(*mine)) or 0
    wanted = select(LabelMove).where(*mine)
    order = f"moves {prompt_id} {label}"
    after = paging.place(cursor, order)
    if after:
        wanted = wanted.where(LabelMove.id < UUID(after[0]))
    rows = session.scalars(wanted.order_by(LabelMove.id.desc()).limit(limit + 1)).all()
    return paging.listing(
        rows, limit=limit, total=total, order=order, place_of=lambda row: [row.id]
    )


def standing(
    session: Session, subject: Subject, prompt_ids: Sequence[UUID]
) -> dict[UUID, list[Standing]]:
    """The labels of some prompts, each prompt's in alphabetical order."""
    rows = session.execute(
        select(
            PromptLabel.prompt_id,
            PromptLabel.name,
            PromptLabel.version_id,
            PromptVersion.number.label("version_number"),
            PromptLabel.moved_at,
        )
        .join(PromptVersion, PromptVersion.id == PromptLabel.version_id)
        .where(
            PromptLabel.workspace_id == subject.workspace_id, PromptLabel.prompt_id.in_(prompt_ids)
        )
        .order_by(PromptLabel.name)
    )
    found: dict[UUID, list[Standing]] = {prompt_id: [] for prompt_id in prompt_ids}
    for row in rows:
        found[row.prompt_id].append(
            Standing(row.name, row.version_id, row.version_number, row.moved_at)
        )
    return found


def _of(subject: Subject, prompt_id: UUID) -> tuple[ColumnElement[bool], ...]:
    return LabelMove.workspace_id == subject.workspace_id, LabelMove.prompt_id == prompt_id


def find_holder(
    session: Session, subject: Subject, prompt_id: UUID, label: str
) -> Row[UUID, int] | None:
    """Id and number of the version the label stands on."""
    return session.execute(
        select(PromptVersion.id, PromptVersion.number)
        .join(PromptLabel, PromptLabel.version_id == PromptVersion.id)
        .where(
            PromptLabel.workspace_id == subject.workspace_id,
            PromptLabel.prompt_id == prompt_id,
            PromptLabel.name == label,
        )
    ).one_or_none()


def _last_move_to(
    session: Session, subject: Subject, prompt_id: UUID, label: str, version_id: UUID
) -> LabelMove:
    return session.scalars(
        select(LabelMove)
        .where(
            *_of(subject, prompt_id), LabelMove.label == label, LabelMove.version_id == version_id
        )
        .order_by(LabelMove.id.desc())
        .limit(1)
    ).one()
