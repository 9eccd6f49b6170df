"""Golden examples out of a CSV, JSONL or Parquet file: pure parsing, nothing is stored.

Every problem is reported with its row; whether a file with problems is taken in part is for the
caller to decide.
"""

import codecs
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import BinaryIO, NamedTuple, TypeVar

from app.golden.cells import JsonValue, parse_json, storable
from app.golden.columns import IGNORED, INPUT, ColumnMap, Variables
from app.golden.fields import as_critical, as_tags, as_text, as_weight
from app.golden.limits import COLUMNS, ERRORS, FILE_BYTES, ROWS, VALUES, BadCell, ImportRefused
from app.golden.parquet import read_parquet
from app.golden.tables import Row, Table, read_csv, read_jsonl

__all__ = [
    "ImportFormat",
    "ImportRefused",
    "Parsed",
    "ParsedExample",
    "RowError",
    "Variables",
    "parse",
]

T = TypeVar("T")

_PARQUET = b"PAR1"

_SOMETHING_ELSE = {
    b"PK\x03\x04": "This is a ZIP or Excel file; save the sheet as CSV (UTF-8).",
    b"\x1f\x8b": "This is a gzip file; unpack it first.",
    codecs.BOM_UTF16_LE: "This file is UTF-16; save it as UTF-8.",
    codecs.BOM_UTF16_BE: "This file is UTF-16; save it as UTF-8.",
    b"[": "This is one JSON list; write one JSON object on each line (JSONL).",
}


class ImportFormat(StrEnum):
    csv = "csv"
    jsonl = "jsonl"
    parquet = "parquet"


class RowError(NamedTuple):
    """What is wrong in a row. `field` is the column as the file names it, or the missing input.

    A CSV header is row 1, and a row with line breaks inside quotes is one row, as in a
    spreadsheet; JSONL rows are numbered by line; the first row of Parquet is row 1.
    """

    row: int
    field: str | None
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedExample:
    """A golden example as a file holds it. `weight` is above 0."""

    input_data: dict[str, JsonValue]
    expected_output: str | None = None
    context: str | None = None
    criteria: str | None = None
    tags: tuple[str, ...] = field(default=())
    split: str | None = None
    weight: float = 1.0
    critical: bool = False
    source: str | None = None


class Parsed(NamedTuple):
    """The rows without errors, the errors (at most 1,000, then reading stops), and the mapping.

    `columns` are the file's columns in its order, nested inputs as `input_data.<name>`;
    `mapping` says what each gives, `-` for nothing.
    """

    rows: list[ParsedExample]
    errors: list[RowError]
    columns: list[str]
    mapping: dict[str, str]


def parse(
    content: bytes | BinaryIO,
    fmt: ImportFormat | None = None,
    *,
    columns: Mapping[str, str] | None = None,
    variables: Variables,
) -> Parsed:
    """Reads examples for a prompt with these variables; without `fmt` the content tells it.

    `columns` maps file columns to fields, see `ColumnMap`; the others are mapped by their names.
    Raises ImportRefused for a file that cannot be read as a whole, for one over a limit, and for
    a mapping that names no field.
    """
    data = content if isinstance(content, bytes) else content.read(FILE_BYTES + 1)
    if len(data) > FILE_BYTES:
        raise ImportRefused(f"The file is larger than {FILE_BYTES // 2**20} MiB; split it.")
    reading = _Reading(ColumnMap(columns, variables), variables)
    table = _read_table(data, fmt or _detect(data))
    if table.columns is not None:
        reading.header(table.columns, table.unreadable)
    for count, row in enumerate(table.rows, start=1):
        if count > ROWS:
            raise ImportRefused(f"The file has more than {ROWS:,} rows; split it.")
        reading.row(row)
        if len(reading.errors) >= ERRORS:
            break
    else:
        reading.end()
    mapping = {column: str(target) for column, target in reading.columns.targets.items()}
    return Parsed(reading.rows, reading.errors[:ERRORS], list(mapping), mapping)


