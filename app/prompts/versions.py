"""Versions of a prompt: immutable, numbered from 1 without gaps, no two with the same content."""

from collections.abc import Collection
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Select, select, update
from sqlalchemy.orm import Session

from app import audit
from app.accounts.subject import Subject
from app.audit import AuditTag
from app.core.clock import new_id, now
from app.core.errors import Conflict, Invalid, NotFound, OutOfDate
from app.models import Prompt, PromptLabel, PromptVersion
from app.prompts import content, paging, service
from app.prompts.content import Draft
from app.prompts.paging import Listing

LATEST = "latest"
LARGEST_NUMBER = 2**31 - 1  # of PostgreSQL's integer


class VersionNotFound(NotFound):
    message = "There is no such version of this prompt in your workspace."


class PromptArchived(Conflict):
    code = "prompt_archived"
    message = "{name} is archived; restore it before you add a version."


class SameContent(Conflict):
    code = "same_content"
    message = "Version {number} already says exactly this; nothing was saved."


class NotTheLatest(OutOfDate):
    message = (
        "Version {latest} was saved meanwhile; compare yours with it, then save it on top of that."
    )


class TwoPrompts(Invalid):
    message = "These are versions of two different prompts; compare versions of one."


def readable_by(subject: Subject) -> Select[PromptVersion]:
    """Every read of versions starts here."""
    return select(PromptVersion).where(PromptVersion.workspace_id == subject.workspace_id)


def get(session: Session, subject: Subject, *, prompt_id: UUID, version_id: UUID) -> PromptVersion:
    version = session.scalar(
        readable_by(subject).where(
            PromptVersion.prompt_id == prompt_id, PromptVersion.id == version_id
        )
    )
    if version is None:
        raise VersionNotFound
    return version


def find_latest(session: Session, subject: Subject, prompt_id: UUID) -> PromptVersion | None:
    return session.scalar(
        readable_by(subject)
        .where(PromptVersion.prompt_id == prompt_id)
        .order_by(PromptVersion.number.desc())
        .limit(1)
    )


def get_any(session: Session, subject: Subject, version_id: UUID) -> PromptVersion:
    """A version of whatever prompt."""
    version = session.scalar(readable_by(subject).where(PromptVersion.id == version_id))
    if version is None:
        raise VersionNotFound
    return version


class Named(NamedTuple):
    """A version and the name of its prompt, as it is now."""

    version: PromptVersion
    name: str


def inputs_of(session: Session, subject: Subject, prompt_id: UUID) -> list[dict[str, Any]] | None:
    """What the inputs of a golden example may hold; None for a prompt without a version.

    The variables of the newest version as it declares them, and those only an older one reads,
    optional now.
    """
    declared = session.scalars(
        select(PromptVersion.variables)
        .where(
            PromptVersion.workspace_id == subject.workspace_id,
            PromptVersion.prompt_id == prompt_id,
        )
        .order_by(PromptVersion.number.desc())
    ).all()
    if not declared:
        return None
    newest = {variable["name"]: variable for variable in declared[0]}
    older = {variable["name"] for version in declared[1:] for variable in version} - newest.keys()
    return [*newest.values(), *({"name": name, "required": False} for name in sorted(older))]


def get_by_name(session: Session, subject: Subject, *, name: str, selector: str) -> Named:
    """By the prompt's name of now or a former one, and a number, a label or `latest`."""
    if "\0" in name + selector:  # PostgreSQL's text holds none, so that nothing is called so
        raise VersionNotFound
    prompt = service.find_by_name(session, subject, name)
    wanted = readable_by(subject).where(PromptVersion.prompt_id == prompt.id)
    if selector == LATEST:
        wanted = wanted.where(PromptVersion.number == prompt.latest_number)
    elif selector.isascii() and selector.isdecimal():
        wanted = wanted.where(PromptVersion.number == _number(selector))
    else:
        holder = select(PromptLabel.version_id).where(
            PromptLabel.workspace_id == subject.workspace_id,
            PromptLabel.prompt_id == prompt.id,
            PromptLabel.name == selector,
        )
        wanted = wanted.where(PromptVersion.id.in_(holder))
    version = session.scalar(wanted)
    if version is None:
        raise VersionNotFound
    return Named(version, prompt.name)


