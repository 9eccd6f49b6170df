"""The supervisor's end of the image (`image.py`): orders a fork, and hears when one ended."""

import json
import os
import select
import signal
import socket
import time
from contextlib import suppress
from dataclasses import replace

import psutil

from app.embedded import processes
from app.embedded.errors import CannotStart, with_tail
from app.embedded.processes import Child, Command, Mark

ANSWER_TIMEOUT_S = 120.0  # the first order waits for all the imports
KILL_TIMEOUT_S = 5.0
READ_BYTES = 65_536


class Image:
    """A service that forks programs: `fork` is what a `Program` begins with."""

    name = "image"

    def __init__(self, command: Command) -> None:
        self.log = command.log
        self.child: Child | None = None
        self._command = command
        self._channel: socket.socket | None = None
        self._unread = b""
        self._born: list[int] = []
        self._ended: dict[int, int] = {}

    def start(self) -> None:
        """Returns before it can fork; the first fork waits for that."""
        self._channel, theirs = socket.socketpair()
        with theirs:
            self.child = Child(replace(self._command, stdin=theirs.fileno()))

    def stop(self) -> None:
        """Whatever it forked ends with it."""
        if self.child:
            self.child.kill()
            self.child = None
        if self._channel:
            self._channel.close()
            self._channel = None
            self._unread = b""

    def fork(self, command: Command) -> "Fork":
        """Starts `python -m …`; raises CannotStart where the image is not there."""
        processes.rotate(command.log)
        order = json.dumps([list(command.argv[2:]), str(command.log)])
        until = time.monotonic() + ANSWER_TIMEOUT_S
        with suppress(OSError):  # it has just ended: said below
            if self._channel:
                self._channel.sendall(order.encode() + b"\n")
        while not self._born:
            if self._is_gone or time.monotonic() > until:
                raise CannotStart(with_tail("The platform could not be loaded.", self.log))
            self._listen(0.1)
        return Fork(self._born.pop(), self)

    def exit_code_of(self, mark: Mark) -> int | None:
        """None while it runs. What the image did not live to tell was killed with it."""
        self._listen(0)
        if self._is_gone and not mark.alive:
            return self._ended.get(mark.pid, -signal.SIGKILL)
        return self._ended.get(mark.pid)

    @property
    def _is_gone(self) -> bool:
        return self.child is None or self.child.exit_code is not None

    def _listen(self, timeout_s: float) -> None:
        if self._channel is None or not select.select([self._channel], [], [], timeout_s)[0]:
            return
        with suppress(OSError):
            self._unread += self._channel.recv(READ_BYTES)
        *lines, self._unread = self._unread.split(b"\n")
        for pid, exit_code in map(json.loads, lines):
            if exit_code is None:
                self._ended.pop(pid, None)  # ids come back
                self._born.append(pid)
            else:
                self._ended[pid] = exit_code


class Fork:
    """A program forked from the image."""

    def __init__(self, pid: int, image: Image) -> None:
        self._image = image
        self._exit_code: int | None = None
        try:
            self.mark = Mark.of(pid)
        except psutil.NoSuchProcess:  # it failed at once
            self.mark = Mark(pid, time.time())

    @property
    def exit_code(self) -> int | None:
        """None while it runs; minus the signal when one ended it."""
        if self._exit_code is None:
            self._exit_code = self._image.exit_code_of(self.mark)
        return self._exit_code

    def ask(self, sign: signal.Signals) -> None:
        if self.exit_code is None:
            with suppress(ProcessLookupError):
                os.kill(self.mark.pid, sign)

    def kill(self) -> None:
        """Ends it now, with what it left behind: a worker's pool may survive the worker."""
        self.ask(signal.SIGKILL)
        processes.wait_for(lambda: self.exit_code is not None, KILL_TIMEOUT_S)
        processes.kill(processes.survivors([self.mark]))
