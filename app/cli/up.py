# ruff: noqa: PLC0415 - imports wait until the command runs: --help answers in 0.2 s
"""`llmops up`: the whole platform on this machine."""

from typing import TYPE_CHECKING, Annotated

import typer

from app.cli.output import DataDirOption

if TYPE_CHECKING:
    from app.embedded.stack import Running


def up(
    data_dir: DataDirOption = None,
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="The port to listen on; 0 takes a free one.")] = 8000,
) -> None:
    """Start the platform on this machine and keep it running.

    Runs database, queue, API and workers; Ctrl-C stops them. DATABASE_URL and
    REDIS_URL, where set, name servers to use instead of the embedded ones.

    Example: llmops up --port 8080
    """
    from app.embedded import datadir, stack

    options = stack.Options(data_dir=data_dir or datadir.default_path(), host=host, port=port)
    stack.run(options, _announce)


def _announce(running: "Running") -> None:
    from app.accounts.service import setup_link
    from app.embedded import surroundings
    from app.embedded.supervisor import say

    surroundings.adopt(running.environment)
    typer.echo(running.url)
    link = setup_link(running.url)
    if link:
        say(f"The first administrator registers here, within 30 minutes:\n  {link}")
    say("Ctrl-C stops.")