def _number(digits: str) -> int:
    """0, which no version has, for a number no column holds: Python limits the digits it reads."""
    return int(digits) if len(digits) <= len(str(LARGEST_NUMBER)) else 0


def get_pair(
    session: Session, subject: Subject, first: UUID, second: UUID
) -> tuple[PromptVersion, PromptVersion]:
    """Two versions of one prompt; raises TwoPrompts when they are not."""
    found = {
        version.id: version
        for version in session.scalars(
            readable_by(subject).where(PromptVersion.id.in_({first, second}))
        )
    }
    if first not in found or second not in found:
        raise VersionNotFound
    if found[first].prompt_id != found[second].prompt_id:
        raise TwoPrompts
    return found[first], found[second]


def page(
    session: Session, subject: Subject, prompt_id: UUID, *, cursor: str | None, limit: int
) -> Listing[PromptVersion]:
    """Newest first."""
    prompt = service.get(session, subject, prompt_id)
    wanted = readable_by(subject).where(PromptVersion.prompt_id == prompt_id)
    order = f"versions {prompt_id}"
    after = paging.place(cursor, order)
    if after:
        wanted = wanted.where(PromptVersion.number < after[0])
    rows = session.scalars(wanted.order_by(PromptVersion.number.desc()).limit(limit + 1)).all()
    return paging.listing(
        rows,
        limit=limit,
        total=prompt.latest_number,  # numbers have no gaps
        order=order,
        place_of=lambda version: [version.number],
    )


def create(
    session: Session,
    subject: Subject,
    *,
    prompt_id: UUID,
    draft: Draft,
    parent_number: int | None = None,
    seen: Collection[str] | None = None,
) -> PromptVersion:
    """The next version; `parent_number` or `seen` content hashes say which one it was based on.

    Raises Invalid for the content, PromptArchived, NotTheLatest and SameContent.
    """
    values = content.columns(draft)  # before the lock: it is the slow part
    prompt = service.locked(session, subject, prompt_id)
    if prompt.archived_at is not None:
        raise PromptArchived(name=prompt.name)
    latest = find_latest(session, subject, prompt_id)
    _refuse_outdated(latest, parent_number, seen)
    _refuse_same(session, subject, prompt_id, values["content_hash"])
    version = PromptVersion(
        id=new_id(),
        workspace_id=subject.workspace_id,
        prompt_id=prompt_id,
        number=prompt.latest_number + 1,
        parent_number=latest.number if latest else None,
        created_by=subject.label,
        **values,
    )
    session.add(version)
    session.flush()
    session.refresh(version, ["created_at"])
    session.execute(
        update(Prompt)
        .where(Prompt.workspace_id == subject.workspace_id, Prompt.id == prompt_id)
        .values(latest_number=version.number, updated_at=now())
    )
    audit.record(
        session,
        subject,
        AuditTag.version_created,
        object_id=version.id,
        after={
            "prompt_id": prompt_id,
            "number": version.number,
            "content_hash": version.content_hash,
            "message": draft.message,
        },
    )
    return version


def _refuse_outdated(
    latest: PromptVersion | None, parent_number: int | None, seen: Collection[str] | None
) -> None:
    number = latest.number if latest else 0
    content_hash = latest.content_hash if latest else ""
    outdated = parent_number is not None and parent_number != number
    if outdated or (seen is not None and content_hash not in seen):
        raise NotTheLatest(
            latest=number,
            extra={"number": number, "version_id": str(latest.id) if latest else None},
        )


def _refuse_same(session: Session, subject: Subject, prompt_id: UUID, content_hash: str) -> None:
    same = session.execute(
        select(PromptVersion.id, PromptVersion.number).where(
            PromptVersion.workspace_id == subject.workspace_id,
            PromptVersion.prompt_id == prompt_id,
            PromptVersion.content_hash == content_hash,
        )
    ).one_or_none()
    if same is not None:
        raise SameContent(
            number=same.number, extra={"version_id": str(same.id), "number": same.number}
        )
