# ruff: noqa: PLC0415 - imports wait until the command runs: --help answers in 0.2 s
"""`llmops down`: stop what runs on a data folder."""

import os
import signal
from typing import TYPE_CHECKING

from app.cli.output import DataDirOption
from app.embedded.errors import CannotStart

if TYPE_CHECKING:
    from app.embedded.datadir import DataDir

# A worker may take 25 s, PostgreSQL and Valkey together another 25 s.
TIMEOUT_S = 60.0


def down(data_dir: DataDirOption = None) -> None:
    """Stop what runs on the data folder, and wait for its end.

    Example: llmops down
    """
    from app.embedded import datadir, processes, state
    from app.embedded.supervisor import say

    folder = datadir.DataDir.at(data_dir or datadir.default_path())
    running = state.read_running(folder)
    if running is None:
        _clear_leftovers(folder)
        say(f"Nothing runs on {folder.root}.")
        return
    os.kill(running.supervisor.pid, signal.SIGTERM)
    if not processes.wait_for(lambda: not running.supervisor.alive, TIMEOUT_S):
        raise CannotStart(
            f"Process {running.supervisor.pid} still runs after {TIMEOUT_S:.0f} s; "
            f"see the logs in {folder.logs}, or end it with: kill -9 {running.supervisor.pid}"
        )
    say(f"Stopped what ran on {folder.root}.")


def _clear_leftovers(folder: "DataDir") -> None:
    from app.embedded import leftovers
    from app.embedded.datadir import FolderLock

    if folder.run.exists():
        with FolderLock(folder.run / "lock", "llmops down"):
            leftovers.clear(folder)
