"""A foreign file into the library: all of it that has a place here, or nothing."""

import io
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import BinaryIO, NamedTuple
from uuid import UUID

from sqlalchemy.orm import Session

from app.accounts.subject import Subject
from app.core.errors import FieldError, Invalid, invalid
from app.golden import files
from app.golden.files import FileRefused, RowsRefused
from app.golden.importing import ImportFormat, RowError
from app.golden.limits import FILE_BYTES, ImportRefused
from app.imports import formats
from app.imports.formats import ForeignFormat
from app.imports.found import Found, NotImported, Version
from app.models import Prompt
from app.prompts import service as prompts
from app.prompts import versions
from app.prompts.field_types import NAME
from app.prompts.service import PromptNotFound
from app.prompts.versions import SameContent

LONGEST_NAME = 200
IGNORED = "-"
NOTHING_READ = "Nothing in this file can be imported; see not_imported."


class NothingToImport(Invalid):
    code = "nothing_to_import"
    title = "The file holds nothing that can be imported"
    message = NOTHING_READ


class StoredPrompt(NamedTuple):
    id: UUID | None
    name: str
    created: bool


class StoredVersion(NamedTuple):
    prompt: str
    number: int
    created: bool
    where: str
    message: str


class Rows(NamedTuple):
    stored: int = 0
    errors: Sequence[RowError] = ()
    left_out: Sequence[NotImported] = ()


class Imported(NamedTuple):
    """The report; see `schemas.ImportReport`."""

    found: Found
    format: ForeignFormat
    prompts: Sequence[StoredPrompt]
    versions: Sequence[StoredVersion]
    rows: Rows


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """A file, and what is said about it; `columns` maps its columns to fields, as golden files."""

    file: BinaryIO
    filename: str = ""
    format: ForeignFormat | None = None
    prompt: str | None = None
    columns: Mapping[str, str] | None = None


def import_file(session: Session, subject: Subject, *, upload: Upload, dry_run: bool) -> Imported:
    """Reads, then stores in a savepoint; a dry run does the same and takes it back.

    Raises FileRefused for a file that is not readable as a whole, RowsRefused for rows with
    errors, NothingToImport, NoVersion, PromptArchived, and Invalid for the prompt's name.
    """
    fmt, found = _read(upload)
    if not (found.versions or found.examples or found.table is not None):
        raise NothingToImport(
            extra={"not_imported": [part._asdict() for part in found.not_imported]}
        )
    with _kept_unless(session, dry_run=dry_run):
        made, stored = _store_versions(session, subject, found, upload)
        target = made[-1] if made else _existing(session, subject, upload.prompt)
        rows = _store_examples(session, subject, target, found, upload.columns, dry_run=dry_run)
    if dry_run:
        made = [one._replace(id=None) if one.created else one for one in made]
    return Imported(found, fmt, made or [target], stored, rows)


class Rehearsed(Exception):
    """A dry run has come to its end: what it did is undone."""


@contextmanager
def _kept_unless(session: Session, *, dry_run: bool) -> Iterator[None]:
    with suppress(Rehearsed), session.begin_nested():
        yield
        if dry_run:
            raise Rehearsed


def _read(upload: Upload) -> tuple[ForeignFormat, Found]:
    data = upload.file.read(FILE_BYTES + 1)
    if len(data) > FILE_BYTES:
        raise FileRefused(f"The file is larger than {FILE_BYTES // 2**20} MiB; split it.")
    try:
        fmt = upload.format or formats.detect(data, upload.filename)
        return fmt, formats.READERS[fmt](data)
    except ImportRefused as error:
        raise FileRefused(
            str(error), errors=(FieldError("#/file", FileRefused.code, str(error)),)
        ) from error


def _store_versions(
    session: Session, subject: Subject, found: Found, upload: Upload
) -> tuple[list[StoredPrompt], list[StoredVersion]]:
    wanted = upload.prompt
    if wanted and len(found.versions) > 1:
        names = ", ".join(str(name) for name in found.versions)
        raise invalid("#/prompt", f"The file has several prompts, each with its name: {names}.")
    made, stored = [], []
    for name, drafts in found.versions.items():
        chosen = wanted or name_of(name or found.name or upload.filename.rpartition(".")[0])
        row = _prompt(session, subject, chosen)
        made.append(row)
        assert row.id is not None
        stored += [_store_version(session, subject, row.id, chosen, draft) for draft in drafts]
    return made, stored


def _prompt(session: Session, subject: Subject, name: str) -> StoredPrompt:
    try:
        there = prompts.find_by_name(session, subject, name)
    except PromptNotFound:
        made = prompts.create(session, subject, name=name)
        return StoredPrompt(made.id, made.name, created=True)
    return StoredPrompt(there.id, there.name, created=False)


def _store_version(
    session: Session, subject: Subject, prompt_id: UUID, name: str, version: Version
) -> StoredVersion:
    said = version.draft.message
    try:
        made = versions.create(session, subject, prompt_id=prompt_id, draft=version.draft)
    except SameContent as same:
        number, created = same.extra["number"], False
    else:
        number, created = made.number, True
    return StoredVersion(name, number, created, version.where, said)


def _existing(session: Session, subject: Subject, name: str | None) -> StoredPrompt:
    if not name:
        raise invalid(
            "#/prompt", "The file has no prompt: say whose examples these are.", code="missing"
        )
    found: Prompt = prompts.find_by_name(session, subject, name)
    return StoredPrompt(found.id, found.name, created=False)


def _store_examples(
    session: Session,
    subject: Subject,
    target: StoredPrompt,
    found: Found,
    columns: Mapping[str, str] | None,
    *,
    dry_run: bool,
) -> Rows:
    """By the import of golden examples: the same checks, the same row numbers."""
    if found.table is None and not found.examples:
        return Rows()
    assert target.id is not None
    whole = found.table is not None
    try:
        read = files.import_examples(
            session,
            subject,
            target.id,
            file=io.BytesIO(_lines(found) if found.table is None else found.table),
            file_format=None if whole else ImportFormat.jsonl,
            columns=columns,
            dry_run=dry_run,
        )
    except RowsRefused as refused:
        raise refused if whole else _renumbered(refused, found) from refused
    errors = read.errors if whole else [_at_its_row(error, found) for error in read.errors]
    left_out = [
        NotImported(f"column {column}", column, "It is mapped to no field.")
        for column, field in read.mapping.items()
        if field == IGNORED
    ]
    return Rows(read.rows, errors, [] if errors else left_out)


def _lines(found: Found) -> bytes:
    """A golden file with a line for each example."""
    told = ({k: v for k, v in one.fields.items() if v is not None} for one in found.examples)
    return "\n".join(json.dumps(fields, ensure_ascii=False) for fields in told).encode()


def _at_its_row(error: RowError, found: Found) -> RowError:
    """Where the file has it: several examples may come from one row."""
    return error._replace(row=found.examples[error.row - 1].row)


def _renumbered(refused: RowsRefused, found: Found) -> RowsRefused:
    errors = [_at_its_row(RowError(**row), found) for row in refused.extra["rows"]]
    first = errors[0]
    return RowsRefused(
        count=len(errors),
        row=first.row,
        problem=first.message,
        extra={"rows": [error._asdict() for error in errors]},
    )


def name_of(text: str) -> str:
    """A prompt's name out of a title: `Support: answers` is `support-answers`."""
    folded = re.sub(r"[^a-z0-9._/-]+", "-", text.casefold())[:LONGEST_NAME]
    parts = [part.strip("._-") for part in folded.split("/")]
    name = "/".join(part for part in parts if part)
    return name if re.match(NAME, name) else "imported"
