import os
import signal
import sys
from pathlib import Path

import pytest

from app.embedded import supervisor as module
from app.embedded.errors import CannotStart
from app.embedded.processes import Child, Command
from app.embedded.supervisor import Program, Supervisor
from tests.embedded.alone import eventually

SLEEPS = "import time; time.sleep(600)"
FAILS = "print('the reason'); raise SystemExit(7)"
DEAF = "import signal, time; signal.signal(15, signal.SIG_IGN); print('deaf', flush=True);" + SLEEPS


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch):
    """The same rules, with shorter times."""
    monkeypatch.setattr(module, "TICK_S", 0.01)
    monkeypatch.setattr(module, "BACKOFF_S", 0.01)
    monkeypatch.setattr(module, "GRACE_S", 0.3)


def program(folder: Path, name: str, code: str) -> Program:
    command = Command(
        argv=[sys.executable, "-c", code],
        log=folder / f"{name}.log",
        cwd=folder,
        env={"PATH": os.defpath},
    )
    return Program(name, command)


def test_what_dies_is_started_again(tmp_path, capsys):
    """With a line that says what happened and where to read more."""
    with Supervisor() as supervisor:
        supervisor.start(program(tmp_path, "worker", SLEEPS))
        os.kill(supervisor.watched[0].service.child.pid, signal.SIGKILL)
        supervisor.watch(lambda: supervisor.watched[0].restarts == 1)
        alive = supervisor.watched[0].service.child.exit_code is None
    said = capsys.readouterr().err

    assert alive
    assert "worker ended with SIGKILL" in said
    assert "worker.log" in said


def test_five_quick_deaths_in_a_row_are_enough(tmp_path):
    """Then the stack gives up, showing the end of the log, and stops the others."""
    supervisor = Supervisor()
    other = program(tmp_path, "other", SLEEPS)
    with supervisor:
        supervisor.start(other)
        child = other.child
        supervisor.start(program(tmp_path, "worker", FAILS))
        with pytest.raises(CannotStart, match="5 times in a row") as refusal:
            supervisor.watch()

    assert "the reason" in str(refusal.value)
    assert "exit code 7" in str(refusal.value)
    assert child.exit_code == -signal.SIGTERM


def test_a_death_after_a_long_life_starts_the_count_again(tmp_path, monkeypatch):
    """Five crashes in a month are not five in a row."""
    monkeypatch.setattr(module, "QUICK_S", 0.0)
    with Supervisor() as supervisor:
        supervisor.start(program(tmp_path, "worker", FAILS))
        supervisor.watch(lambda: supervisor.watched[0].restarts > module.QUICK_DEATHS)
        restarts = supervisor.watched[0].restarts

    assert restarts > module.QUICK_DEATHS


class Moody:
    """A server that starts once, dies, and does not come up again."""

    name = "server"

    def __init__(self, folder: Path) -> None:
        self.log = folder / "server.log"
        self.child: Child | None = None
        self._first = program(folder, "server", FAILS)

    def start(self) -> None:
        if self.child:
            raise CannotStart("The server did not start.")
        self._first.start()
        self.child = self._first.child

    def stop(self) -> None:
        self._first.stop()


def test_a_server_that_does_not_come_up_again_counts_as_dead(tmp_path, capsys):
    """A start that fails is tried again as often as a death, no oftener."""
    with Supervisor() as supervisor:
        supervisor.start(Moody(tmp_path))
        with pytest.raises(CannotStart, match="did not start"):
            supervisor.watch()

    assert 4 == capsys.readouterr().err.count("it starts again")


@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_the_watch_and_everything_in_it(tmp_path, sign):
    """Ctrl-C, a stop from outside, a closed terminal."""
    whole = signal.signal(sign, signal.SIG_DFL)  # a test run under nohup ignores SIGHUP
    former = signal.getsignal(sign)
    with Supervisor() as supervisor:
        services = [program(tmp_path, name, SLEEPS) for name in ("a", "b")]
        for service in services:
            supervisor.start(service)
        children = [service.child for service in services]
        os.kill(os.getpid(), sign)
        supervisor.watch()
        stopping = supervisor.stopping
    after = signal.signal(sign, whole)

    assert stopping
    assert [-signal.SIGTERM] * 2 == [child.exit_code for child in children]
    assert former == after


def test_nohup_is_respected(tmp_path):
    """Who ignores the end of the terminal goes on after it."""
    former = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with Supervisor() as supervisor:
            signal.raise_signal(signal.SIGHUP)
            stopping = supervisor.stopping
    finally:
        signal.signal(signal.SIGHUP, former)

    assert not stopping


def test_who_does_not_listen_is_killed_after_the_grace(tmp_path):
    """The wait is bounded."""
    with Supervisor() as supervisor:
        deaf = program(tmp_path, "deaf", DEAF)
        supervisor.start(deaf)
        child = deaf.child
        eventually(deaf.log.read_text)

    assert -signal.SIGKILL == child.exit_code


def test_a_second_ctrl_c_ends_the_waiting(tmp_path, monkeypatch):
    """With a grace of ten minutes the test would time out."""
    monkeypatch.setattr(module, "GRACE_S", 600.0)
    deaf = program(tmp_path, "deaf", DEAF)
    again = (
        "import os, signal, time; time.sleep(0.3);"
        f"os.kill({os.getpid()}, signal.SIGINT); time.sleep(600)"
    )
    with Supervisor() as supervisor:
        supervisor.start(deaf)
        child = deaf.child
        eventually(deaf.log.read_text)
        impatient = program(tmp_path, "impatient", again)
        impatient.start()
    impatient.stop()

    assert -signal.SIGKILL == child.exit_code


def test_services_end_in_reverse_order(tmp_path):
    """What was started last, and may need the others, ends first."""
    ended: list[str] = []

    class Recorded(Moody):
        def stop(self) -> None:
            ended.append(self.name)
            super().stop()

    with Supervisor() as supervisor:
        for name in ("database", "queue", "api"):
            service = Recorded(tmp_path)
            service.name = name
            supervisor.start(service)

    assert ["api", "queue", "database"] == ended


def test_every_start_is_told(tmp_path):
    """So that it is written down before anything can happen to it."""
    told: list[int] = []
    supervisor = Supervisor(on_change=lambda: told.append(len(supervisor.watched)))
    with supervisor:
        supervisor.start(program(tmp_path, "a", SLEEPS))
        supervisor.start(program(tmp_path, "b", SLEEPS))

    assert [1, 2] == told
