"""Human labels out of a CSV or JSONL file: all of them, or none and a list of what is wrong."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, BinaryIO, Literal, NamedTuple
from uuid import UUID

from pydantic import ValidationError
from sqlalchemy import select
from sqlalchemy.orm import Session

from app import audit
from app.accounts.subject import Subject
from app.audit import AuditTag
from app.core.errors import FieldError
from app.golden.files import FileRefused, RowsRefused
from app.golden.importing import ImportRefused, RowError
from app.golden.limits import ERRORS, FILE_BYTES
from app.golden.tables import Row, read_csv, read_jsonl
from app.models import Experiment
from app.review import labels
from app.review.schemas import LabelRow

LabelFormat = Literal["csv", "jsonl"]
ROWS = 10_000
BATCH = 1_000  # rows of one INSERT


class Import(NamedTuple):
    """`imported` is how many labels were stored; `rows` how many have no error."""

    imported: int
    dry_run: bool
    rows: int
    errors: Sequence[RowError]


class Read(NamedTuple):
    """A row that has the right form."""

    number: int
    label: LabelRow


def import_labels(
    session: Session,
    subject: Subject,
    *,
    file: BinaryIO,
    file_format: LabelFormat | None,
    dry_run: bool,
) -> Import:
    """Stores every row as the caller's labels, or none; a dry run stores none and lists the errors.

    Raises FileRefused for a file that is not readable as a whole, else RowsRefused.
    """
    data = file.read(FILE_BYTES + 1)
    try:
        rows, errors = _read(data, file_format)
    except ImportRefused as error:
        raise FileRefused(
            str(error), errors=(FieldError("#/file", FileRefused.code, str(error)),)
        ) from error
    errors = sorted([*errors, *_unknown(session, subject, rows), *_twice(rows)])[:ERRORS]
    if errors and not dry_run:
        raise RowsRefused(
            count=len(errors),
            row=errors[0].row,
            problem=errors[0].message,
            extra={"rows": [error._asdict() for error in errors]},
        )
    if not dry_run:
        _store(session, subject, rows)
    wrong = {error.row for error in errors}
    return Import(
        imported=0 if dry_run else len(rows),
        dry_run=dry_run,
        rows=sum(row.number not in wrong for row in rows),
        errors=errors,
    )


def _read(data: bytes, file_format: LabelFormat | None) -> tuple[list[Read], list[RowError]]:
    if len(data) > FILE_BYTES:
        raise ImportRefused(f"The file is larger than {FILE_BYTES // 2**20} MiB; split it.")
    if not data.strip():
        raise ImportRefused("The file is empty.")
    guessed = "jsonl" if data.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"{") else "csv"
    table = read_jsonl(data) if (file_format or guessed) == "jsonl" else read_csv(data)
    rows: list[Read] = []
    errors: list[RowError] = []
    for count, row in enumerate(table.rows, start=1):
        if count > ROWS:
            raise ImportRefused(f"The file has more than {ROWS:,} rows; split it.")
        if len(errors) >= ERRORS:
            break
        found = list(_problems(row))
        errors += found
        if not found:
            rows.append(Read(row.number, LabelRow.model_validate(row.cells)))
    return rows, errors


def _problems(row: Row) -> Iterator[RowError]:
    if row.problem:
        yield RowError(row.number, None, row.problem)
        return
    try:
        LabelRow.model_validate(row.cells)
    except ValidationError as error:
        for item in error.errors(include_url=False, include_context=False, include_input=False):
            column = ".".join(map(str, item["loc"])) or None
            sentence = str(item["msg"]).removeprefix("Value error, ")
            yield RowError(row.number, column, f"{sentence}.")


def _unknown(session: Session, subject: Subject, rows: Sequence[Read]) -> Iterator[RowError]:
    """Rows about experiments, evaluators or cases there are not."""
    asked: dict[UUID, list[Read]] = defaultdict(list)
    for row in rows:
        asked[row.label.experiment_id].append(row)
    experiments = {
        experiment.id: experiment
        for experiment in session.scalars(
            select(Experiment).where(
                Experiment.workspace_id == subject.workspace_id, Experiment.id.in_(asked)
            )
        )
    }
    for experiment_id, about in asked.items():
        experiment = experiments.get(experiment_id)
        if experiment is None:
            for row in about:
                message = "There is no experiment with this id in your workspace."
                yield RowError(row.number, "experiment_id", message)
            continue
        yield from _unknown_cases(session, experiment, about)


def _unknown_cases(
    session: Session, experiment: Experiment, rows: Sequence[Read]
) -> Iterator[RowError]:
    evaluators = {entry["name"] for entry in experiment.evaluators}
    wanted = [row.label.case_no for row in rows]
    there = labels.cases_with_output(session, experiment.id, wanted)
    for row in rows:
        if row.label.evaluator not in evaluators:
            message = f"The experiment was judged by {', '.join(sorted(evaluators))}."
            yield RowError(row.number, "evaluator", message)
        if row.label.case_no not in there:
            message = f"The experiment has no output of case {row.label.case_no}."
            yield RowError(row.number, "case_no", message)


def _twice(rows: Sequence[Read]) -> Iterator[RowError]:
    """One person has one opinion of an output: a file that gives two is a mistake."""
    first: dict[tuple[UUID, int, str], int] = {}
    for row in rows:
        key = (row.label.experiment_id, row.label.case_no, row.label.evaluator)
        if first.setdefault(key, row.number) != row.number:
            yield RowError(row.number, None, f"Row {first[key]} labels the same case already.")


def _store(session: Session, subject: Subject, rows: Sequence[Read]) -> None:
    values: list[Mapping[str, Any]] = [row.label.model_dump() for row in rows]
    for start in range(0, len(values), BATCH):
        labels.store(session, subject, values[start : start + BATCH])
    audit.record(session, subject, AuditTag.human_labels_imported, after={"labels": len(values)})
