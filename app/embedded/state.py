"""What the running stack says of itself in its data folder.

For `llmops status`, `down` and `keys`, and for the next start after a crash.
"""

import json
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from pathlib import Path

from app.embedded.datadir import DataDir
from app.embedded.processes import Mark


class Phase(StrEnum):
    starting = "starting"
    ready = "ready"
    stopping = "stopping"


@dataclass(frozen=True, kw_only=True)
class ProcessState:
    name: str
    mark: Mark | None  # None while it waits for its next start
    restarts: int
    log: str


@dataclass(frozen=True, kw_only=True)
class State:
    """`environment` holds secrets: the file is closed to others and is not printed."""

    supervisor: Mark
    phase: Phase
    url: str
    version: str
    processes: list[ProcessState] = field(default_factory=list)
    environment: dict[str, str] = field(default_factory=dict)


def _file(folder: DataDir) -> Path:
    return folder.run / "state.json"


def write(folder: DataDir, state: State) -> None:
    partial = _file(folder).with_suffix(".new")
    partial.touch(mode=0o600)
    partial.write_text(json.dumps(asdict(state)), encoding="utf-8")
    partial.replace(_file(folder))


def read(folder: DataDir) -> State | None:
    """What was last written, by a stack that may be long dead; None when nothing readable is."""
    try:
        data = json.loads(_file(folder).read_text(encoding="utf-8"))
        return State(
            supervisor=Mark(**data.pop("supervisor")),
            phase=Phase(data.pop("phase")),
            processes=[_process(entry) for entry in data.pop("processes")],
            **data,
        )
    except (OSError, ValueError, TypeError, KeyError):
        return None


def read_running(folder: DataDir) -> State | None:
    """The state of a stack whose supervisor lives."""
    state = read(folder)
    return state if state and state.supervisor.alive else None


def remove(folder: DataDir) -> None:
    _file(folder).unlink(missing_ok=True)


def _process(entry: dict[str, object]) -> ProcessState:
    mark = entry.pop("mark")
    known = Mark(**mark) if isinstance(mark, dict) else None
    return ProcessState(mark=known, **entry)  # type: ignore[arg-type] # checked by the caller's except
