import subprocess
import sys
from pathlib import Path

import pytest
import typer
from typer.core import TyperGroup

from app.cli import main as module
from app.core.errors import NotFound, Unavailable
from app.embedded.errors import CannotStart, FolderInUse, Misconfigured

ROOT = Path(__file__).resolve().parents[2]
HEAVY = {"celery", "fastapi", "pandas", "psutil", "pydantic", "redis", "rich", "sqlalchemy"}


def commands(group: TyperGroup, path: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    found = []
    for name, command in group.commands.items():
        below = isinstance(command, TyperGroup)
        found += commands(command, (*path, name)) if below else [(*path, name)]
    return found


COMMANDS = commands(typer.main.get_command(module.app))


def test_help_imports_nothing_heavy():
    """`llmops --help` answers at once: what a command needs is imported when it runs."""
    code = "import sys, app.cli.main; print(*sys.modules)"
    found = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )

    assert set() == HEAVY & {name.partition(".")[0] for name in found.stdout.split()}


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_every_command_has_an_example(call, command):
    """One that can be typed as it stands: the command is named in full."""
    answer = call(*command, "--help")

    assert 0 == answer.code
    assert f"Example: llmops {' '.join(command)}" in answer.out


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (Misconfigured("no"), 2),
        (NotFound("no"), 2),
        (CannotStart("no"), 3),
        (FolderInUse("no"), 3),
        (Unavailable("no"), 3),
    ],
)
def test_what_was_asked_wrongly_and_what_failed_have_their_codes(call, monkeypatch, error, code):
    """CI may repeat a 3 and must not repeat a 2; the sentence goes to stderr."""

    def fail(**_: object) -> None:
        raise error

    monkeypatch.setattr(module, "app", fail)

    assert (code, "", "llmops: no\n") == call()


def test_an_interruption_is_130(call, monkeypatch):
    """As every shell expects."""

    def interrupt() -> None:
        raise KeyboardInterrupt

    app = typer.Typer()
    app.command()(interrupt)
    monkeypatch.setattr(module, "app", app)

    assert 130 == call().code


def test_an_interruption_before_the_command_is_130(call, monkeypatch):
    """While it is still being taken apart, too."""

    def interrupt(**_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(module, "app", interrupt)

    assert (130, "", "") == call()


def test_what_nobody_foresaw_is_3(call, monkeypatch):
    """Never 1, which says that a prompt got worse; what a report of it needs is on stderr."""

    def fail(**_: object) -> None:
        raise ZeroDivisionError("by nought")

    monkeypatch.setattr(module, "app", fail)
    answer = call()
    last = "llmops: something went wrong that should not have: ZeroDivisionError: by nought"

    assert (3, "") == (answer.code, answer.out)
    assert answer.err.startswith("Traceback")
    assert last == answer.err.splitlines()[-1]


@pytest.mark.parametrize("arguments", [("nonsense",), ("up", "--port", "x"), ("keys", "create")])
def test_usage_errors_are_2(call, arguments):
    """With the usage on stderr and nothing on stdout."""
    answer = call(*arguments)

    assert (2, "") == (answer.code, answer.out)
    assert "Usage: llmops" in answer.err


def test_python_m_app_is_the_same_program():
    """Where the console script is not on the path."""
    found = subprocess.run(
        [sys.executable, "-m", "app", "version"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )

    assert found.stdout.strip()
