"""A server for the command line, and a repository as `llmops init` makes it."""

import logging
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from app.core import logs
from tests.support.fixtures import make_key, make_subject, make_workspace
from tests.support.live import listening

PROMPT = "support/answer"
BROKEN = "Answer the customer's question in one sentence.\n\nQuestion: {{ question }}\n"


@pytest.fixture(scope="module")
def url(worker) -> Iterator[str]:
    """The server's own log goes nowhere: it shares this process, and stdout is the command's."""
    logs.configure()
    logging.getLogger().handlers.clear()
    with listening() as address:
        yield address


@pytest.fixture
def connected(url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> str:
    """This shell: an empty folder, the server's address, a key of a fresh workspace."""
    for name in ("GITHUB_SHA", "GITHUB_REF", "GITHUB_HEAD_REF", "GITHUB_REF_NAME", "CI_COMMIT_SHA"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LLMOPS_URL", url)
    key = make_key(make_subject(make_workspace()))
    monkeypatch.setenv("LLMOPS_API_KEY", key)
    return key


def git(*arguments: str) -> str:
    who = ("-c", "user.name=test", "-c", "user.email=test@example.org")
    ran = subprocess.run(["git", *who, *arguments], check=True, capture_output=True, text=True)
    return ran.stdout.strip()


@pytest.fixture
def repository(connected: str, call: Callable, tmp_path: Path) -> Path:
    """What `llmops init` writes, committed on `main`."""
    assert 0 == call("init").code
    git("init", "-q", "-b", "main")
    git("add", ".")
    git("commit", "-q", "-m", "first")
    return tmp_path
