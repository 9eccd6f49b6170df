"""`llmops run --watch`: again whenever a file changes."""

import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from app.cli import asking, config_file, exit_codes, running
from app.cli.choices import Choices
from app.cli.config_file import FILE, Project
from app.cli.running import Manner
from app.cli.server import Server
from app.embedded.errors import Misconfigured
from app.embedded.supervisor import say

WATCH_S = 0.5

Read = Callable[[], tuple[Project, Sequence[str]]]  # raises Misconfigured


def watch(
    server: Server, config: Path | None, name: str | None, choices: Choices, manner: Manner
) -> int:
    """Runs whenever a file changes, llmops.yaml among them, until Ctrl-C."""

    def read() -> tuple[Project, Sequence[str]]:
        found = config_file.load(config)
        return found, asking.names_of(found, name)

    project, prompts = read()
    while True:
        before = _changed_at(project, prompts)
        code = running.run_all(server, project, prompts, choices, manner)
        if code == exit_codes.INTERRUPTED:
            return code
        say("Watching the files; Ctrl-C ends.")
        try:
            project, prompts = _changed(project, prompts, before, read)
        except KeyboardInterrupt:
            return exit_codes.INTERRUPTED


def _changed(
    project: Project, prompts: Sequence[str], before: list[float], read: Read
) -> tuple[Project, Sequence[str]]:
    """What is read after a change; one that cannot be read is told, and the next one waited for."""
    while True:
        while (now := _changed_at(project, prompts)) == before:
            _pause()
        before = now
        try:
            return read()
        except Misconfigured as error:
            say(f"llmops: {error}")


def _pause() -> None:
    if threading.current_thread() is threading.main_thread():
        time.sleep(WATCH_S)
    else:
        threading.Event().wait(WATCH_S)


def _changed_at(project: Project, prompts: Sequence[str]) -> list[float]:
    files = [project.file or Path(FILE)]
    for prompt in prompts:
        files += project.golden_of(prompt)
        file = project.config.prompts.get(prompt)
        files += [project.folder / file] if file else []
    return [file.stat().st_mtime if file.exists() else 0.0 for file in files]
