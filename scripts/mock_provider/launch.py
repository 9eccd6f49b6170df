"""Starts the mock provider as a process of its own, for tests and benchmarks."""

import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic_core import from_json, to_json

ROOT = Path(__file__).parents[2]

START_S = 20.0  # a cold interpreter on a busy machine


@dataclass(frozen=True, slots=True)
class MockProvider:
    """A running mock; `url` has no trailing slash and no `/v1`."""

    url: str
    pid: int

    def stats(self, *, hashes: bool = False) -> dict[str, Any]:
        return self._ask(f"/stats{'?hashes=1' if hashes else ''}")

    def reset(self) -> None:
        self._ask("/reset", {})

    def configure(self, **settings: float | str | bool) -> dict[str, Any]:
        """Changes settings while it runs; returns all of them."""
        return self._ask("/config", settings)

    def _ask(self, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        data = None if body is None else to_json(body)
        request = urllib.request.Request(self.url + path, data=data)  # noqa: S310 - our own http address
        with OPENER.open(request, timeout=5) as answer:
            found: dict[str, Any] = from_json(answer.read())
            return found


OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))


@contextmanager
def start(**settings: float | str | bool) -> Iterator[MockProvider]:
    """A mock on a free loopback port; `settings` are those of `Settings`, such as `latency=.2`.

    Raises RuntimeError if it does not come up.
    """
    command = [sys.executable, "-m", "scripts.mock_provider", *flags({"port": 0, **settings})]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    try:
        yield listening(process)
    finally:
        process.terminate()
        process.wait()
        if process.stdout is not None:
            process.stdout.close()


def flags(settings: dict[str, float | str | bool]) -> Iterator[str]:
    for name, value in settings.items():
        flag = f"--{name.replace('_', '-')}"
        if value is True:
            yield flag
        elif value is not False:
            yield f"{flag}={value}"


def listening(process: subprocess.Popen[str]) -> MockProvider:
    """The mock, once it has said where it listens and answers there."""
    if process.stdout is None:
        raise RuntimeError("the mock provider's output is not read")
    line = process.stdout.readline().split()
    if "on" not in line:
        raise RuntimeError("the mock provider did not start; its own output says why")
    mock = MockProvider(url=line[line.index("on") + 1], pid=process.pid)
    end = time.monotonic() + START_S
    while True:
        try:
            mock._ask("/health")  # noqa: SLF001 - same module
        except urllib.error.URLError as error:
            if time.monotonic() > end:
                raise RuntimeError("the mock provider does not answer") from error
            time.sleep(0.01)
        else:
            return mock