def _detect(data: bytes) -> ImportFormat:
    if data.startswith(_PARQUET):
        return ImportFormat.parquet
    start = data.removeprefix(codecs.BOM_UTF8)[:1024].lstrip()
    if not start:
        raise ImportRefused("The file is empty.")
    for magic, message in _SOMETHING_ELSE.items():
        if start.startswith(magic):
            raise ImportRefused(message)
    return ImportFormat.jsonl if start.startswith(b"{") else ImportFormat.csv


def _read_table(data: bytes, fmt: ImportFormat) -> Table:
    match fmt:
        case ImportFormat.csv:
            return read_csv(data)
        case ImportFormat.jsonl:
            return read_jsonl(data)
        case ImportFormat.parquet:
            return read_parquet(data)


class _Cell(NamedTuple):
    column: str
    raw: object
    as_json: bool


class _Reading:
    """The examples and errors of one file, row by row."""

    def __init__(self, columns: ColumnMap, variables: Variables) -> None:
        self.columns = columns
        self.rows: list[ParsedExample] = []
        self.errors: list[RowError] = []
        self._required = sorted(variables.required)
        self._values = 0
        self._without_column: list[str] = []

    def header(self, names: list[str], unreadable: Mapping[str, str]) -> None:
        """Columns known before the rows: a variable none of them gives is one error, not many."""
        for name in names:
            self._learn(1, name, unreadable.get(name))
        self._without_column = self.columns.without_column()
        for name in self._without_column:
            message = f"No column gives the variable {name}."
            if name in self.columns.targets:
                message += f" The column {name} gives the field {name}; call it {INPUT}{name}."
            self.errors.append(RowError(1, INPUT + name, message))

    def row(self, row: Row) -> None:
        if row.problem:
            self.errors.append(RowError(row.number, None, row.problem))
            return
        before = len(self.errors)
        cells: dict[str, _Cell] = {}
        for column, raw in row.cells.items():
            if column not in self.columns.targets:
                self._learn(row.number, column)
            target = self.columns.targets[column]
            if target.field != IGNORED:
                cells[target.field] = _Cell(column, raw, target.as_json)
        example = self._example(row.number, cells)
        if len(self.errors) == before:
            self.rows.append(example)

    def end(self) -> None:
        """Names the caller mapped that never came."""
        for name in self.columns.never_seen():
            self.errors.append(RowError(1, name, f"The file has no column {name!r}."))

    def _learn(self, number: int, column: str, unreadable: str | None = None) -> None:
        if len(self.columns.targets) >= COLUMNS:
            raise ImportRefused(f"The file has more than {COLUMNS} columns.")
        try:
            self.columns.add(column, unreadable)
        except BadCell as error:
            self.errors.append(RowError(number, column, str(error)))

    def _example(self, number: int, cells: Mapping[str, _Cell]) -> ParsedExample:
        def read(name: str, reader: Callable[[JsonValue], T]) -> T:
            cell = cells.get(name)
            try:
                return reader(self._value(cell) if cell else None)
            except BadCell as error:
                self.errors.append(RowError(number, cell.column if cell else name, str(error)))
                return reader(None)

        for name in self._required:
            if INPUT + name not in cells and name not in self._without_column:
                column = self.columns.column_of(INPUT + name) or INPUT + name
                message = f"The variable {name} has no value in this row."
                self.errors.append(RowError(number, column, message))
        inputs = [name for name in cells if name.startswith(INPUT)]
        return ParsedExample(
            input_data={
                name.removeprefix(INPUT): read(name, lambda value: value) for name in inputs
            },
            expected_output=read("expected_output", as_text),
            context=read("context", as_text),
            criteria=read("criteria", as_text),
            tags=read("tags", as_tags),
            split=read("split", as_text),
            weight=read("weight", as_weight),
            critical=read("critical", as_critical),
            source=read("source", as_text),
        )

    def _value(self, cell: _Cell) -> JsonValue:
        raw = cell.raw
        kept = storable(parse_json(raw) if cell.as_json and isinstance(raw, str) else raw)
        self._values += kept.inside
        if self._values > VALUES:
            raise ImportRefused(f"The file holds more than {VALUES:,} JSON values; split it.")
        return kept.value
