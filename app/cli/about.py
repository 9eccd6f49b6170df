# ruff: noqa: PLC0415 - imports wait until the command runs: --help answers in 0.2 s
"""`llmops version`, `openapi` and `config`: what this installation is."""

import platform
from typing import TYPE_CHECKING

import typer

from app.cli.output import DataDirOption, JsonOption, columns, print_json

if TYPE_CHECKING:
    from app.core.config import Settings

config = typer.Typer(help="Show the settings in force.", no_args_is_help=True)


def version(*, as_json: JsonOption = False) -> None:
    """Print the version.

    Example: llmops version
    """
    from importlib.metadata import version as installed

    found = {"llmops": installed("llmops-platform"), "python": platform.python_version()}
    if as_json:
        print_json(found)
    else:
        typer.echo(found["llmops"])


def openapi() -> None:
    """Print the API's description as OpenAPI JSON.

    Example: llmops openapi > openapi.json
    """
    from app.main import create_app

    print_json(create_app().openapi())


@config.command()
def show(data_dir: DataDirOption = None, *, as_json: JsonOption = False) -> None:
    """Print every setting as given or by default; secrets are masked.

    Example: llmops config show
    """
    from app.embedded import datadir, secrets_file, surroundings

    folder = datadir.DataDir.at(data_dir or datadir.default_path())
    settings = surroundings.given_settings(secrets_file.load(folder) or secrets_file.Secrets())
    shown = {name: _masked(settings, name) for name in type(settings).model_fields}
    if as_json:
        print_json(shown)
        return
    rows = [
        (name, "-" if value is None else str(value), _origin(settings, name))
        for name, value in shown.items()
    ]
    typer.echo(columns([("SETTING", "VALUE", "FROM"), *rows]))


def _origin(settings: "Settings", name: str) -> str:
    return "given" if name in settings.model_fields_set else "default"


def _masked(settings: "Settings", name: str) -> object:
    """JSON: a secret by its last four characters, an address without its password."""
    from pydantic import SecretStr
    from sqlalchemy import make_url

    value = getattr(settings, name)
    if not isinstance(value, SecretStr):
        return settings.model_dump(mode="json", include={name})[name]
    text = value.get_secret_value()
    if name.endswith("_url"):
        return make_url(text).render_as_string(hide_password=True)
    return f"…{text[-4:]}"
