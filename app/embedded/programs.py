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
from app.embedded.forks import Image
from app.embedded.processes import Command
from app.embedded.supervisor import Program
from app.models.revision import HEAD

ROOT = Path(__file__).resolve().parents[2]
MIGRATION_TIMEOUT_S = 600.0
WORKERS = {  # name, pool and queues; the last also beats
    "worker-interactive": ("interactive", "prefork", "interactive"),
    "worker-shards": ("shards", "prefork", "shards,background"),
    "worker-control": ("control", "solo", "control"),
}
# Each of 24 threads' malloc arenas and of OpenBLAS's threads would hold megabytes for nothing.
SPARING = {"MALLOC_ARENA_MAX": "2", "OPENBLAS_NUM_THREADS": "1"}


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


def image(folder: DataDir, environment: Mapping[str, str]) -> Image:
    """What all the others are forked from, and so one environment for all."""
    # The soft shutdown: a worker finishes for 20 s and gives back the rest.
    own = {**SPARING, **environment, "REMAP_SIGTERM": "SIGQUIT"}
    return Image(_command(folder, "image", own, "app.embedded.image"))


def api(folder: DataDir, forked_from: Image, host: str, port: int) -> Program:
    bind = ("--host", host, "--port", str(port))
    # An open event stream would hold the shutdown for ever.
    manners = ("--no-access-log", "--no-server-header", "--timeout-graceful-shutdown", "10")
    command = _command(folder, "api", {}, "uvicorn", "app.main:app", *bind, *manners)
    return Program("api", command, forked_from.fork)


def background(folder: DataDir, forked_from: Image) -> Iterator[Program]:
    """The workers; the one for control beats too."""
    schedule = {"worker-control": (str(folder.run / "celerybeat-schedule"),)}
    for name, arguments in WORKERS.items():
        started = ("app.embedded.worker", *arguments, *schedule.get(name, ()))
        yield Program(name, _command(folder, name, {}, *started), forked_from.fork)


def _command(
    folder: DataDir, name: str, environment: Mapping[str, str], *arguments: str
) -> Command:
    return Command(
        argv=[sys.executable, "-m", *arguments],
        log=folder.logs / f"{name}.log",
        cwd=ROOT,
        env=surroundings.complete(environment),
    )
