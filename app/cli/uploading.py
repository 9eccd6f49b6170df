# ruff: noqa: PLC0415 - imports wait until the command runs: --help answers in 0.2 s
"""Files sent to the server, and its answers about their rows."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from app.cli.exit_codes import PASSED, USAGE
from app.cli.server import Server
from app.cli.terminal import counted
from app.embedded.errors import Misconfigured
from app.embedded.supervisor import say

SHOWN_ROWS = 20


def send(
    server: Server, path: str, file: Path, asked: Mapping[str, str | bool | None]
) -> dict[str, Any]:
    """The server's report; raises Misconfigured naming each bad row, nothing is stored then."""
    from llmops.errors import ApiError

    try:
        content = file.read_bytes()
    except OSError as error:
        raise Misconfigured(f"{file} cannot be read: {error.strerror}.") from None
    form: dict[str, Any] = {"file": (file.name, content)}
    for name, value in asked.items():
        if value is not None:
            form[name] = (None, str(value).lower() if isinstance(value, bool) else value)
    try:
        report: dict[str, Any] = server.http.call("POST", path, files=form)
    except ApiError as error:
        told = list(_told(error.extra, file))
        if not told:
            raise
        raise Misconfigured("\n".join([str(error), *told])) from None
    return report


def code_of(report: Mapping[str, Any], file: Path) -> int:
    """2 for a dry run that found bad rows, which are told."""
    if not report["errors"]:
        return PASSED
    for line in rows(report["errors"], file):
        say(line)
    say(f"{counted(len(report['errors']), 'problem')}; the file would be refused.")
    return USAGE


def rows(errors: Sequence[Mapping[str, Any]], file: Path) -> Iterator[str]:
    for error in errors[:SHOWN_ROWS]:
        field = f"{error['field']}: " if error["field"] else ""
        yield f"{file}:{error['row']}: {field}{error['message']}"
    if len(errors) > SHOWN_ROWS:
        yield f"(and {len(errors) - SHOWN_ROWS} more)"


def _told(extra: Mapping[str, Any], file: Path) -> Iterator[str]:
    yield from rows(extra.get("rows", []), file)
    for part in extra.get("not_imported", []):
        yield f"  {part['where']}: {part['what']} - {part['why']}"
