"""Golden examples as a file that `importing.parse` reads back as they were.

JSONL is the plain form. CSV is for spreadsheets: UTF-8 with a byte order mark, cells made safe as
`cells` describes. In CSV and Parquet an input is a column `input.<name>`, and `input.<name>:json`
where any example has something else than text there; a cell without a value is an input that the
example does not have.
"""

import csv
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from io import BytesIO
from typing import Any, Protocol

from app.golden.cells import escape
from app.golden.columns import INPUT, JSON_MARK
from app.golden.importing import ImportFormat

CHUNK_CHARACTERS = 2**16  # 64 KiB of ASCII: a line at a time costs a stream more than it carries


class Example(Protocol):
    """What is exported of an example: the names of `ParsedExample`."""

    @property
    def input_data(self) -> Mapping[str, Any]: ...  # any JSON
    @property
    def expected_output(self) -> str | None: ...
    @property
    def context(self) -> str | None: ...
    @property
    def criteria(self) -> str | None: ...
    @property
    def tags(self) -> Sequence[str]: ...
    @property
    def split(self) -> str | None: ...
    @property
    def weight(self) -> float: ...
    @property
    def critical(self) -> bool: ...
    @property
    def source(self) -> str | None: ...


def export(examples: Iterable[Example], fmt: ImportFormat) -> Iterator[bytes]:
    """The file in pieces; CSV and Parquet hold all examples while they are written."""
    match fmt:
        case ImportFormat.jsonl:
            return _encoded(map(_json_line, examples))
        case ImportFormat.csv:
            return _encoded(_csv_lines(_grid(list(examples))))
        case ImportFormat.parquet:
            return iter([_parquet(_grid(list(examples)))])


def _json_line(example: Example) -> str:
    record = {
        "input_data": dict(example.input_data),
        "expected_output": example.expected_output,
        "context": example.context,
        "criteria": example.criteria,
        "tags": list(example.tags),
        "split": example.split,
        "weight": float(example.weight),
        "critical": example.critical,
        "source": example.source,
    }
    return f"{_json(record)}\n"


def _grid(examples: Sequence[Example]) -> Iterator[list[object]]:
    """The names of the columns, then a row for each example; None where it has no value."""
    as_json: dict[str, bool] = {}
    for example in examples:
        for name, value in example.input_data.items():
            as_json[name] = as_json.get(name, False) or not isinstance(value, str)
    inputs = [f"{INPUT}{name}{JSON_MARK if marked else ''}" for name, marked in as_json.items()]
    fields = "expected_output context criteria tags split weight critical source"
    yield [*inputs, *fields.split()]
    for example in examples:
        data = example.input_data
        yield [
            *((_json(data[n]) if as_json[n] else data[n]) if n in data else None for n in as_json),
            example.expected_output,
            example.context,
            example.criteria,
            list(example.tags),
            example.split,
            float(example.weight),
            example.critical,
            example.source,
        ]


def _parquet(grid: Iterable[Sequence[object]]) -> bytes:
    # pyarrow takes 0.1 s and 40 MB that the other formats do without
    import pyarrow as pa  # noqa: PLC0415 - 100 MB that only an export needs
    import pyarrow.parquet as pq  # noqa: PLC0415 - same

    types = {"tags": pa.list_(pa.string()), "weight": pa.float64(), "critical": pa.bool_()}
    header, *rows = grid
    schema = pa.schema([(name, types.get(str(name), pa.string())) for name in header])
    columns = [[row[at] for row in rows] for at in range(len(header))]
    sink = BytesIO()
    pq.write_table(pa.table(columns, schema=schema), sink)
    return sink.getvalue()


class _Echo:
    """A file for `csv.writer` that hands each line straight back."""

    def write(self, line: str) -> str:
        return line


def _csv_lines(grid: Iterable[Sequence[object]]) -> Iterator[str]:
    writer = csv.writer(_Echo(), lineterminator="\r\n")
    yield "\ufeff"
    for row in grid:
        yield str(writer.writerow([_cell(value) for value in row]))


def _cell(value: object) -> str:
    match value:
        case bool():
            return str(value).lower()
        case float():
            return repr(value)
        case list():
            return escape(_joined(value))
        case _:
            return escape(None if value is None else str(value))


def _joined(tags: list[str]) -> str | None:
    """Tags with `;` between them, or as a JSON list where that would not give them back."""
    if not tags:
        return None
    plain = all(tag == tag.strip() and ";" not in tag for tag in tags)
    return ";".join(tags) if plain and not tags[0].startswith("[") else _json(tags)


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False)


def _encoded(lines: Iterable[str]) -> Iterator[bytes]:
    waiting: list[str] = []
    size = 0
    for line in lines:
        waiting.append(line)
        size += len(line)
        if size >= CHUNK_CHARACTERS:
            yield "".join(waiting).encode()
            waiting, size = [], 0
    if waiting:
        yield "".join(waiting).encode()
