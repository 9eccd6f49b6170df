# ruff: noqa: PLC0415 - imports wait until the command runs: --help answers in 0.2 s
"""`llmops doctor`: what could keep the platform from running here."""

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from app.cli.output import DataDirOption, JsonOption, painted, print_json

if TYPE_CHECKING:
    from app.embedded.diagnosis import Finding

SICK = 3
COLOURS = {"ok": "green", "warn": "yellow", "fail": "red"}


def doctor(
    data_dir: DataDirOption = None,
    host: Annotated[str, typer.Option(help="The address `llmops up` would use.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="The port `llmops up` would use.")] = 8000,
    *,
    as_json: JsonOption = False,
) -> None:
    """Check this machine, the database and the queue.

    Exit code 3 when something fails.

    Example: llmops doctor
    """
    from app.embedded import datadir, diagnosis

    findings = []
    for finding in diagnosis.examine(data_dir or datadir.default_path(), host, port):
        findings.append(finding)
        if not as_json:
            typer.echo(_line(finding))
    if as_json:
        print_json([asdict(finding) for finding in findings])
    if any(finding.level is diagnosis.Level.fail for finding in findings):
        raise typer.Exit(SICK)


def _line(finding: "Finding") -> str:
    level = painted(finding.level.ljust(4), COLOURS[finding.level])
    advice = f"\n      {finding.advice}" if finding.advice else ""
    return f"{level}  {finding.name}: {finding.detail}{advice}"
