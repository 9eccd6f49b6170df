"""docs/reference/cli.md, out of the command line's own help."""

from collections.abc import Iterator
from typing import Any

from typer.main import get_command

from app.cli.main import app

INTRO = """\
# Command line

What `llmops --help` and the help of every command say. Exit codes: 0 done or passed,
1 regression, 2 usage or settings, 3 could not complete or compare, 4 inconclusive under `--strict`,
130 interrupted.
"""
WIDTH = 80  # not the terminal's: the page is the same on every machine


def commands_page() -> str:
    """One section for each command, in the order of the help."""
    sections = [f"## {name}\n\n```text\n{text}\n```\n" for name, text in helps()]
    return "\n".join([INTRO, *sections])


def helps() -> Iterator[tuple[str, str]]:
    """Every command by its full name, with its help."""
    return _below("llmops", get_command(app))


def _below(name: str, command: Any, parent: Any = None) -> Iterator[tuple[str, str]]:  # noqa: ANN401 - Typer's classes are private
    context = command.context_class(
        command, info_name=name, parent=parent, terminal_width=WIDTH, max_content_width=WIDTH
    )
    yield context.command_path, command.get_help(context).rstrip()
    if hasattr(command, "list_commands"):
        for child in command.list_commands(context):
            yield from _below(child, command.get_command(context, child), context)
