# ruff: noqa: PLC0415 - imports wait until the command runs: --help answers in 0.2 s
"""`llmops keys`: API keys, made on the machine itself."""

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated

import typer

from app.cli.output import DataDirOption, JsonOption, print_json
from app.embedded.errors import Misconfigured

app = typer.Typer(help="Make API keys on this machine.", no_args_is_help=True)


@dataclass(frozen=True, kw_only=True)
class CreatedKey:
    """`key` is the secret: it is stored as a hash only and cannot be shown again."""

    key: str
    id: str
    scopes: list[str]
    rate_limit_per_minute: int | None


def create_key(
    data_dir: Path | None,
    name: str,
    scopes: str,
    expires_days: int = 90,
    rate_limit: int | None = None,
) -> CreatedKey:
    """A key of the first workspace of the running stack, or of a database started for the while.

    `scopes` is `all` or names with commas between. Raises Misconfigured for an unknown one.
    """
    from app.accounts import service
    from app.accounts.subject import parse_scopes
    from app.embedded import datadir, surroundings
    from app.embedded.database import open_database

    try:
        wanted = parse_scopes(scopes)
    except ValueError as error:
        raise Misconfigured(str(error)) from None
    with open_database(data_dir or datadir.default_path(), "llmops keys") as environment:
        surroundings.adopt(environment)
        made = service.create_key(
            name, wanted, expires_in_days=expires_days, rate_limit_per_minute=rate_limit
        )
        surroundings.let_go()
    return CreatedKey(
        key=made.secret,
        id=str(made.row.id),
        scopes=list(made.row.scopes),
        rate_limit_per_minute=made.row.rate_limit_per_minute,
    )


@app.command()
def create(
    name: Annotated[str, typer.Argument(help="What the key is for.")],
    scopes: Annotated[
        str,
        typer.Option(help="`all`, or some of read,write,run,ci,chat,review,admin."),
    ] = "read,run",
    expires_days: Annotated[
        int, typer.Option(min=1, max=365, help="Days until the key ends.")
    ] = 90,
    rate_limit: Annotated[
        int | None,
        typer.Option(
            min=1,
            max=100_000,
            help="Requests a minute.",
            show_default="the setting rate_limit_per_minute",
        ),
    ] = None,
    data_dir: DataDirOption = None,
    *,
    as_json: JsonOption = False,
) -> None:
    """Make an API key and print it, once.

    Works on the running stack; without one, the database is started for the moment.

    Example: llmops keys create ci --scopes read,ci
    """
    made = create_key(data_dir, name, scopes, expires_days, rate_limit)
    if as_json:
        print_json(asdict(made))
    else:
        typer.echo(made.key)
