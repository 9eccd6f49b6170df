import signal
import subprocess
import sys
from collections.abc import Iterator

import psutil
import pytest

from app.embedded import processes, surroundings
from app.embedded.errors import CannotStart
from app.embedded.forks import Image
from app.embedded.processes import Command
from app.embedded.programs import ROOT
from tests.embedded.alone import eventually


def command(folder, name: str, *arguments: str) -> Command:
    return Command(
        argv=[sys.executable, "-m", *arguments],
        log=folder / f"{name}.log",
        cwd=ROOT,
        env=surroundings.complete({"OPENBLAS_NUM_THREADS": "1"}),
    )


@pytest.fixture
def image(tmp_path) -> Iterator[Image]:
    made = Image(command(tmp_path, "image", "app.embedded.image"))
    made.start()
    yield made
    made.stop()


def test_programs_are_forked_watched_and_end_with_their_image(image, tmp_path):
    """Each has a log, a session and an exit code; a killed image takes them along, and comes back."""
    table = image.fork(command(tmp_path, "table", "calendar", "2024", "2"))
    failing = image.fork(command(tmp_path, "failing", "calendar", "no year"))
    server, spared = (
        image.fork(command(tmp_path, name, "http.server", "0", "--bind", "127.0.0.1"))
        for name in ("server", "spared")
    )
    ended = [eventually(lambda f=fork: f.exit_code is not None) for fork in (table, failing)]
    alone = processes.session_of(server.mark.pid)
    running = server.exit_code
    server.kill()
    image.child.kill()
    eventually(lambda: spared.exit_code is not None, within=5)
    with pytest.raises(CannotStart, match="could not be loaded"):
        image.fork(command(tmp_path, "table", "calendar", "2024", "2"))
    image.stop()
    image.start()
    again = image.fork(command(tmp_path, "again", "calendar", "2024", "2"))

    assert [True, True] == ended
    assert (0, 2) == (table.exit_code, failing.exit_code)
    assert "February 2024" in (tmp_path / "table.log").read_text()
    assert [server.mark.pid] == [process.pid for process in alone]
    assert (None, -signal.SIGKILL) == (running, server.exit_code)
    assert -signal.SIGKILL == spared.exit_code
    assert eventually(lambda: again.exit_code == 0)


def test_nothing_is_left_when_the_starter_is_killed(tmp_path):
    """The kernel ends the image with its starter, and the forks with the image."""
    code = (
        "import sys, time; from pathlib import Path; from tests.embedded.test_forks import *;"
        "folder = Path(sys.argv[1]);"
        "image = Image(command(folder, 'image', 'app.embedded.image')); image.start();"
        "fork = image.fork(command(folder, 'server', 'http.server', '0'));"
        "print(image.child.pid, fork.mark.pid, flush=True); time.sleep(60)"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as starter:
        pids = [int(pid) for pid in starter.stdout.readline().split()]
        alive = [psutil.pid_exists(pid) for pid in pids]
        starter.kill()

    assert [True, True] == alive
    assert eventually(
        lambda: not any(processes._runs(psutil.Process(p)) for p in pids if psutil.pid_exists(p)),
        within=5,
    )
