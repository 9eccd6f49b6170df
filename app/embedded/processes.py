"""Starting, finding and ending processes, so that none survives its stack."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import psutil

from app.embedded.errors import CannotStart

LOG_LIMIT_BYTES = 10 * 1024 * 1024
POLL_S = 0.02
# psutil computes start times from the boot clock, which time servers nudge; a process id is not
# given out again within two seconds.
START_TOLERANCE_S = 2.0


@dataclass(frozen=True)
class Account:
    """The system account a program runs under when its starter is root."""

    name: str
    uid: int
    gid: int


@dataclass(frozen=True, kw_only=True)
class Command:
    """A program to start. `death_signal` is what it gets when its starter dies (Linux)."""

    argv: Sequence[str]
    log: Path
    cwd: Path
    env: Mapping[str, str]
    death_signal: signal.Signals = signal.SIGKILL
    account: Account | None = None
    stdin: int = subprocess.DEVNULL


@dataclass(frozen=True)
class Mark:
    """A process for good: ids are reused, an id with its start time is not."""

    pid: int
    started: float

    @classmethod
    def of(cls, pid: int) -> Self:
        """Raises psutil.NoSuchProcess."""
        return cls(pid, psutil.Process(pid).create_time())

    @property
    def process(self) -> psutil.Process | None:
        """None when the id belongs to nobody, or to somebody else by now."""
        try:
            found = psutil.Process(self.pid)
        except psutil.NoSuchProcess:
            return None
        return found if abs(found.create_time() - self.started) < START_TOLERANCE_S else None

    @property
    def alive(self) -> bool:
        """A process that ended and was never waited for is not alive."""
        return self.process is not None and _runs(self.process)


class Child:
    """A program at the head of a session of its own: Ctrl-C reaches only its starter.

    Start it from the main thread: the kernel counts the end of the starting thread as the
    starter's end.
    """

    def __init__(self, command: Command) -> None:
        wrapper = [sys.executable, "-I", "-S", str(Path(__file__).with_name("exec_child.py"))]
        wrapper += ["--parent", str(os.getpid()), "--death-signal", str(int(command.death_signal))]
        if command.account:
            wrapper += ["--uid", str(command.account.uid), "--gid", str(command.account.gid)]
        rotate(command.log)
        with command.log.open("ab") as log:
            self._process = subprocess.Popen(  # noqa: S603 - our own programs, no shell
                [*wrapper, "--", *command.argv],
                stdin=command.stdin,
                stdout=log,
                stderr=subprocess.STDOUT,
                cwd=command.cwd,
                env=dict(command.env),
                start_new_session=True,
            )
        self.mark = Mark.of(self._process.pid)

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def exit_code(self) -> int | None:
        """None while it runs; minus the signal when one ended it."""
        return self._process.poll()

    def ask(self, sign: signal.Signals) -> None:
        self._process.send_signal(sign)

    def wait(self, timeout_s: float) -> bool:
        """True once it has ended, False when the time is over."""
        try:
            self._process.wait(timeout_s)
        except subprocess.TimeoutExpired:
            return False
        return True

    def end(self, sign: signal.Signals, grace_s: float) -> None:
        self.ask(sign)
        self.wait(grace_s)
        self.kill()

    def kill(self) -> None:
        """Ends it now, with what it left behind: a worker's pool may survive the worker."""
        if self.exit_code is None:
            self._process.kill()
            self._process.wait()
        kill(survivors([self.mark]))


def run(command: Command, timeout_s: float) -> int:
    """Runs a program to its end and gives its exit code; raises CannotStart at the limit."""
    child = Child(command)
    if child.wait(timeout_s) and child.exit_code is not None:
        return child.exit_code
    child.end(signal.SIGTERM, 5)
    raise CannotStart(f"{command.argv[0]} took more than {timeout_s:.0f} s; see {command.log}")


def rotate(log: Path) -> None:
    if log.exists() and log.stat().st_size > LOG_LIMIT_BYTES:
        log.replace(log.with_suffix(".log.1"))


def session_of(leader: int) -> list[psutil.Process]:
    """Every process whose session `leader` began, itself included."""
    return [process for process in psutil.process_iter() if _session_id(process.pid) == leader]


def _session_id(pid: int) -> int | None:
    try:
        return os.getsid(pid)
    except OSError:
        return None


def running_in(folder: Path, program: str) -> list[psutil.Process]:
    """Processes called `program` that work in `folder`: servers that outlived their starter."""
    found = []
    for process in psutil.process_iter(["name"]):
        if process.info["name"] != program:
            continue
        try:
            if Path(process.cwd()) == folder.resolve():
                found.append(process)
        except psutil.Error:
            continue
    return found


def end(processes: Sequence[psutil.Process], sign: signal.Signals, grace_s: float) -> None:
    """Asks with `sign`, waits, then kills."""
    for process in processes:
        _signal(process, sign)
    wait_for(lambda: not any(map(_runs, processes)), grace_s)
    kill([process for process in processes if _runs(process)])


def kill(processes: Sequence[psutil.Process]) -> None:
    for process in processes:
        _signal(process, signal.SIGKILL)
    wait_for(lambda: not any(map(_runs, processes)), 5)


def _runs(process: psutil.Process) -> bool:
    """A zombie does not: where process 1 never waits, as in many containers, it stays for ever."""
    try:
        return bool(process.is_running() and process.status() != psutil.STATUS_ZOMBIE)
    except psutil.Error:
        return False


def _signal(process: psutil.Process, sign: signal.Signals) -> None:
    try:
        process.send_signal(sign)
    except psutil.Error:
        return


def wait_for(condition: Callable[[], bool], timeout_s: float) -> bool:
    """True once the condition holds, False when the time is over."""
    until = time.monotonic() + timeout_s
    while not condition():
        if time.monotonic() > until:
            return False
        time.sleep(POLL_S)
    return True


def survivors(marks: Iterable[Mark]) -> list[psutil.Process]:
    """What still runs of the sessions that were written down.

    An id serves a session until its last member ends, so either the leader is the process we
    wrote down, or it is gone and the members are its orphans, or the id belongs to a stranger.
    """
    found: list[psutil.Process] = []
    for mark in marks:
        if psutil.pid_exists(mark.pid) and mark.process is None:
            continue
        found += [
            process
            for process in session_of(mark.pid)
            if _runs(process) and process.create_time() > mark.started - START_TOLERANCE_S
        ]
    return found
