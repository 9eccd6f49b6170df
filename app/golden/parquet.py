"""Parquet as rows of named cells. The file itself is opened by `parquet_process` alone."""

import io
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from app.golden.limits import COLUMNS, ROWS, UNPACKED_BYTES, ImportRefused
from app.golden.tables import NESTED, Row, Table, json_rows, refuse_columns

SCRIPT = Path(__file__).with_name("parquet_process.py")
MEMORY_BYTES = 2**30
CPU_S = 60
TIMEOUT_S = 120
REFUSED = 3  # exit status of a refusal that says why


def read_parquet(content: bytes) -> Table:
    """Rows with nested values as lists and objects; null is no value. Raises ImportRefused."""
    lines = io.BytesIO(unpack(content))
    header = json.loads(lines.readline())
    columns: list[str] = []
    unreadable: dict[str, str] = {}
    for column in header["columns"]:
        names = _flat(column["name"], column["children"])
        columns += names
        unreadable |= dict.fromkeys(names, column["type"]) if column["unreadable"] else {}
    refuse_columns(columns)
    return Table(columns, _rows(lines), unreadable)


def unpack(content: bytes) -> bytes:
    """The file as JSON lines, columns first; half a second, most of it spent loading Arrow."""
    limits = map(str, (MEMORY_BYTES, CPU_S, ROWS, COLUMNS, UNPACKED_BYTES))
    try:
        run = subprocess.run(  # noqa: S603 - our own script, with numbers as arguments
            [sys.executable, "-I", str(SCRIPT), *limits],
            input=content,
            capture_output=True,
            check=False,
            env={"ARROW_DEFAULT_MEMORY_POOL": "system"},  # and no secrets of ours
            timeout=TIMEOUT_S,
        )
    except subprocess.TimeoutExpired as error:
        raise ImportRefused("This Parquet file takes too long to read; split it.") from error
    if run.returncode == REFUSED:
        raise ImportRefused(run.stderr.decode(errors="replace"))
    if run.returncode:
        raise ImportRefused("This Parquet file is damaged, or takes too much memory to read.")
    return run.stdout


def _rows(lines: io.BytesIO) -> Iterator[Row]:
    for row in json_rows(lines):
        values = {name: value for name, value in row.cells.items() if value is not None}
        yield row._replace(cells=values)


def _flat(name: str, children: list[str] | None) -> list[str]:
    nested = name in NESTED and children is not None
    return [f"{name}.{child}" for child in children or ()] if nested else [name]
