import os

import pytest

from app.embedded import state
from app.embedded.datadir import DataDir
from app.embedded.processes import Mark
from app.embedded.state import Phase, ProcessState, State


def a_state(supervisor: Mark) -> State:
    return State(
        supervisor=supervisor,
        phase=Phase.ready,
        url="http://127.0.0.1:8000",
        version="1.0",
        processes=[
            ProcessState(name="api", mark=Mark(7, 1.5), restarts=2, log="api.log"),
            ProcessState(name="beat", mark=None, restarts=0, log="beat.log"),
        ],
        environment={"LLMOPS_SECRET_KEY": "canary"},
    )


def test_what_is_written_is_read(data):
    """Round trip, and the file is closed to others: it holds secrets."""
    folder = DataDir.open(data)
    written = a_state(Mark.of(os.getpid()))
    state.write(folder, written)

    assert written == state.read(folder) == state.read_running(folder)
    assert 0o600 == (folder.run / "state.json").stat().st_mode & 0o777


def test_a_dead_stack_is_not_running(data):
    """Its state is still there for the one who cleans up."""
    folder = DataDir.open(data)
    dead = a_state(Mark(os.getpid(), 1.0))
    state.write(folder, dead)

    assert (dead, None) == (state.read(folder), state.read_running(folder))


@pytest.mark.parametrize("content", ["", "{}", "[]", '{"supervisor": {"pid": 1}}', "\x00"])
def test_an_unreadable_state_is_none(data, content):
    """A crash in the middle of a write must not bar the next start."""
    folder = DataDir.open(data)
    (folder.run / "state.json").write_text(content)

    assert None is state.read(folder)


def test_a_removed_state_is_none(data):
    """Removing it twice is no error."""
    folder = DataDir.open(data)
    state.write(folder, a_state(Mark(1, 1.0)))
    state.remove(folder)
    state.remove(folder)

    assert None is state.read(folder)
