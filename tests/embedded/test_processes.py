import os
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from app.embedded import errors, exec_child, processes
from app.embedded.errors import CannotStart
from app.embedded.processes import Child, Command, Mark
from tests.embedded.alone import eventually

# A leader that starts a member of its session and says who it is.
FAMILY = (
    "import subprocess, sys, time;"
    "member = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)']);"
    "print(member.pid, flush=True); time.sleep(600)"
)
STUBBORN = (
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN);"
    "print('ready', flush=True); time.sleep(600)"
)


def python(folder: Path, code: str, **environment: str) -> Command:
    return Command(
        argv=[sys.executable, "-c", code],
        log=folder / "child.log",
        cwd=folder,
        env={"PATH": os.defpath} | environment,
    )


def first_line(folder: Path) -> str:
    return str(eventually(lambda: (folder / "child.log").read_text().partition("\n")[0]))


def test_a_child_gets_what_it_was_given(tmp_path):
    """Environment, folder, a session of its own, files closed to others; output in the log."""
    code = (
        "import os, sys; open('made', 'w').close();"
        "print(os.environ['WORD'], os.getcwd(), os.getsid(0) == os.getpid())"
    )
    exit_code = processes.run(python(tmp_path, code, WORD="hello"), 30)

    assert 0 == exit_code
    assert f"hello {tmp_path} True\n" == (tmp_path / "child.log").read_text()
    assert 0o600 == (tmp_path / "made").stat().st_mode & 0o777


def test_a_program_that_takes_too_long_is_ended(tmp_path):
    """The sentence names it and its log."""
    with pytest.raises(CannotStart, match=r"took more than 0 s; see .*child.log"):
        processes.run(python(tmp_path, "import time; time.sleep(600)"), 0.2)


def test_a_large_log_is_put_aside(tmp_path, monkeypatch):
    """One generation is kept."""
    monkeypatch.setattr(processes, "LOG_LIMIT_BYTES", 10)
    (tmp_path / "child.log").write_text("x" * 11)
    processes.run(python(tmp_path, "print('new')"), 30)

    assert "new\n" == (tmp_path / "child.log").read_text()
    assert "x" * 11 == (tmp_path / "child.log.1").read_text()


def test_a_child_that_does_not_listen_is_killed(tmp_path):
    """And what it started ends with it."""
    child = Child(python(tmp_path, STUBBORN))
    first_line(tmp_path)
    child.end(signal.SIGTERM, 0.2)

    assert -signal.SIGKILL == child.exit_code


def test_members_of_a_dead_child_s_session_are_ended(tmp_path):
    """A pool may survive its worker; `kill` finds it all the same."""
    child = Child(python(tmp_path, FAMILY))
    member = psutil.Process(int(first_line(tmp_path)))
    os.kill(child.pid, signal.SIGKILL)
    eventually(lambda: child.exit_code is not None)
    lived_on = processes._runs(member)
    child.kill()

    assert (True, False) == (lived_on, processes._runs(member))


def test_survivors_are_found_by_their_leader_s_mark(tmp_path):
    """What a later start knows is the mark that was written down."""
    child = Child(python(tmp_path, FAMILY))
    member = int(first_line(tmp_path))
    found = {process.pid for process in processes.survivors([child.mark])}
    child.kill()

    assert {child.pid, member} == found
    assert [] == processes.survivors([child.mark])


def test_a_stranger_with_the_same_number_is_left_alone():
    """The number is ours, the time is not: it was given out again."""
    with subprocess.Popen(["sleep", "600"], start_new_session=True) as stranger:
        late = Mark(stranger.pid, Mark.of(stranger.pid).started - 3600)
        found = processes.survivors([late])
        stranger.kill()

    assert [] == found
    assert not late.alive


def test_a_process_that_ended_and_was_not_waited_for_is_not_alive():
    """In many containers nobody ever waits for an orphan."""
    process = subprocess.Popen(["true"])
    mark = Mark.of(process.pid)
    eventually(lambda: psutil.Process(process.pid).status() == psutil.STATUS_ZOMBIE)
    found = (mark.process is None, mark.alive)
    process.wait()

    assert (False, False) == found
    assert (True, False) == (mark.process is None, mark.alive)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells children of it")
def test_children_die_with_their_starter(tmp_path):
    """kill -9 of the starter, and the child is gone without anybody's doing."""
    code = (
        "import sys, time; from pathlib import Path;"
        "from tests.embedded.test_processes import python; from app.embedded.processes import Child;"
        "print(Child(python(Path(sys.argv[1]), 'import time; time.sleep(600)')).pid, flush=True);"
        "time.sleep(600)"
    )
    root = Path(__file__).resolve().parents[2]
    with subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path)], cwd=root, stdout=subprocess.PIPE
    ) as starter:
        assert starter.stdout
        child = psutil.Process(int(starter.stdout.readline()))
        starter.kill()

    assert eventually(lambda: not processes._runs(child))


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells children of it")
def test_a_child_born_to_a_dead_starter_does_not_begin(tmp_path):
    """The starter may die between the birth and the request to be told of it."""
    arguments = ["--parent", "1", "--death-signal", "9", "--", sys.executable, "-c", "print('ran')"]
    found = subprocess.run(
        [sys.executable, "-I", "-S", str(exec_child.__file__), *arguments],
        capture_output=True,
        text=True,
        check=False,
    )

    assert (1, "") == (found.returncode, found.stdout)
    assert "gone already" in found.stderr


def test_a_server_is_known_by_its_folder(tmp_path):
    """Name and working folder together; a shell in the folder is not a server."""
    with subprocess.Popen(["sleep", "600"], cwd=tmp_path) as here:
        found = [process.pid for process in processes.running_in(tmp_path, "sleep")]
        others = processes.running_in(tmp_path, "postgres")
        elsewhere = processes.running_in(tmp_path.parent, "sleep")
        processes.end([psutil.Process(here.pid)], signal.SIGTERM, 5)

    assert ([here.pid], [], []) == (found, others, elsewhere)


def test_signalling_the_dead_is_no_error():
    """Between the look and the signal a process may end."""
    with subprocess.Popen(["true"]) as process:
        late = psutil.Process(process.pid)
    processes.end([late], signal.SIGTERM, 5)

    assert not processes._runs(late)


def test_waiting_ends_with_the_time():
    """False, not an exception."""
    assert (True, False) == (
        processes.wait_for(lambda: True, 0),
        processes.wait_for(lambda: False, 0),
    )


def test_the_end_of_a_log_is_shown(tmp_path):
    """The last lines, or that there are none."""
    log = tmp_path / "some.log"
    missing = errors.tail(log)
    log.write_text("\n".join(map(str, range(100))))
    lines = errors.tail(log, lines=2)
    log.write_text("")

    assert ("(nothing was written)", "98\n99") == (missing, lines)
    assert errors.with_tail("It failed.", log).endswith("(nothing was written)")
