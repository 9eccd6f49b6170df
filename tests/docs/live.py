"""A real uvicorn on the test run's servers, for scripts that speak to it with curl."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import httpx2

from app.embedded.stack import free_port
from tests.support.stack import ROOT, Stack


@contextmanager
def served(stack: Stack) -> Iterator[str]:
    """The address of the API, running in a process of its own."""
    port = free_port("127.0.0.1", 0)
    url = f"http://127.0.0.1:{port}"
    with (stack.folder / f"uvicorn-{port}.log").open("wb") as log:
        child = subprocess.Popen(
            [sys.executable, "-m", "uvicorn", "app.main:app", "--port", str(port)],
            cwd=ROOT,
            env=os.environ,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    try:
        _wait(url)
        yield url
    finally:
        child.terminate()
        child.wait(20)


def _wait(url: str) -> None:
    deadline, told = time.monotonic() + 60, ""
    while time.monotonic() < deadline:
        try:
            answer = httpx2.get(f"{url}/readyz", trust_env=False)
            if answer.status_code == 200:
                return
            told = answer.text
        except httpx2.TransportError as error:
            told = str(error)
        time.sleep(0.1)
    raise TimeoutError(f"{url} is not ready: {told}")
