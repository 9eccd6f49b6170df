"""A backup into an empty database: all of it, checked, or nothing."""

from pathlib import Path
from typing import IO, NamedTuple, cast
from zipfile import ZipFile

import psycopg2
from psycopg2.errors import DeadlockDetected, InsufficientPrivilege, LockNotAvailable
from pydantic import ValidationError
from sqlalchemy import Connection, Table, text
from sqlalchemy.exc import OperationalError, ProgrammingError

from app.backup import archive
from app.backup.archive import MANIFEST, Altered, Unreadable
from app.backup.manifest import (
    SECRETS,
    SECRETS_BYTES,
    BackupManifest,
    KeptSecrets,
    TablePart,
    key_mark,
    place,
)
from app.backup.saving import plain, psycopg_of, refuse_other_migration
from app.core import database
from app.core.database import Role
from app.core.errors import Conflict, Unavailable
from app.models import Base
from app.models.revision import HEAD

LOCK_TIMEOUT_MS = 10_000
IN_USE = "Somebody works on this database; stop the platform (llmops down) and try again."


class NotEmpty(Conflict):
    code = "database_not_empty"
    title = "The database is not empty"
    message = (
        "The database has rows already (the first in {table}); a backup is restored into an empty "
        "one. `--force` removes everything that is there, for good."
    )


class Restored(NamedTuple):
    """`secrets` if the file has them; `same_key` if it was made under the secret key in force."""

    manifest: BackupManifest
    rows: int
    secrets: KeptSecrets | None
    same_key: bool


def restore(file: Path, *, wipe: bool = False, dry_run: bool = False) -> Restored:
    """Loads the file in one transaction; `wipe` removes what is there, `dry_run` takes all back.

    Raises Unreadable and Altered for the file, NotEmpty and Unavailable (somebody works on it)
    for the database, in which then nothing has changed.
    """
    with archive.opened(file) as source:
        manifest = _manifest(source)
        secrets = _secrets(source, manifest)
        try:
            with database.engine(Role.owner).connect() as connection, connection.begin() as work:
                _load(connection, source, manifest, wipe=wipe)
                if dry_run:
                    work.rollback()
        except ProgrammingError as error:
            if not isinstance(error.orig, InsufficientPrivilege):
                raise
            raise Unavailable(
                f"A restore needs the role {Role.owner}: set LLMOPS_DATABASE_OWNER_URL to it."
            ) from error
        except OperationalError as error:
            busy = isinstance(error.orig, LockNotAvailable | DeadlockDetected)
            said = str(error.orig).strip().partition("\n")[0]
            raise Unavailable(
                IN_USE if busy else f"The database did not take it: {said}"
            ) from error
    rows = sum(part.rows for part in manifest.tables.values())
    return Restored(manifest, rows, secrets, manifest.secret_key == key_mark())


def _manifest(source: ZipFile) -> BackupManifest:
    manifest = BackupManifest.of(source)
    if manifest.migration != HEAD:
        raise Unreadable(
            f"The file is of migration {manifest.migration} (llmops {manifest.app_version}), this "
            f"llmops of {HEAD}: restore it with that version, then upgrade."
        )
    tables = {table.name: [c.name for c in table.columns] for table in Base.metadata.sorted_tables}
    if {name: part.columns for name, part in manifest.tables.items()} != tables:
        raise Unreadable("The file does not have exactly the tables of this version.")
    secrets = {SECRETS} if manifest.secrets else set()
    archive.only(source, {MANIFEST, *map(place, tables), *secrets})
    return manifest


def _secrets(source: ZipFile, manifest: BackupManifest) -> KeptSecrets | None:
    if manifest.secrets is None:
        return None
    content = archive.read(source, SECRETS, manifest.secrets, most=SECRETS_BYTES)
    try:
        return KeptSecrets.model_validate_json(content)
    except ValidationError as error:
        raise Unreadable(f"{SECRETS} in the file holds no secrets.") from error


def _load(connection: Connection, source: ZipFile, manifest: BackupManifest, *, wipe: bool) -> None:
    refuse_other_migration(connection)
    plain(connection)
    connection.execute(text(f"SET LOCAL lock_timeout = {LOCK_TIMEOUT_MS}"))
    tables = Base.metadata.sorted_tables
    fenced = _take(connection, tables)
    if wipe:
        connection.execute(text(f"TRUNCATE {', '.join(table.name for table in tables)}"))
    for table in tables:
        if connection.scalar(text(f"SELECT EXISTS (SELECT FROM {table.name})")):  # noqa: S608 - our own names
            raise NotEmpty(table=table.name)
    for table in tables:
        _load_table(connection, table, source, manifest.tables[table.name])
    _give_back(connection, tables, fenced)


def _take(connection: Connection, tables: list[Table]) -> set[str]:
    """The tables for us alone, open to their owner, and counting nothing a second time."""
    fenced = set(connection.scalars(text("SELECT relname FROM pg_class WHERE relforcerowsecurity")))
    for table in tables:
        connection.execute(text(f"ALTER TABLE {table.name} DISABLE TRIGGER USER"))
        if table.name in fenced:
            connection.execute(text(f"ALTER TABLE {table.name} NO FORCE ROW LEVEL SECURITY"))
    return fenced


def _give_back(connection: Connection, tables: list[Table], fenced: set[str]) -> None:
    for table in tables:
        connection.execute(text(f"ALTER TABLE {table.name} ENABLE TRIGGER USER"))
        if table.name in fenced:
            connection.execute(text(f"ALTER TABLE {table.name} FORCE ROW LEVEL SECURITY"))


def _load_table(connection: Connection, table: Table, source: ZipFile, part: TablePart) -> None:
    listed = ", ".join(f'"{name}"' for name in part.columns)
    query = f'COPY "{table.name}" ({listed}) FROM STDIN'
    with archive.found(source, place(table.name), part) as rows:
        try:
            with psycopg_of(connection).cursor() as cursor:
                cursor.copy_expert(query, cast("IO[bytes]", rows))
        except psycopg2.Error as error:
            raise rows.problem or Altered(name=place(table.name)) from error
        if rows.lines != part.rows:
            raise Altered(name=place(table.name))
