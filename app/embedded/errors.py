"""Why the stack does not start, in sentences the command line can print as they are."""

from pathlib import Path

TAIL_LINES = 15


class CannotStart(Exception):
    """A server, a migration or a child process did not come up; exit code 3."""


class Misconfigured(CannotStart):
    """Nothing was tried, because what was asked for cannot work; exit code 2."""


class FolderInUse(CannotStart):
    """Another process holds the data folder; exit code 3."""


def with_tail(sentence: str, log: Path) -> str:
    """The sentence, followed by the last lines of the log that explains it."""
    return f"{sentence}\n--- the end of {log} ---\n{tail(log)}"


def tail(log: Path, lines: int = TAIL_LINES) -> str:
    if not log.exists():
        return "(nothing was written)"
    with log.open("rb") as stream:
        stream.seek(max(0, log.stat().st_size - 64 * 1024))
        text = stream.read().decode(errors="replace")
    return "\n".join(text.splitlines()[-lines:]) or "(nothing was written)"
