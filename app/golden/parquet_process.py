"""Run in a process of its own: Parquet on standard input, JSON lines on standard output.

Arrow aborts the whole process on some damaged files, and a kilobyte of Parquet can stand for
gigabytes of text. So hostile bytes meet Arrow only here, under the operating system's limits,
without the parent's environment and without a line of the product. The first line tells the
columns, each other line is a row. Exit status 3 is a refusal, whose sentence is on standard error.
"""

import json
import sys
from collections.abc import Iterator
from typing import Any, BinaryIO, NoReturn

import pyarrow as pa
import pyarrow.parquet as pq

REFUSED = 3
BATCH_ROWS = 64

PLAIN = (
    pa.types.is_string,
    pa.types.is_large_string,
    pa.types.is_boolean,
    pa.types.is_integer,
    pa.types.is_floating,
    pa.types.is_null,
)
HOLDING_ONE_TYPE = (
    pa.types.is_dictionary,
    pa.types.is_list,
    pa.types.is_large_list,
    pa.types.is_fixed_size_list,
)


def convert(content: bytes, sink: BinaryIO, *, rows: int, columns: int, size: int) -> None:
    """Writes the file as lines; SystemExit for more than so many rows, columns or bytes."""
    source = pa.BufferReader(content)
    footer = pq.read_metadata(source)
    if footer.num_rows > rows:
        _refuse(f"The file has {footer.num_rows:,} rows; {rows:,} are allowed.")
    if footer.num_columns > columns:
        _refuse(f"The file has {footer.num_columns:,} columns; {columns} are allowed.")
    file = pq.ParquetFile(source, pre_buffer=False)
    for line in _lines(file):
        size -= len(line)
        if size < 0:
            _refuse("The file unpacks to more text than an import may hold; split it.")
        sink.write(line)


def _lines(file: pq.ParquetFile) -> Iterator[bytes]:
    schema = file.schema_arrow
    yield _line({"columns": [_described(field) for field in schema]})
    readable = [field.name for field in schema if _readable(field.type)]
    for batch in file.iter_batches(batch_size=BATCH_ROWS, columns=readable, use_threads=False):
        yield from map(_line, batch.to_pylist())


def _line(record: dict[str, Any]) -> bytes:
    return json.dumps(record, ensure_ascii=False).encode() + b"\n"


def _described(field: pa.Field) -> dict[str, Any]:
    children = [child.name for child in field.type] if pa.types.is_struct(field.type) else None
    unreadable = not _readable(field.type)
    return {
        "name": field.name,
        "type": str(field.type)[:80],
        "children": children,
        "unreadable": unreadable,
    }


def _readable(kind: pa.DataType) -> bool:
    """Whether a column's values have one evident form in JSON."""
    if pa.types.is_struct(kind):
        return all(_readable(field.type) for field in kind)
    if any(is_kind(kind) for is_kind in HOLDING_ONE_TYPE):
        return _readable(kind.value_type)
    return any(is_kind(kind) for is_kind in PLAIN)


def _refuse(message: str) -> NoReturn:
    sys.stderr.write(message)
    raise SystemExit(REFUSED)


def _limit(memory: int, cpu_s: int) -> None:
    if sys.platform != "win32":
        import resource  # noqa: PLC0415 - there is no such module on Windows

        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
        resource.setrlimit(resource.RLIMIT_CPU, (cpu_s, cpu_s))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def main() -> None:
    memory, cpu_s, rows, columns, size = map(int, sys.argv[1:])
    _limit(memory, cpu_s)
    convert(sys.stdin.buffer.read(), sys.stdout.buffer, rows=rows, columns=columns, size=size)


if __name__ == "__main__":
    main()
