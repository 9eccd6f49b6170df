"""Keeps a set of services running until it is told to stop, then ends them in reverse order."""

import signal
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Protocol, Self

from app.embedded.errors import CannotStart, with_tail
from app.embedded.processes import Child, Command, Mark

TICK_S = 0.2
QUICK_S = 10.0  # a service that lives shorter than this died quickly
QUICK_DEATHS = 5
BACKOFF_S = 0.5  # doubled with each quick death: 0.5, 1, 2, 4
GRACE_S = 25.0  # a worker's soft shutdown takes up to 20 s
STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Process(Protocol):
    """A started process; `exit_code` is None while it runs, minus the signal that ended it."""

    mark: Mark

    @property
    def exit_code(self) -> int | None: ...
    def ask(self, sign: signal.Signals) -> None: ...
    def kill(self) -> None: ...


class Service(Protocol):
    """A server or a program; `start` returns when it runs, `stop` may be called at any time."""

    name: str
    log: Path

    @property
    def child(self) -> Process | None: ...
    def start(self) -> object: ...
    def stop(self) -> None: ...


class Program:
    """One of the platform's own processes. `begin` starts it; by default it is executed."""

    def __init__(
        self, name: str, command: Command, begin: Callable[[Command], Process] = Child
    ) -> None:
        self.name = name
        self.log = command.log
        self.child: Process | None = None
        self._command = command
        self._begin = begin

    def start(self) -> None:
        self.child = self._begin(self._command)

    def stop(self) -> None:
        if self.child:
            self.child.kill()
            self.child = None


@dataclass
class Watched:
    service: Service
    started_at: float
    restarts: int = 0
    quick_deaths: int = 0
    due_at: float | None = None  # when it is started again


def say(sentence: str) -> None:
    """A line of progress; the result of a command goes to stdout, this does not."""
    sys.stderr.write(sentence + "\n")
    sys.stderr.flush()


class Supervisor:
    """Use as a context: inside it Ctrl-C and SIGTERM ask for a stop, at its end all is stopped."""

    def __init__(self, on_change: Callable[[], None] = lambda: None) -> None:
        self.watched: list[Watched] = []
        self._on_change = on_change
        self._signals = 0
        self._wake = threading.Event()
        self._former = {sign: signal.getsignal(sign) for sign in STOP_SIGNALS}
        if self._former[signal.SIGHUP] is signal.SIG_IGN:  # nohup
            del self._former[signal.SIGHUP]

    def __enter__(self) -> Self:
        for sign in self._former:
            signal.signal(sign, self._note)
        return self

    def _note(self, _sign: int, _frame: FrameType | None) -> None:
        self._signals += 1
        self._wake.set()

    @property
    def stopping(self) -> bool:
        return self._signals > 0

    def start(self, service: Service) -> None:
        """Raises CannotStart when the service does not come up."""
        self.watched.append(Watched(service, time.monotonic()))
        service.start()
        self._on_change()

    def watch(self, done: Callable[[], bool] = lambda: False) -> None:
        """Restarts what dies until `done` or a signal; raises CannotStart when it is no use."""
        while not (self.stopping or done()):
            for entry in self.watched:
                self._look_at(entry)
            self._wake.wait(TICK_S)

    def _look_at(self, entry: Watched) -> None:
        now = time.monotonic()
        if entry.due_at is not None:
            if now >= entry.due_at:
                self._restart(entry)
            return
        child = entry.service.child
        if child is None or child.exit_code is None:
            return
        self._schedule(entry, f"ended with {_spelled(child.exit_code)}")

    def _schedule(self, entry: Watched, what: str) -> None:
        lived = time.monotonic() - entry.started_at
        entry.quick_deaths = entry.quick_deaths + 1 if lived < QUICK_S else 1
        name, log = entry.service.name, entry.service.log
        if entry.quick_deaths >= QUICK_DEATHS:
            raise CannotStart(
                with_tail(f"{name} {what}, {QUICK_DEATHS} times in a row; giving up.", log)
            )
        wait = BACKOFF_S * 2 ** (entry.quick_deaths - 1)
        say(f"{name} {what} after {lived:.1f} s; it starts again in {wait:g} s. Log: {log}")
        entry.due_at = time.monotonic() + wait

    def _restart(self, entry: Watched) -> None:
        entry.due_at = None
        entry.restarts += 1
        entry.started_at = time.monotonic()
        entry.service.stop()  # clears what the dead one left
        try:
            entry.service.start()
        except CannotStart as error:
            self._schedule(entry, f"did not start ({error})")
        self._on_change()

    def __exit__(self, *_: object) -> None:
        self._end_programs()
        for entry in reversed(self.watched):
            entry.service.stop()
        self.watched.clear()
        for sign, handler in self._former.items():
            signal.signal(sign, handler)

    def _end_programs(self) -> None:
        """Asks all at once and waits for all together; another Ctrl-C ends the waiting."""
        services = [entry.service for entry in reversed(self.watched)]
        children = [s.child for s in services if isinstance(s, Program) and s.child]
        for child in children:
            child.ask(signal.SIGTERM)
        before = self._signals
        until = time.monotonic() + GRACE_S
        while any(child.exit_code is None for child in children):
            if time.monotonic() > until or self._signals > before:
                break
            time.sleep(0.05)


def _spelled(exit_code: int) -> str:
    if exit_code >= 0:
        return f"exit code {exit_code}"
    return signal.Signals(-exit_code).name
