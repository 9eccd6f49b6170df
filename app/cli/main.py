"""The `llmops` command line; each module of this package is a verb or a group of verbs.

Exit codes: 0 done, 1 a gate failed, 2 usage or settings, 3 could not complete, 130 interrupted.
Modules import at the top only what is light: `llmops --help` answers in 0.2 s.
"""

import sys

import typer

from app.cli import about, demo, doctor, down, keys, status, up, users
from app.core.errors import AppError
from app.embedded.errors import CannotStart, Misconfigured

USAGE, COULD_NOT_COMPLETE = 2, 3

app = typer.Typer(
    name="llmops",
    help="Versioned prompts, golden examples, durable experiments, and a verdict.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.command()(up.up)
app.command()(demo.demo)
app.command()(down.down)
app.command()(status.status)
app.command()(doctor.doctor)
app.add_typer(keys.app, name="keys")
app.add_typer(users.app, name="users")
app.add_typer(about.config, name="config")
app.command()(about.openapi)
app.command()(about.version)


def main() -> None:
    """The console entry point."""
    try:
        app(prog_name="llmops")
    except Misconfigured as error:
        _fail(error, USAGE)
    except CannotStart as error:
        _fail(error, COULD_NOT_COMPLETE)
    except AppError as error:
        _fail(error, USAGE if error.status < 500 else COULD_NOT_COMPLETE)


def _fail(error: Exception, code: int) -> None:
    typer.echo(f"llmops: {error}", err=True)
    sys.exit(code)
