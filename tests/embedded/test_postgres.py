import os
import pwd
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path

import psutil
import psycopg2
import pytest

from app.embedded import postgres as module
from app.embedded import processes
from app.embedded.errors import CannotStart, FolderInUse
from app.embedded.postgres import Postgres
from tests.embedded.alone import eventually

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def postgres(data: Path) -> Iterator[Postgres]:
    server = Postgres(data)
    server.start()
    yield server
    server.stop()


def ask(url: str, query: str) -> list[tuple[object, ...]]:
    with closing(psycopg2.connect(url)) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(query)
            return cursor.fetchall() if cursor.description else []


def lines_in(url: str) -> int:
    return int(str(ask(url, "SELECT count(*) FROM line")[0][0]))


def test_what_was_committed_survives_a_restart(postgres):
    """A stop and a start later the rows are there."""
    ask(postgres.admin_url, "CREATE TABLE line AS SELECT generate_series(1, 3)")
    postgres.stop()
    url = postgres.start()

    assert 3 == lines_in(url)


def test_it_is_the_server_the_platform_needs(postgres):
    """PostgreSQL 18 in UTF-8 with time-ordered ids and pgvector at hand."""
    found = ask(
        postgres.admin_url,
        "SELECT current_setting('server_version_num')::int / 10000,"
        " current_setting('server_encoding'), uuid_extract_version(uuidv7()),"
        " (SELECT name FROM pg_available_extensions WHERE name = 'vector')",
    )

    assert [(18, "UTF8", 7, "vector")] == found


def test_nobody_else_may_come_near_the_socket(postgres):
    """No network address, and the socket's folder is closed to others."""
    listens = ask(postgres.admin_url, "SELECT current_setting('listen_addresses')")
    mode = postgres._sockets.stat().st_mode & 0o777

    assert ([("",)], 0o700) == (listens, mode)


def test_after_kill_9_it_recovers(postgres):
    """A server killed with work committed has that work after its next start."""
    ask(postgres.admin_url, "CREATE TABLE line AS SELECT generate_series(1, 1000)")
    os.kill(postgres.child.pid, signal.SIGKILL)
    postgres.stop()

    assert 1000 == lines_in(postgres.start())


def test_a_busy_backend_that_outlives_its_server_is_ended(postgres):
    """A computing backend holds the memory of the dead server and would bar the next start."""

    def compute() -> None:
        with suppress(psycopg2.Error):
            ask(postgres.admin_url, "SELECT count(*) FROM generate_series(1, 100000000000)")

    busy = threading.Thread(target=compute)
    busy.start()
    working = "SELECT pid FROM pg_stat_activity WHERE query LIKE 'SELECT count%series%'"
    found = eventually(lambda: ask(postgres.admin_url, working + " AND state = 'active'"))
    backend = psutil.Process(int(str(found[0][0])))
    os.kill(postgres.child.pid, signal.SIGKILL)
    postgres.stop()
    postgres.start()
    busy.join()

    assert not backend.is_running() or backend.status() == psutil.STATUS_ZOMBIE


