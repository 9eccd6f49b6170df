# ruff: noqa: PLC0415 - imports wait until the command runs: --help answers in 0.2 s
"""`llmops status`: what runs on a data folder."""

import time
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

import typer

from app.cli.output import DataDirOption, JsonOption, columns, painted, print_json, spelled

if TYPE_CHECKING:
    from app.embedded.state import ProcessState

NOT_RUNNING = 3


@dataclass(frozen=True, kw_only=True)
class Line:
    """One process; times in seconds."""

    name: str
    running: bool
    pid: int | None
    uptime_s: float | None
    restarts: int
    log: str

    @classmethod
    def of(cls, process: "ProcessState", now: float) -> "Line":
        mark = process.mark if process.mark and process.mark.alive else None
        return cls(
            name=process.name,
            running=mark is not None,
            pid=mark.pid if mark else None,
            uptime_s=round(now - mark.started, 1) if mark else None,
            restarts=process.restarts,
            log=process.log,
        )


def status(data_dir: DataDirOption = None, *, as_json: JsonOption = False) -> None:
    """Show what runs: processes, address, versions.

    Exit code 0 when it runs, 3 when not.

    Example: llmops status --json
    """
    from app.embedded import datadir, state, versions

    folder = datadir.DataDir.at(data_dir or datadir.default_path())
    running = state.read_running(folder)
    if running is None:
        if as_json:
            print_json({"running": False, "data_dir": str(folder.root)})
        else:
            typer.echo(f"Nothing runs on {folder.root}. Start it with: llmops up")
        raise typer.Exit(NOT_RUNNING)
    now = time.time()
    lines = [Line.of(process, now) for process in running.processes]
    uptime = now - running.supervisor.started
    found = {"llmops": running.version, **versions.of_servers(running.environment)}
    if as_json:
        print_json(
            {
                "running": True,
                "phase": running.phase.value,
                "url": running.url,
                "data_dir": str(folder.root),
                "pid": running.supervisor.pid,
                "uptime_s": round(uptime, 1),
                "versions": found,
                "processes": [asdict(line) for line in lines],
            }
        )
        return
    typer.echo(f"{running.url}  {running.phase.value}, up {spelled(uptime)}")
    typer.echo("  ".join(f"{name} {version or '?'}" for name, version in found.items()))
    typer.echo(_table(lines))


def _table(lines: list[Line]) -> str:
    rows = [("PROCESS", "STATE", "PID", "UP", "RESTARTS", "LOG")]
    for line in lines:
        up = spelled(line.uptime_s) if line.uptime_s is not None else "-"
        word = "running" if line.running else "down"
        rows.append((line.name, word, str(line.pid or "-"), up, str(line.restarts), line.log))
    table = columns(rows)
    return table.replace(" down ", f" {painted('down', 'red')} ")
