"""A prompt's golden examples out of a file, all of them or none; and into one."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, BinaryIO, NamedTuple, cast
from uuid import UUID

from pydantic import ValidationError
from sqlalchemy import Select, Table, insert
from sqlalchemy.orm import Session

from app import audit
from app.accounts.subject import Subject
from app.audit import AuditTag
from app.core.clock import new_id
from app.core.database import unit_of_work
from app.core.errors import Conflict, FieldError, Invalid
from app.golden import service
from app.golden.exporting import export
from app.golden.importing import ImportFormat, ImportRefused, Parsed, RowError, parse
from app.golden.importing import _detect as detect
from app.golden.limits import ERRORS, FILE_BYTES, ROWS
from app.golden.schemas import ExampleCreate
from app.golden.service import Filters
from app.golden.tables import read_csv, read_jsonl
from app.models import GoldenExample
from app.prompts import service as prompts
from app.prompts import versions
from app.templating.render import Variables

TABLE = cast("Table", GoldenExample.__table__)
SAMPLE = 5
BATCH = 1_000  # rows of one INSERT


class FileRefused(Invalid):
    code = "file_refused"
    title = "The file cannot be read"


class RowsRefused(Invalid):
    code = "rows_refused"
    title = "Some rows are not valid"
    message = "{count} problems, the first in row {row}: {problem} Nothing was imported."


class NoVersion(Conflict):
    message = "{name} has no version yet, so nothing says what the columns mean; create one first."


class Import(NamedTuple):
    """What was read of a file, and how many examples were stored."""

    imported: int
    dry_run: bool
    rows: int
    errors: Sequence[RowError]
    columns: Sequence[str]
    mapping: Mapping[str, str]
    sample: Sequence[Mapping[str, Any]]


class Export(NamedTuple):
    """A file's name, and its content in pieces."""

    name: str
    pieces: Iterator[bytes]


def import_examples(
    session: Session,
    subject: Subject,
    prompt_id: UUID,
    *,
    file: BinaryIO,
    file_format: ImportFormat | None,
    columns: Mapping[str, str] | None,
    dry_run: bool,
) -> Import:
    """Stores every row or none; a dry run stores none and lists the errors.

    Raises FileRefused for a file that is not readable as a whole, else RowsRefused.
    """
    prompt = prompts.get(session, subject, prompt_id)
    declared = versions.inputs_of(session, subject, prompt_id)
    if declared is None:
        raise NoVersion(name=prompt.name)
    data = file.read(FILE_BYTES + 1)
    try:
        parsed = parse(data, file_format, columns=columns, variables=_variables(declared))
    except ImportRefused as error:
        raise FileRefused(
            str(error), errors=(FieldError("#/file", FileRefused.code, str(error)),)
        ) from error
    rows, errors = _checked(parsed, data, file_format)
    if errors and not dry_run:
        first = errors[0]
        raise RowsRefused(
            count=len(errors),
            row=first.row,
            problem=first.message,
            extra={"rows": [error._asdict() for error in errors]},
        )
    if not dry_run:
        _store(session, subject, prompt_id, rows)
    return Import(
        imported=0 if dry_run else len(rows),
        dry_run=dry_run,
        rows=len(rows),
        errors=errors,
        columns=parsed.columns,
        mapping=parsed.mapping,
        sample=rows[:SAMPLE],
    )


def export_examples(
    session: Session, subject: Subject, prompt_id: UUID, *, filters: Filters, fmt: ImportFormat
) -> Export:
    """All that match, in the order they were added.

    They are read in transactions of their own while the file is sent: a slow reader holds none.
    """
    name = prompts.get(session, subject, prompt_id).name.replace("/", "-")
    return Export(f"{name}.golden.{fmt.value}", export(_rows(subject, prompt_id, filters), fmt))


def _rows(subject: Subject, prompt_id: UUID, filters: Filters) -> Iterator[GoldenExample]:
    wanted = service.matching(subject, prompt_id, filters).order_by(GoldenExample.id).limit(BATCH)
    batch = _read(subject, wanted)
    while batch:
        yield from batch
        batch = _read(subject, wanted.where(GoldenExample.id > batch[-1].id))


def _read(subject: Subject, wanted: Select[GoldenExample]) -> Sequence[GoldenExample]:
    with unit_of_work(subject.workspace_id) as session:
        return session.scalars(wanted).all()


def _variables(declared: Sequence[Mapping[str, Any]]) -> Variables:
    required = frozenset(variable["name"] for variable in declared if variable["required"])
    return Variables(required, frozenset(variable["name"] for variable in declared) - required)


def _checked(
    parsed: Parsed, data: bytes, file_format: ImportFormat | None
) -> tuple[list[dict[str, Any]], list[RowError]]:
    """The rows as columns of the table; a file may hold no more than the API takes one by one."""
    rows, refused = [], {}
    for position, example in enumerate(parsed.rows):
        given = {name: getattr(example, name) for name in ExampleCreate.model_fields}
        values = {**given, "split": example.split or "test"}
        try:
            rows.append(ExampleCreate.model_validate(values).model_dump())
        except ValidationError as error:
            refused[position] = error.errors()
    if parsed.errors or not refused:
        return rows, parsed.errors
    numbers = _row_numbers(data, file_format)  # nothing was left out: one for each example
    errors = [
        RowError(numbers[position], ".".join(map(str, item["loc"])), f"{item['msg']}.")
        for position, items in refused.items()
        for item in items
    ]
    return rows, errors[:ERRORS]


def _row_numbers(data: bytes, file_format: ImportFormat | None) -> list[int]:
    match file_format or detect(data):
        case ImportFormat.csv:
            return [row.number for row in read_csv(data).rows]
        case ImportFormat.jsonl:
            return [row.number for row in read_jsonl(data).rows]
        case ImportFormat.parquet:
            return list(range(1, ROWS + 1))


def _store(
    session: Session, subject: Subject, prompt_id: UUID, rows: Sequence[Mapping[str, Any]]
) -> None:
    common = {
        "workspace_id": subject.workspace_id,
        "prompt_id": prompt_id,
        "created_by": subject.label,
    }
    if rows:
        # the table, not the class: the ORM makes a statement for each pattern of empty columns
        session.execute(insert(TABLE), [{"id": new_id(), **common, **row} for row in rows])
    audit.record(
        session,
        subject,
        AuditTag.examples_imported,
        object_id=prompt_id,
        after={"examples": len(rows)},
    )
