"""A test that starts a stack of its own, apart from the one the test run shares."""

import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from app.core import redis
from app.core.config import get_settings
from app.embedded import surroundings


def eventually(ask: Callable[[], object], within: float = 60.0) -> object:
    """The first true answer, or the last one, so that the assertion shows it."""
    until = time.monotonic() + within
    while not (answer := ask()) and time.monotonic() < until:
        time.sleep(0.02)
    return answer


def forget() -> None:
    surroundings.let_go()
    redis._client.cache_clear()


@pytest.fixture
def alone(tmp_path: Path) -> Iterator[None]:
    """No setting of the test run, no .env, and everything put back afterwards.

    It does not share the test's `monkeypatch`, whose changes are undone before these are.
    """
    before, folder = dict(os.environ), Path.cwd()
    for name in list(os.environ):
        if name.startswith("LLMOPS_") or name in {"DATABASE_URL", "REDIS_URL"}:
            del os.environ[name]
    os.chdir(tmp_path)
    forget()
    yield
    forget()
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(before)
    get_settings()  # of the test run, before a test without an environment asks for them


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A data folder below folders that only their owner may enter, as pytest makes them."""
    return tmp_path / "data"
