"""A real uvicorn on loopback, for what an in-process client cannot show."""

import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import httpx2

from tests.support.stack import Stack

START_S = 30


class Serving(NamedTuple):
    """`log` holds all that the process wrote, on both streams."""

    url: str
    port: int
    log: Path


@contextmanager
def serving(stack: Stack, **environment: str) -> Iterator[Serving]:
    """The application in a process of its own, ready; stopped at the end."""
    port = free_port()
    name = f"api-{port}"
    command = ["-m", "uvicorn", "app.main:app", "--host", "127.0.0.1", "--port", str(port)]
    number = len(stack.children)
    child = stack.python(*command, name=name, **environment)
    made = Serving(f"http://127.0.0.1:{port}", port, stack.folder / f"{name}-{number}.log")
    try:
        until = time.monotonic() + START_S
        while not answers(made.url):
            assert child.poll() is None, made.log.read_text()
            assert time.monotonic() < until, made.log.read_text()
            time.sleep(0.05)
        yield made
    finally:
        child.terminate()
        child.wait(15)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def answers(url: str) -> bool:
    try:
        return httpx2.get(f"{url}/readyz").is_success
    except httpx2.TransportError:
        return False
