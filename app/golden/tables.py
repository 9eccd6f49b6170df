"""CSV and JSONL as rows of named cells, numbered as a person sees them."""

import codecs
import csv
import io
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import NamedTuple

from app.golden.cells import parse_json, unescape
from app.golden.limits import (
    CELL_BYTES,
    COLUMN_NAME,
    COLUMNS,
    LINES,
    ROW_CHARACTERS,
    VALUES,
    BadCell,
    ImportRefused,
)

_CHUNK = 2**20

NESTED = ("input_data", "input")  # an object under one of these is a column for each of its keys


class Row(NamedTuple):
    """One row: its cells by column, without the empty ones; or the problem that hides them."""

    number: int
    cells: dict[str, object]
    problem: str | None = None


class Table(NamedTuple):
    """Columns and rows; taking a row may raise ImportRefused.

    `columns` is None where only the rows tell them; `unreadable` columns are of a type (the
    value) without an evident form in JSON.
    """

    columns: list[str] | None
    rows: Iterator[Row]
    unreadable: Mapping[str, str] = MappingProxyType({})


def read_csv(content: bytes) -> Table:
    """RFC 4180 with a header, comma-separated, UTF-8 with or without a byte order mark."""
    refuse_other_than_utf8(content)
    # a setting of the whole process; Python's own 128 KiB is below what a cell may hold
    csv.field_size_limit(CELL_BYTES)
    lines = _Lines(content)
    records = csv.reader(lines, strict=True)
    try:
        header = next(records, [])
    except csv.Error as error:
        raise ImportRefused(f"Row 1 is not CSV: {error}.") from error
    columns = [name.strip() or f"column {at}" for at, name in enumerate(header, start=1)]
    refuse_columns(columns)
    if len(columns) == 1 and any(separator in columns[0] for separator in ";\t|"):
        raise ImportRefused("Row 1 is one column; separate the columns with commas.")
    return Table(columns, _csv_rows(records, lines, columns))


def _csv_rows(records: Iterator[list[str]], lines: "_Lines", columns: list[str]) -> Iterator[Row]:
    number = 1
    while True:
        lines.start_record()
        number += 1
        try:
            record = next(records, None)
        except csv.Error as error:
            yield Row(number, {}, f"This row is not CSV, reading stopped here: {error}.")
            return
        if record is None:
            return
        if not record:  # a blank line
            continue
        if len(record) != len(columns):
            problem = f"This row has {len(record)} cells, the header {len(columns)}."
            yield Row(number, {}, problem)
            continue
        texts = zip(columns, map(unescape, record), strict=True)
        yield Row(number, {column: text for column, text in texts if text is not None})


class _Lines(Iterator[str]):
    """The lines of a file, refusing a record too long or with too many cells to be held at once."""

    def __init__(self, content: bytes) -> None:
        self._file = io.TextIOWrapper(io.BytesIO(content), encoding="utf-8-sig", newline="")
        self._lines = 0
        self.start_record()

    def start_record(self) -> None:
        self._characters = self._commas = 0

    def __next__(self) -> str:
        line = self._file.readline(ROW_CHARACTERS + 1)
        if not line:
            raise StopIteration
        self._lines += 1
        self._characters += len(line)
        self._commas += line.count(",")
        if self._characters > ROW_CHARACTERS or self._commas > VALUES:
            raise ImportRefused("A row is too long; is a closing quote missing?")
        if self._lines > LINES:
            raise _too_many_lines()
        return line


def read_jsonl(content: bytes) -> Table:
    """One JSON object on each line; blank lines are skipped."""
    refuse_other_than_utf8(content)
    return Table(None, json_rows(io.BytesIO(content.removeprefix(codecs.BOM_UTF8))))


def json_rows(lines: Iterable[bytes]) -> Iterator[Row]:
    """A row for each line that holds a JSON object; blank lines count but are skipped."""
    for number, line in enumerate(lines, start=1):
        if len(line) > ROW_CHARACTERS:
            raise ImportRefused(f"Line {number} is longer than {ROW_CHARACTERS:,} bytes.")
        if number > LINES:
            raise _too_many_lines()
        if not line.strip():
            continue
        try:
            yield Row(number, flat(parse_json(line.decode())))
        except BadCell as error:
            yield Row(number, {}, str(error))


def _too_many_lines() -> ImportRefused:
    return ImportRefused(f"The file has more than {LINES:,} lines; split it.")


def flat(record: object) -> dict[str, object]:
    """`{"input_data": {"q": 1}}` as `{"input_data.q": 1}`, other keys as they are.

    Raises BadCell for what is no object, or gives a column twice.
    """
    if not isinstance(record, dict):
        raise BadCell("This line is not a JSON object: {…}.")
    cells: dict[str, object] = {}
    for key, value in record.items():
        nested = key in NESTED and isinstance(value, dict)
        new = {f"{key}.{name}": inner for name, inner in value.items()} if nested else {key: value}
        if not cells.keys().isdisjoint(new):
            raise BadCell(f"This row gives an input under {key!r} twice.")
        cells |= new
    return cells


def refuse_columns(columns: list[str]) -> None:
    """Raises ImportRefused for no columns, too many, or two of a name."""
    if not columns:
        raise ImportRefused("Row 1 has no column names.")
    if len(columns) > COLUMNS:
        raise ImportRefused(f"The file has {len(columns):,} columns; {COLUMNS} are allowed.")
    name, count = Counter(columns).most_common(1)[0]
    if count > 1:
        raise ImportRefused(f"Two columns are called {name[:COLUMN_NAME]!r}; rename one.")


def refuse_other_than_utf8(content: bytes) -> None:
    """Raises ImportRefused with the offset of the first byte that is not UTF-8.

    In pieces: one emoji makes a decoded text take four bytes for each of its characters.
    """
    decoder = codecs.getincrementaldecoder("utf-8")()
    for start in range(0, len(content), _CHUNK):
        piece = content[start : start + _CHUNK]
        try:
            decoder.decode(piece, final=start + _CHUNK >= len(content))
        except UnicodeDecodeError as error:
            # the decoder puts what the piece before left over in front of this one
            offset = start + len(piece) - len(error.object) + error.start
            raise ImportRefused(f"Byte {offset:,} is not UTF-8; save the file as UTF-8.") from error
