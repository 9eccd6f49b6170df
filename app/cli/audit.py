# ruff: noqa: PLC0415 - imports wait until the command runs: --help answers in 0.2 s
"""`llmops audit`: is the log whole, and the log as a file."""

import csv
import io
from pathlib import Path
from typing import Annotated

import typer

from app.cli import server as servers
from app.cli.exit_codes import PASSED, REGRESSION
from app.cli.output import DataDirOption, JsonOption, print_json
from app.cli.server import FolderOption, Server, ServerOption
from app.cli.terminal import counted
from app.embedded.errors import CannotStart, Misconfigured

app = typer.Typer(help="Check and export the audit log.", no_args_is_help=True)

FORMATS = {".jsonl": "jsonl", ".csv": "csv"}


@app.command()
def verify(data_dir: DataDirOption = None, *, as_json: JsonOption = False) -> None:
    """Check on this machine that no row of any workspace's log was changed, added or removed.

    Exit code 1 where a chain is broken.

    Example: llmops audit verify
    """
    from sqlalchemy import select

    from app.audit import service as audit
    from app.cli import addressing
    from app.core.database import system_unit_of_work
    from app.models import Workspace

    with addressing.database(data_dir, "llmops audit"), system_unit_of_work() as session:
        found = [
            {
                "workspace_id": str(row.id),
                "workspace": row.name,
                "events": audit.count(session, row.id),
                "first_broken": audit.verify(session, row.id),
            }
            for row in session.execute(select(Workspace.id, Workspace.name).order_by(Workspace.id))
        ]
    whole = all(row["first_broken"] is None for row in found)
    if as_json:
        print_json(found)
    else:
        for row in found:
            broken = row["first_broken"]
            says = "whole" if broken is None else f"BROKEN from number {broken} on"
            typer.echo(f"{row['workspace']}: {counted(int(str(row['events'])), 'event')}, {says}")
    raise typer.Exit(PASSED if whole else REGRESSION)


@app.command()
def export(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Its name ends in .jsonl or .csv.")],
    tag: Annotated[str | None, typer.Option(help="Such as prompt or prompt:version.")] = None,
    since: Annotated[
        str | None, typer.Option("--from", metavar="TIME", help="Such as 2026-01-31T00:00:00Z.")
    ] = None,
    until: Annotated[str | None, typer.Option("--to", metavar="TIME", help="Before it.")] = None,
    server: ServerOption = None,
    data_dir: FolderOption = None,
    *,
    as_json: JsonOption = False,
) -> None:
    """Write the workspace's log to a file, oldest first, with its digests; for admins.

    Example: llmops audit export audit.jsonl --tag prompt:label
    """
    from app.cli import addressing

    form = FORMATS.get(file.suffix)
    if form is None:
        raise Misconfigured(f"What should {file} be? Its name ends in neither .jsonl nor .csv.")
    asked = {"tag": tag, "from": since, "to": until}
    given = {name: value for name, value in asked.items() if value is not None}

    def work(there: Server) -> int:
        content = there.get("/audit/export", format=form, **given) or ""
        try:
            file.write_text(content, encoding="utf-8", newline="")
        except OSError as error:
            raise CannotStart(f"{file} cannot be written: {error.strerror}.") from None
        if as_json:
            print_json({"file": str(file), "count": _count(content, form)})
        else:
            typer.echo(f"{file}: written.")
        return 0

    servers.run(addressing.address(server), data_dir, work)


def _count(content: str, form: str) -> int:
    """How many events a file has; a CSV's cells may hold line breaks, its first row the names."""
    if form == "csv":
        csv.field_size_limit(len(content) + 1)
        return sum(1 for _ in csv.reader(io.StringIO(content, newline=""))) - 1
    return content.count("\n")