def test_a_server_whose_starter_was_killed_is_replaced(data):
    """The kernel stops the orphan, and whatever is left of it the next start ends."""
    code = (
        "import sys, time, pathlib; from app.embedded.postgres import Postgres;"
        "server = Postgres(pathlib.Path(sys.argv[1])); server.start();"
        "print(server.child.pid, flush=True); time.sleep(600)"
    )
    starter = subprocess.Popen(
        [sys.executable, "-c", code, str(data)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    assert starter.stdout
    orphan = psutil.Process(int(starter.stdout.readline()))
    with starter:
        starter.kill()
    server = Postgres(data)
    url = server.start()
    alive = processes._runs(orphan)
    answer = ask(url, "SELECT 1")
    server.stop()

    assert (False, [(1,)]) == (alive, answer)


def test_a_pid_file_whose_number_has_another_owner_does_not_bar_the_start(postgres):
    """After a crash and a reboot the old number may be anybody's; here it is ours."""
    postgres.stop()
    pid_file = postgres._cluster / "postmaster.pid"
    pid_file.write_text(f"{os.getppid()}\n{postgres._cluster}\n")

    assert [(1,)] == ask(postgres.start(), "SELECT 1")


def test_an_unreadable_pid_file_is_left_to_the_server(postgres):
    """PostgreSQL says itself what is wrong with it."""
    postgres.stop()
    (postgres._cluster / "postmaster.pid").write_text("nonsense\n")

    with pytest.raises(CannotStart, match="bogus data in lock file"):
        postgres.start()


def test_a_half_made_cluster_is_made_again(data):
    """Killed during the first start: what initdb left is thrown away."""
    (data / "postgres.new" / "base").mkdir(parents=True)
    (data / "postgres.new" / "PG_VERSION").write_text("18\n")
    server = Postgres(data, durable=False)
    url = server.start()
    answer = ask(url, "SELECT 1")
    server.stop()

    assert [(1,)] == answer
    assert not (data / "postgres.new").exists()


def test_two_servers_never_share_a_folder(postgres, data):
    """The second is refused with a sentence, and the first goes on."""
    with pytest.raises(FolderInUse, match="in use by an embedded PostgreSQL"):
        Postgres(data).start()

    assert [(1,)] == ask(postgres.admin_url, "SELECT 1")


def test_a_folder_of_another_version_is_refused(postgres):
    """Its files would not be understood; the sentence says what to do."""
    postgres.stop()
    (postgres._cluster / "PG_VERSION").write_text("16\n")

    with pytest.raises(CannotStart, match="written by PostgreSQL 16, this is 18"):
        postgres.start()


def test_a_server_that_does_not_start_shows_its_log(postgres):
    """The reason is in the sentence, not only in a file."""
    postgres.stop()
    (postgres._cluster / "postgresql.conf").write_text("no_such_setting = 1\n")

    with pytest.raises(CannotStart, match="unrecognized configuration parameter"):
        postgres.start()


def test_a_failed_initdb_shows_its_log(data, monkeypatch):
    """The same for the very first start."""
    monkeypatch.setattr(module, "INITDB", ("--no-such-option",))

    with pytest.raises(CannotStart, match="no-such-option"):
        Postgres(data).start()


def test_without_the_wheel_the_sentence_names_the_way_out(data, monkeypatch):
    """Install it, or bring your own server."""
    monkeypatch.setattr(module.importlib.util, "find_spec", lambda _name: None)

    with pytest.raises(CannotStart, match="set DATABASE_URL"):
        Postgres(data).start()


def test_a_failed_statement_leaves_no_prompt_in_the_log(postgres):
    """Neither the statement nor the row of its DETAIL line."""
    secret = "the canary sings"
    ask(postgres.admin_url, "CREATE TABLE line (text text PRIMARY KEY)")
    ask(postgres.admin_url, f"INSERT INTO line VALUES ('{secret}')")
    with suppress(psycopg2.errors.UniqueViolation):
        ask(postgres.admin_url, f"INSERT INTO line VALUES ('{secret}')")
    log = eventually(lambda: "duplicate key" in postgres.log.read_text())

    assert log
    assert secret not in postgres.log.read_text()


def test_stopping_twice_or_before_the_start_is_no_error(data):
    """Whoever cleans up need not know how far it came."""
    server = Postgres(data)
    server.stop()
    server.start()
    server.stop()
    server.stop()

    assert not server._sockets.exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root starts it under another account")
def test_as_root_the_server_is_an_ordinary_account(postgres):
    """It reaches a folder only root may enter, and is not root."""
    owner = psutil.Process(postgres.child.pid).username()

    assert owner != "root"
    assert pwd.getpwnam(owner).pw_uid == postgres._cluster.stat().st_uid
