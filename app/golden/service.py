"""Golden examples of a prompt: added, changed, removed, listed."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Literal, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Select, exists, func, or_, select
from sqlalchemy.orm import Session

from app import audit
from app.accounts.subject import Subject
from app.audit import AuditTag
from app.core.clock import new_id, now
from app.core.errors import NotFound, OutOfDate
from app.models import GoldenExample
from app.prompts import paging, rendering, versions
from app.prompts import service as prompts
from app.prompts.paging import Listing

Sort = Literal["created_at", "-created_at"]
Fields = Mapping[str, Any]  # by the names of the table's columns

AUDITED = ("tags", "split", "weight", "critical", "source")  # not what people wrote


class ExampleNotFound(NotFound):
    message = "There is no such golden example of this prompt in your workspace."


class ExampleChanged(OutOfDate):
    message = "The example is at revision {revision} now; read it again and repeat your change."


class Filters(NamedTuple):
    """`q` is looked for in the inputs and in all texts; `lacks` is a variable without a value."""

    tags: Sequence[str] = ()
    split: str | None = None
    critical: bool | None = None
    q: str | None = None
    lacks: str | None = None


def readable_by(subject: Subject) -> Select[GoldenExample]:
    """Every read of golden examples starts here."""
    return select(GoldenExample).where(GoldenExample.workspace_id == subject.workspace_id)


def matching(subject: Subject, prompt_id: UUID, filters: Filters) -> Select[GoldenExample]:
    clauses: list[ColumnElement[bool]] = [GoldenExample.prompt_id == prompt_id]
    if filters.tags:
        clauses.append(GoldenExample.tags.contains(list(filters.tags)))
    if filters.split is not None:
        clauses.append(GoldenExample.split == filters.split)
    if filters.critical is not None:
        clauses.append(GoldenExample.critical.is_(filters.critical))
    if filters.q:
        clauses.append(_mentions(filters.q))
    if filters.lacks:
        clauses.append(lacks(filters.lacks))
    return readable_by(subject).where(*clauses)


def lacks(variable: str) -> ColumnElement[bool]:
    """Without the variable, or with null or an empty text for it."""
    return func.coalesce(GoldenExample.input_data[variable].astext, "") == ""


def _mentions(q: str) -> ColumnElement[bool]:
    given = func.jsonb_each_text(GoldenExample.input_data).table_valued("key", "value")
    texts = (GoldenExample.expected_output, GoldenExample.context, GoldenExample.criteria)
    return or_(
        *(text.icontains(q, autoescape=True) for text in texts),
        exists(select(given.c.key).where(given.c.value.icontains(q, autoescape=True))),
    )


def page(
    session: Session,
    subject: Subject,
    prompt_id: UUID,
    *,
    filters: Filters,
    sort: Sort,
    cursor: str | None,
    limit: int,
) -> Listing[GoldenExample]:
    """In the order they were added, or the other way round."""
    prompts.get(session, subject, prompt_id)
    wanted = matching(subject, prompt_id, filters)
    total = session.scalar(select(func.count()).select_from(wanted.subquery())) or 0
    falling = sort.startswith("-")
    order = f"examples {prompt_id} {sort}"
    after = paging.place(cursor, order)
    if after:
        last = UUID(after[0])
        wanted = wanted.where(GoldenExample.id < last if falling else GoldenExample.id > last)
    by = GoldenExample.id.desc() if falling else GoldenExample.id
    rows = session.scalars(wanted.order_by(by).limit(limit + 1)).all()
    return paging.listing(
        rows, limit=limit, total=total, order=order, place_of=lambda row: [row.id]
    )


def get(session: Session, subject: Subject, prompt_id: UUID, example_id: UUID) -> GoldenExample:
    example = session.scalar(
        readable_by(subject).where(
            GoldenExample.prompt_id == prompt_id, GoldenExample.id == example_id
        )
    )
    if example is None:
        raise ExampleNotFound
    return example


def add(session: Session, subject: Subject, prompt_id: UUID, *, fields: Fields) -> GoldenExample:
    """Raises Invalid naming the variables the newest version misses or no version knows."""
    prompts.get(session, subject, prompt_id)
    _check_inputs(session, subject, prompt_id, fields["input_data"])
    example = GoldenExample(
        id=new_id(),
        workspace_id=subject.workspace_id,
        prompt_id=prompt_id,
        created_by=subject.label,
        **fields,
    )
    session.add(example)
    session.flush()
    session.refresh(example)
    audit.record(
        session,
        subject,
        AuditTag.example_created,
        object_id=example.id,
        after={"prompt_id": prompt_id, **_audited(fields)},
    )
    return example


def change(
    session: Session,
    subject: Subject,
    prompt_id: UUID,
    example_id: UUID,
    *,
    changes: Fields,
    revisions: Collection[str] | None = None,
) -> GoldenExample:
    """`revisions` are those the caller has seen; raises ExampleChanged when now's is none."""
    example = session.scalar(
        readable_by(subject)
        .where(GoldenExample.prompt_id == prompt_id, GoldenExample.id == example_id)
        .with_for_update()
    )
    if example is None:
        raise ExampleNotFound
    if revisions is not None and str(example.revision) not in revisions:
        raise ExampleChanged(revision=example.revision)
    if "input_data" in changes:
        _check_inputs(session, subject, prompt_id, changes["input_data"])
    before = {key: getattr(example, key) for key in changes}
    if before == changes:
        return example
    for key, value in changes.items():
        setattr(example, key, value)
    example.revision += 1
    example.updated_at = now()
    session.flush()
    audit.record(
        session,
        subject,
        AuditTag.example_changed,
        object_id=example.id,
        before=_audited(before),
        after={"fields": sorted(changes), **_audited(changes)},
    )
    return example


def remove(session: Session, subject: Subject, prompt_id: UUID, example_id: UUID) -> None:
    """For good; experiments keep the copy they froze."""
    example = get(session, subject, prompt_id, example_id)
    session.delete(example)
    session.flush()
    audit.record(
        session,
        subject,
        AuditTag.example_deleted,
        object_id=example_id,
        before={"prompt_id": prompt_id},
    )


def _check_inputs(
    session: Session, subject: Subject, prompt_id: UUID, input_data: Mapping[str, Any]
) -> None:
    """A prompt without a version takes any input."""
    variables = versions.inputs_of(session, subject, prompt_id)
    if variables is not None:
        rendering.check_variables({"variables": variables}, input_data, pointer="#/input_data")


def _audited(fields: Fields) -> dict[str, Any]:
    return {key: fields[key] for key in AUDITED if key in fields}
