"""The platform's own processes: how each is started."""

import sys
from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path

import psycopg2
from sqlalchemy import make_url

from app.embedded import processes, surroundings
from app.embedded.datadir import DataDir
from app.embedded.errors import CannotStart, with_tail
from app.embedded.processes import Command
from app.embedded.supervisor import Program
from app.models.revision import HEAD

ROOT = Path(__file__).resolve().parents[2]
MIGRATION_TIMEOUT_S = 600.0
WORKERS = {
    "worker-interactive": ("-Q", "interactive", "-c", "2", "-n", "interactive@%h"),
    "worker-shards": ("-Q", "shards,background", "-c", "2", "-n", "shards@%h"),
    "worker-control": ("-Q", "control", "-P", "solo", "-n", "control@%h"),
}


def migrate(folder: DataDir, environment: Mapping[str, str]) -> None:
    """Brings the database to the newest schema; raises CannotStart with the end of the log."""
    if _is_migrated(environment):
        return
    arguments = ("alembic", "-c", str(ROOT / "alembic.ini"), "upgrade", "head")
    command = _command(folder, "migrations", environment, *arguments)
    if processes.run(command, MIGRATION_TIMEOUT_S):
        raise CannotStart(with_tail("The database could not be migrated.", command.log))


def _is_migrated(environment: Mapping[str, str]) -> bool:
    """Asked here because Alembic takes a second to find nothing to do."""
    address = make_url(environment["DATABASE_URL"]).set(drivername="postgresql")
    try:
        with (
            closing(psycopg2.connect(address.render_as_string(hide_password=False))) as connection,
            connection.cursor() as cursor,
        ):
            cursor.execute("SELECT version_num FROM alembic_version")
            return cursor.fetchall() == [(HEAD,)]
    except psycopg2.Error:
        return False


def api(folder: DataDir, environment: Mapping[str, str], host: str, port: int) -> Program:
    bind = ("--host", host, "--port", str(port))
    # An open event stream would hold the shutdown for ever.
    manners = ("--no-access-log", "--no-server-header", "--timeout-graceful-shutdown", "10")
    command = _command(folder, "api", environment, "uvicorn", "app.main:app", *bind, *manners)
    return Program("api", command)


def background(folder: DataDir, environment: Mapping[str, str]) -> Iterator[Program]:
    """The workers, then beat."""
    celery = ("celery", "-A", "app.core.celery_app")
    # The soft shutdown: a worker finishes for 20 s and gives back the rest.
    own = {**environment, "REMAP_SIGTERM": "SIGQUIT"}
    for name, arguments in WORKERS.items():
        yield Program(name, _command(folder, name, own, *celery, "worker", *arguments))
    schedule = str(folder.run / "celerybeat-schedule")
    yield Program("beat", _command(folder, "beat", environment, *celery, "beat", "-s", schedule))


def _command(
    folder: DataDir, name: str, environment: Mapping[str, str], *arguments: str
) -> Command:
    return Command(
        argv=[sys.executable, "-m", *arguments],
        log=folder.logs / f"{name}.log",
        cwd=ROOT,
        env=surroundings.complete(environment),
    )
