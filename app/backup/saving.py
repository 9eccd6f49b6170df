"""The whole database into one file: every row of every workspace, as of one moment."""

from pathlib import Path
from typing import cast
from zipfile import ZipFile

from psycopg2.extensions import connection as Psycopg  # noqa: N812 - a class with a small name
from sqlalchemy import Connection, Table, text

from app.backup import archive
from app.backup.archive import Unreadable
from app.backup.manifest import (
    SECRETS,
    BackupManifest,
    KeptSecrets,
    TablePart,
    key_mark,
    place,
)
from app.core import database
from app.core.config import get_settings
from app.core.database import Role
from app.models import Base
from app.models.revision import HEAD

# What COPY writes depends on these; the file does not.
PLAIN = (
    "SET LOCAL TimeZone = 'UTC'",
    "SET LOCAL DateStyle = 'ISO, YMD'",
    "SET LOCAL IntervalStyle = 'postgres'",
    "SET LOCAL extra_float_digits = 1",
    "SET LOCAL bytea_output = 'hex'",
    "SET LOCAL statement_timeout = 0",
    "SET LOCAL client_encoding = 'UTF8'",
)


def save(file: Path, *, with_secrets: bool = False) -> BackupManifest:
    """Writes the file (mode 0600) from one snapshot; whoever works meanwhile works on.

    Raises Unreadable where the database is not at this version's migration.
    """
    alone = database.engine(Role.system).execution_options(isolation_level="REPEATABLE READ")
    with archive.created(file) as target, alone.connect() as connection, connection.begin():
        connection.execute(text("SET TRANSACTION READ ONLY"))
        refuse_other_migration(connection)
        plain(connection)
        tables = {
            table.name: _save_table(connection, table, target)
            for table in Base.metadata.sorted_tables
        }
        secrets = _kept().model_dump_json().encode() if with_secrets else None
        manifest = BackupManifest(
            migration=HEAD,
            secret_key=key_mark(),
            tables=tables,
            secrets=archive.add(target, SECRETS, secrets) if secrets else None,
        )
        manifest.write(target)
    return manifest


def plain(connection: Connection) -> None:
    for statement in PLAIN:
        connection.execute(text(statement))


def psycopg_of(connection: Connection) -> Psycopg:
    """The driver's own connection, in the same transaction: COPY is a matter of its protocol."""
    return cast("Psycopg", connection.connection.driver_connection)


def refuse_other_migration(connection: Connection) -> None:
    there = connection.scalar(text("SELECT version_num FROM alembic_version"))
    if there != HEAD:
        raise Unreadable(
            f"The database is at migration {there}, this llmops at {HEAD}: migrate it first "
            "(`llmops up` does), or use the version it belongs to."
        )


def _save_table(connection: Connection, table: Table, target: ZipFile) -> TablePart:
    columns = [column.name for column in table.columns]
    listed = ", ".join(f'"{name}"' for name in columns)
    order = ", ".join(f'"{column.name}"' for column in table.primary_key)
    query = f'COPY (SELECT {listed} FROM "{table.name}" ORDER BY {order}) TO STDOUT'  # noqa: S608 - our own names
    with archive.added(target, place(table.name)) as sink:
        with psycopg_of(connection).cursor() as cursor:
            cursor.copy_expert(query, sink)
        return TablePart(columns=columns, rows=sink.lines, **sink.told().model_dump())


def _kept() -> KeptSecrets:
    settings = get_settings()
    return KeptSecrets(
        secret_key=settings.secret_key.get_secret_value(),
        old_secret_keys=[key.get_secret_value() for key in settings.old_secret_keys],
    )
