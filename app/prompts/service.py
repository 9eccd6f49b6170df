"""The library: prompts by id and by name, created, changed, archived, erased."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, delete, or_, select, text
from sqlalchemy.orm import Session

from app import audit
from app.accounts.subject import Scope, Subject
from app.audit import AuditTag
from app.core.clock import new_id, now
from app.core.errors import Conflict, Forbidden, NotFound, OutOfDate
from app.models import Prompt, PromptAlias


class PromptNotFound(NotFound):
    message = "There is no such prompt in your workspace."


class NameTaken(Conflict):
    code = "name_taken"
    message = "Another prompt is, or once was, called {name!r}; choose another name."


class PromptChanged(OutOfDate):
    message = "The prompt is at revision {revision} now; read it again and repeat your change."


def readable_by(subject: Subject) -> Select[Prompt]:
    """Every read of prompts starts here."""
    return select(Prompt).where(Prompt.workspace_id == subject.workspace_id)


def get(session: Session, subject: Subject, prompt_id: UUID) -> Prompt:
    prompt = session.scalar(readable_by(subject).where(Prompt.id == prompt_id))
    if prompt is None:
        raise PromptNotFound
    return prompt


def find_by_name(session: Session, subject: Subject, name: str) -> Prompt:
    """By the name of now or one it once had."""
    had = select(PromptAlias.prompt_id).where(
        PromptAlias.workspace_id == subject.workspace_id, PromptAlias.name == name
    )
    named = or_(Prompt.name == name, Prompt.id.in_(had))
    prompt = session.scalar(readable_by(subject).where(named))
    if prompt is None:
        raise PromptNotFound
    return prompt


def locked(
    session: Session, subject: Subject, prompt_id: UUID
) -> Row[UUID, str, int, datetime | None]:
    """`id, name, latest_number, archived_at` as they are now; others wait until the commit."""
    row = session.execute(
        select(Prompt.id, Prompt.name, Prompt.latest_number, Prompt.archived_at)
        .where(Prompt.workspace_id == subject.workspace_id, Prompt.id == prompt_id)
        .with_for_update()
    ).one_or_none()
    if row is None:
        raise PromptNotFound
    return row


def create(
    session: Session,
    subject: Subject,
    *,
    name: str,
    description: str = "",
    tags: Sequence[str] = (),
) -> Prompt:
    """A prompt without a version yet; raises NameTaken."""
    _claim(session, subject, name, prompt_id=None)
    prompt = Prompt(
        id=new_id(),
        workspace_id=subject.workspace_id,
        name=name,
        description=description,
        tags=list(tags),
        created_by=subject.label,
    )
    session.add(prompt)
    session.flush()
    audit.record(
        session,
        subject,
        AuditTag.prompt_created,
        object_id=prompt.id,
        after={"name": name, "description": description, "tags": list(tags)},
    )
    return prompt


def change(
    session: Session,
    subject: Subject,
    prompt_id: UUID,
    *,
    changes: dict[str, Any],
    revisions: Collection[str] | None = None,
) -> None:
    """Sets `name`, `description`, `tags` or `archived`; the old name stays as an alias.

    `revisions` are those the caller has seen; raises PromptChanged when now's is none of them.
    """
    if "name" in changes:  # before the row, as `create` does: one order, no deadlock
        _claim(session, subject, changes["name"], prompt_id=prompt_id)
    prompt = session.scalar(
        readable_by(subject)
        .where(Prompt.id == prompt_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if prompt is None:
        raise PromptNotFound
    if revisions is not None and str(prompt.revision) not in revisions:
        raise PromptChanged(revision=prompt.revision)
    before = {key: _value(prompt, key) for key in changes}
    if before == changes:
        return
    if changes.get("name", prompt.name) != prompt.name:
        _rename(session, prompt, changes["name"])
    for key in changes.keys() & {"description", "tags"}:
        setattr(prompt, key, changes[key])
    if changes.get("archived", before.get("archived")) != before.get("archived"):
        prompt.archived_at = now() if changes["archived"] else None
    prompt.revision += 1
    prompt.updated_at = now()
    session.flush()
    tag = AuditTag.prompt_archived if changes.get("archived") else AuditTag.prompt_changed
    audit.record(session, subject, tag, object_id=prompt.id, before=before, after=changes)


def erase(session: Session, subject: Subject, prompt_id: UUID) -> None:
    """Removes the prompt and all that belongs to it: versions, examples, runs, experiments."""
    if not subject.may(Scope.admin):
        raise Forbidden("Erasing a prompt for good needs the scope 'admin'; archive it instead.")
    name = locked(session, subject, prompt_id).name
    session.execute(
        delete(Prompt).where(Prompt.workspace_id == subject.workspace_id, Prompt.id == prompt_id)
    )
    audit.record(
        session, subject, AuditTag.prompt_erased, object_id=prompt_id, before={"name": name}
    )


def _value(prompt: Prompt, key: str) -> Any:  # noqa: ANN401 - the value of any column
    return prompt.archived_at is not None if key == "archived" else getattr(prompt, key)


def _rename(session: Session, prompt: Prompt, name: str) -> None:
    """An own former name that is taken up again stops being an alias."""
    session.execute(
        delete(PromptAlias).where(
            PromptAlias.workspace_id == prompt.workspace_id, PromptAlias.name == name
        )
    )
    session.add(
        PromptAlias(workspace_id=prompt.workspace_id, prompt_id=prompt.id, name=prompt.name)
    )
    prompt.name = name


def _claim(session: Session, subject: Subject, name: str, *, prompt_id: UUID | None) -> None:
    """Names and aliases are two tables, so that one name at a time is given out per workspace."""
    session.execute(
        text("SELECT pg_advisory_xact_lock(hashtextextended(:lock, 0))"),
        {"lock": f"prompt names {subject.workspace_id}"},
    )
    names = select(Prompt.id.label("owner")).where(
        Prompt.workspace_id == subject.workspace_id, Prompt.name == name
    )
    aliases = select(PromptAlias.prompt_id).where(
        PromptAlias.workspace_id == subject.workspace_id, PromptAlias.name == name
    )
    owner = session.scalar(names.union_all(aliases))
    if owner is not None and owner != prompt_id:
        raise NameTaken(name=name, extra={"prompt_id": str(owner)})
