"""One embedded PostgreSQL and one Valkey for the whole test run; one fresh workspace per test."""

import logging
import os
import secrets
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from app.core.config import get_settings
from tests.support.stack import Stack, start_stack

STACK = pytest.StashKey[Stack]()

# how long an example takes says more of the machine than of the code
settings.register_profile(
    "suite", settings.get_profile(settings.get_current_profile_name()), deadline=None
)
settings.load_profile("suite")


def pytest_configure(config: pytest.Config) -> None:
    """The servers start before collection: importing the application reads their addresses."""
    if config.option.collectonly or config.option.help:
        return
    folder = Path(tempfile.mkdtemp(prefix="llmops-test-"))
    os.environ.update(
        LLMOPS_SECRET_KEY=secrets.token_urlsafe(48),
        LLMOPS_DATA_DIR=str(folder),
        LLMOPS_SWEEP_SECONDS="1",
        LLMOPS_OUTAGE_PATIENCE_SECONDS="0",
        LLMOPS_LOG_JSON="true",
    )
    config.stash[STACK] = start_stack(folder)
    get_settings()  # kept from here on: a test without an environment must not be the first to ask
    config.pluginmanager.import_plugin("tests.support.fixtures")
    config.pluginmanager.import_plugin("tests.browser.stage")


def pytest_unconfigure(config: pytest.Config) -> None:
    stack = config.stash.get(STACK, None)
    if stack is not None:
        stack.stop()
        shutil.rmtree(stack.folder, ignore_errors=True)


@pytest.fixture(scope="session")
def stack(pytestconfig: pytest.Config) -> Stack:
    return pytestconfig.stash[STACK]


@pytest.fixture(autouse=True)
def _no_outage_is_remembered() -> None:
    """What one test did to the queue, or a stall of the machine, is not the next one's affair."""
    from app.core import redis  # noqa: PLC0415 - not before the servers run

    redis.outage.end()


@pytest.fixture(autouse=True)
def _quiet_logs() -> Iterator[None]:
    """A test that configures logging gives the root logger back."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
