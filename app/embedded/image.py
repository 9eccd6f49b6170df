"""One process with everything imported; the platform's programs are forked from it.

Each would else import the same 180 MB by itself, for two seconds of processor time. Memory nobody
writes to stays shared, so objects made here are kept out of the garbage collector's way, and no
connection, thread or event loop may be opened here.

Run as `python -m app.embedded.image` by `forks.py`, which speaks JSON lines with it on its standard
input: an order goes in, `[pid, null]` comes back at once and `[pid, exit code]` at the end.
"""

import gc
import json
import os
import runpy
import select
import signal
import socket
import sys
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import NamedTuple, TextIO

from sqlalchemy.orm import configure_mappers

from app.core.celery_app import app
from app.embedded import exec_child

# By name: this package may import neither the API nor the tasks.
MODULES = (
    "app.main",
    "tasks",
    "uvicorn.loops.auto",
    "uvicorn.protocols.http.auto",
    "uvicorn.protocols.websockets.auto",
    "uvicorn.lifespan.on",
    "uvicorn.loops.uvloop",
    "anyio._backends._asyncio",
    "app.embedded.worker",
    "celery.app.amqp",
    "celery.app.control",
    "celery.app.events",
    "celery.app.log",
    "celery.app.routes",
    "celery.apps.worker",
    "celery.concurrency.prefork",
    "celery.concurrency.solo",
    "celery.events.state",
    "celery.worker.autoscale",
    "celery.worker.consumer",
    "celery.worker.consumer.delayed_delivery",
    "celery.worker.pidbox",
    "celery.worker.strategy",
    "billiard.heap",
    "billiard.popen_fork",
    "billiard.sharedctypes",
    "kombu.transport.redis",
    "genai_prices.data_snapshot",
    "valkey.asyncio",
    "psycopg2.extras",
    "psycopg2.sql",
    "sqlalchemy.dialects.postgresql.psycopg2",
)


class Order(NamedTuple):
    """A program to fork: `python -m argv[0] …`, with a log of its own."""

    argv: list[str]
    log: str


def main() -> None:  # pragma: no cover - its processes are another's children; tests see those
    order = _wait()
    if order is not None:
        sys.argv = order.argv
        runpy.run_module(order.argv[0], run_name="__main__", alter_sys=True)


def _wait() -> Order | None:  # pragma: no cover - same
    """Forks what is ordered. Returns in each fork with its order, and in the end without one."""
    channel = socket.socket(fileno=os.dup(0))
    _import_all()
    bell, ringer = socket.socketpair()
    ringer.setblocking(False)
    signal.set_wakeup_fd(ringer.fileno(), warn_on_full_buffer=False)
    signal.signal(signal.SIGCHLD, lambda *_: None)  # its coming alone rings the bell
    with channel, bell, ringer, channel.makefile("rw", encoding="utf-8") as lines:
        while True:
            ready, _, _ = select.select([channel, bell], [], [])
            if bell in ready:
                bell.recv(1024)
                _tell_who_ended(lines)
            if channel in ready:
                line = lines.readline()
                if not line:
                    return None
                order, starter = Order(*json.loads(line)), os.getpid()
                pid = os.fork()
                if pid == 0:
                    signal.set_wakeup_fd(-1)
                    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
                    _settle(order, starter)
                    return order
                _tell(lines, pid, None)


def _tell_who_ended(lines: TextIO) -> None:  # pragma: no cover - same
    with suppress(ChildProcessError):
        while True:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if pid == 0:
                return
            _tell(lines, pid, os.waitstatus_to_exitcode(status))


def _tell(lines: TextIO, pid: int, exit_code: int | None) -> None:  # pragma: no cover - same
    lines.write(json.dumps([pid, exit_code]) + "\n")
    lines.flush()


def _settle(order: Order, starter: int) -> None:  # pragma: no cover - same
    """As `exec_child.py` does for other programs: own session, own log, no life without us."""
    os.setsid()
    exec_child.die_with(starter, signal.SIGKILL)
    with Path(os.devnull).open("rb") as nothing, Path(order.log).open("ab") as log:
        os.dup2(nothing.fileno(), 0)
        os.dup2(log.fileno(), 1)
        os.dup2(log.fileno(), 2)


def _import_all() -> None:  # pragma: no cover - same
    """Also what is made on first use: made later, each fork would have its own, or copy pages."""
    gc.disable()  # a collection, now or at the end, leaves holes in pages that forks fill, and copy
    for name in MODULES:
        import_module(name)
    configure_mappers()
    app.finalize()
    app.loader.import_default_modules()
    import_module("app.runs.providers").registry()  # the adapters of the providers that are set up
    for route in import_module("app.main").app.routes:  # FastAPI makes most of them when asked
        route.matches({"type": "http", "method": "GET", "path": "/api/v1/-", "headers": []})
    gc.freeze()
    gc.enable()


if __name__ == "__main__":  # pragma: no cover - same
    main()
