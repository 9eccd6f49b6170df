# ruff: noqa: PLC0415 - imports wait until the command runs: --help answers in 0.2 s
"""`llmops users`: people, and the links that let them in, made on the machine itself."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from app.cli.output import DataDirOption, JsonOption, columns, print_json

app = typer.Typer(help="People and their links, on this machine.", no_args_is_help=True)

NameArgument = Annotated[str, typer.Argument(help="User name or e-mail address.")]


@app.command("list")
def list_users(data_dir: DataDirOption = None, *, as_json: JsonOption = False) -> None:
    """List everybody who may sign in.

    Works on the running stack; without one, the database is started for the moment.

    Example: llmops users list
    """
    from app.accounts import service

    with _stack(data_dir):
        found = service.people()
    if as_json:
        print_json([_plain(row._asdict()) for row in found])
        return
    rows = [(row.username, row.email, "owner" if row.is_owner else row.role.value) for row in found]
    typer.echo(columns([("name", "e-mail", "role"), *rows]))


@app.command()
def sign_in_link(
    name: NameArgument, data_dir: DataDirOption = None, *, as_json: JsonOption = False
) -> None:
    """Print a link that signs somebody in, once, within 30 minutes.

    Example: llmops users sign-in-link ann
    """
    from app.accounts import service

    with _stack(data_dir) as url:
        link = service.sign_in_link(url, name)
    _print(link, as_json=as_json)


@app.command()
def reset_link(
    name: NameArgument, data_dir: DataDirOption = None, *, as_json: JsonOption = False
) -> None:
    """Print a link where somebody chooses another password, once, within 30 minutes.

    Example: llmops users reset-link ann@example.org
    """
    from app.accounts import service

    with _stack(data_dir) as url:
        link = service.reset_link(url, name)
    _print(link, as_json=as_json)


@contextmanager
def _stack(data_dir: Path | None) -> Iterator[str]:
    """Where the platform is reached, while this process works on its database."""
    from app.embedded import datadir, surroundings
    from app.embedded.database import open_database

    with open_database(data_dir or datadir.default_path(), "llmops users") as environment:
        surroundings.adopt(environment)
        try:
            yield environment["LLMOPS_PUBLIC_URL"]
        finally:
            surroundings.let_go()


def _print(link: str, *, as_json: bool) -> None:
    if as_json:
        print_json({"url": link})
    else:
        typer.echo(link)


def _plain(row: dict[str, object]) -> dict[str, object]:
    """Ids and times as text; the rest is JSON as it is."""
    return {
        name: value if isinstance(value, bool | str | None) else str(value)
        for name, value in row.items()
    }
