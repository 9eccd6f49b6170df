# ruff: noqa: PLC0415 - imports wait until the command runs: --help answers in 0.2 s
"""`llmops secrets`: another secret key, without losing what the former one sealed."""

import dataclasses
import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from app.cli.output import DataDirOption, JsonOption, print_json
from app.cli.terminal import counted
from app.embedded.errors import Misconfigured

if TYPE_CHECKING:
    from app.backup.resealing import Resealed
    from app.embedded.datadir import DataDir

app = typer.Typer(help="Change the secret key.", no_args_is_help=True)


@app.callback()
def _group() -> None:
    """Makes `rotate` a command of its own although it is the only one."""


@app.command()
def rotate(
    data_dir: DataDirOption = None,
    *,
    end_api_keys: Annotated[
        bool, typer.Option("--end-api-keys", help="Also end every API key made so far.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Make a new secret key and encrypt stored secrets under it.

    People sign in again, links that were sent end; API keys stay. Where LLMOPS_SECRET_KEY is set,
    change it first, keep the former one in LLMOPS_OLD_SECRET_KEYS='["..."]', restart, run this.

    Example: llmops secrets rotate
    """
    from app.cli import addressing

    _refuse_running(data_dir)
    with addressing.database(data_dir, "llmops secrets") as folder:
        new_key = folder is not None and _in_file(folder)
        if end_api_keys and not new_key:
            raise Misconfigured(
                "The secret key comes from the environment: empty LLMOPS_OLD_SECRET_KEYS there, "
                "after this command, to end the API keys made under former ones."
            )
        done = _rotate(folder, end_api_keys=end_api_keys) if folder and new_key else _reseal()
    if as_json:
        print_json({"new_key": new_key, **done._asdict()})
        return
    if new_key:
        typer.echo("There is a new secret key; back up secrets.json.")
    typer.echo(f"{counted(done.values, 'stored secret')} encrypted under the key in force.")
    if done.unreadable:
        unread = counted(done.unreadable, "webhook secret")
        typer.echo(f"{unread} cannot be read with any known key: rotate them.", err=True)


def _refuse_running(data_dir: Path | None) -> None:
    """Its processes have the former key in memory and would go on with it."""
    from app.embedded import datadir, state

    if state.read_running(datadir.DataDir.at(data_dir or datadir.default_path())) is not None:
        raise Misconfigured("The platform runs with the key so far: stop it first, llmops down.")


def _in_file(folder: "DataDir") -> bool:
    """Whether the key in force is the folder's, and not one of the environment."""
    from app.core.config import get_settings
    from app.embedded import secrets_file

    kept = secrets_file.load(folder)
    in_force = get_settings().secret_key.get_secret_value()
    return kept is not None and kept.secret_key == in_force


def _rotate(folder: "DataDir", *, end_api_keys: bool) -> "Resealed":
    """The file first: whatever stops this, it knows both keys, and it can be done again."""
    import os

    from app.embedded import secrets_file, surroundings

    kept = secrets_file.load(folder)
    assert kept
    made = secrets_file.rotated(kept)
    secrets_file.replace(folder, made)
    surroundings.adopt(
        os.environ
        | {
            "LLMOPS_SECRET_KEY": made.secret_key,
            "LLMOPS_OLD_SECRET_KEYS": json.dumps(made.old_secret_keys),
        }
    )
    done = _reseal()
    if end_api_keys:
        secrets_file.replace(folder, dataclasses.replace(made, old_secret_keys=[]))
    return done


def _reseal() -> "Resealed":
    from app.backup.resealing import reseal
    from app.core.database import system_unit_of_work

    with system_unit_of_work() as session:
        return reseal(session)
