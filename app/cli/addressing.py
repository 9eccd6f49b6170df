# ruff: noqa: PLC0415 - imports wait until the command runs: --help answers in 0.2 s
"""Where a command's work is: a server's address, or the database of this machine."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from app.embedded.datadir import DataDir


def address(server: str | None) -> str | None:
    """What --server says, else llmops.yaml."""
    from app.cli import config_file

    return server or config_file.load().config.server


@contextmanager
def database(data_dir: Path | None, holder: str) -> "Iterator[DataDir | None]":
    """Lets the process work on an installation's database.

    None where the environment names database and secret key, as on a server of yours; else the
    folder of the running stack, or of its database alone, started for the while.
    """
    from app.embedded import datadir, secrets_file, surroundings
    from app.embedded.database import open_database

    given = surroundings.given_settings(secrets_file.Secrets()).model_fields_set
    if {"database_url", "secret_key"} <= given:
        yield None
        return
    root = data_dir or datadir.default_path()
    with open_database(root, holder) as environment:
        surroundings.adopt(environment)
        try:
            yield datadir.DataDir.at(root)
        finally:
            surroundings.let_go()
