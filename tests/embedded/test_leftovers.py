import os
import subprocess

import psutil

from app.embedded import leftovers, processes, state
from app.embedded.datadir import DataDir
from app.embedded.processes import Mark
from app.embedded.state import Phase, ProcessState, State


def test_programs_of_a_dead_supervisor_are_ended_and_servers_are_asked_first(data):
    """Where the kernel does not tell children, this is the broom; PostgreSQL ends in its own way."""
    folder = DataDir.open(data)
    with (
        subprocess.Popen(["sleep", "600"], start_new_session=True) as orphan,
        subprocess.Popen(["sleep", "600"], start_new_session=True) as not_a_server,
    ):
        entries = {"api": Mark.of(orphan.pid), "postgres": Mark.of(not_a_server.pid), "beat": None}
        dead = State(
            supervisor=Mark(os.getpid(), 1.0),
            phase=Phase.ready,
            url="",
            version="",
            processes=[
                ProcessState(name=name, mark=mark, restarts=0, log="")
                for name, mark in entries.items()
            ],
        )
        state.write(folder, dead)
        leftovers.clear(folder)
        found = [processes._runs(psutil.Process(p.pid)) for p in (orphan, not_a_server)]
        not_a_server.kill()

    assert [False, True] == found
    assert None is state.read(folder)


def test_a_fresh_folder_has_none(data):
    """Nothing to read, nothing to end."""
    folder = DataDir.open(data)
    leftovers.clear(folder)

    assert None is state.read(folder)
