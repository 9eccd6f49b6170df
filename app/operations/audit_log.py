"""The audit log as admins read it: pages newest first, and all of it as a file."""

import csv
import json
from collections.abc import Iterator, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from app.accounts.subject import Subject
from app.audit import AuditTag
from app.core.database import unit_of_work
from app.golden.cells import escape
from app.models import AuditEvent
from app.prompts import paging
from app.prompts.paging import Listing

BATCH = 1_000  # rows in memory, and in one transaction, of an export
COLUMNS = (
    "number",
    "created_at",
    "tag",
    "actor",
    "actor_id",
    "object_id",
    "before",
    "after",
    "address",
    "request_id",
    "previous_digest",
    "digest",
)


class Filters(NamedTuple):
    """`actor` is a part of the name; a `tag` finds those below it: `prompt`, `prompt:version`."""

    actor: str | None = None
    tag: str | None = None
    object_id: UUID | None = None
    since: datetime | None = None
    until: datetime | None = None


class ExportFormat(StrEnum):
    csv = "csv"
    jsonl = "jsonl"


def tags() -> list[str]:
    return sorted(tag.value for tag in AuditTag)


def readable_by(subject: Subject, filters: Filters) -> Select[AuditEvent]:
    """Every read of the log starts here."""
    wanted = select(AuditEvent).where(AuditEvent.workspace_id == subject.workspace_id)
    if filters.actor:
        wanted = wanted.where(AuditEvent.actor.icontains(filters.actor, autoescape=True))
    if filters.tag:
        below = AuditEvent.tag.startswith(f"{filters.tag}:", autoescape=True)
        wanted = wanted.where(or_(AuditEvent.tag == filters.tag, below))
    if filters.object_id:
        wanted = wanted.where(AuditEvent.object_id == filters.object_id)
    if filters.since:
        wanted = wanted.where(AuditEvent.created_at >= filters.since)
    if filters.until:
        wanted = wanted.where(AuditEvent.created_at < filters.until)
    return wanted


def page(
    session: Session, subject: Subject, *, filters: Filters, cursor: str | None, limit: int
) -> Listing[AuditEvent]:
    """Newest first."""
    wanted = readable_by(subject, filters)
    total = session.scalar(select(func.count()).select_from(wanted.subquery())) or 0
    order = f"audit {subject.workspace_id}"
    after = paging.place(cursor, order)
    if after:
        wanted = wanted.where(AuditEvent.number < after[0])
    rows = session.scalars(wanted.order_by(AuditEvent.number.desc()).limit(limit + 1)).all()
    return paging.listing(
        rows, limit=limit, total=total, order=order, place_of=lambda row: [row.number]
    )


class Export(NamedTuple):
    """A file's name, and its content in pieces."""

    name: str
    pieces: Iterator[str]


def export(subject: Subject, *, filters: Filters, fmt: ExportFormat) -> Export:
    """Oldest first, with the digests that chain the rows; JSONL loses nothing.

    Rows are only ever added, so that reading them in several transactions misses none.
    """
    batches = _batches(subject, filters)
    pieces = _csv(batches) if fmt is ExportFormat.csv else _jsonl(batches)
    return Export(f"audit-log.{fmt.value}", pieces)


def _batches(subject: Subject, filters: Filters) -> Iterator[Sequence[AuditEvent]]:
    last = 0
    while True:
        wanted = readable_by(subject, filters).where(AuditEvent.number > last)
        with unit_of_work(subject.workspace_id) as session:
            rows = session.scalars(wanted.order_by(AuditEvent.number).limit(BATCH)).all()
        if not rows:
            return
        yield rows
        last = rows[-1].number


def _jsonl(batches: Iterator[Sequence[AuditEvent]]) -> Iterator[str]:
    for rows in batches:
        yield "".join(
            json.dumps(dict(zip(COLUMNS, _values(row), strict=True)), ensure_ascii=False) + "\n"
            for row in rows
        )


class _Echo:
    """A file for `csv.writer` that hands each line straight back."""

    def write(self, line: str) -> str:
        return line


def _csv(batches: Iterator[Sequence[AuditEvent]]) -> Iterator[str]:
    writer = csv.writer(_Echo(), lineterminator="\r\n")
    yield "\ufeff" + str(writer.writerow(COLUMNS))
    for rows in batches:
        yield "".join(str(writer.writerow(map(_cell, _values(row)))) for row in rows)


def _values(row: AuditEvent) -> list[Any]:
    return [_plain(getattr(row, column)) for column in COLUMNS]


def _plain(value: object) -> Any:  # noqa: ANN401 - JSON
    if isinstance(value, datetime):
        return value.isoformat()
    return value if value is None or isinstance(value, (str, int, dict)) else str(value)


def _cell(value: object) -> object:
    """As text that a spreadsheet does not run as a formula."""
    if isinstance(value, int):
        return value
    text = json.dumps(value, ensure_ascii=False) if isinstance(value, dict) else value
    return escape(None if text is None else str(text))
