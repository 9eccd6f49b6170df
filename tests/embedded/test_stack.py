import os
import signal
import socket
import sys
import threading
import urllib.request

import pytest
from sqlalchemy import make_url

from app.embedded import programs, stack, state, supervisor
from app.embedded.database import open_database
from app.embedded.datadir import DataDir
from app.embedded.errors import CannotStart, FolderInUse, Misconfigured
from app.embedded.postgres import Postgres
from app.embedded.processes import Command
from app.embedded.stack import Options, Running
from app.embedded.supervisor import Program
from app.embedded.valkey import Valkey
from tests.embedded.seen import of, rows

pytestmark = pytest.mark.usefixtures("alone")
NAMES = [
    "postgres",
    "valkey",
    "image",
    "api",
    "worker-interactive",
    "worker-shards",
    "worker-control",
]


def stop(_: object = None) -> None:
    os.kill(os.getpid(), signal.SIGTERM)


def test_everything_runs_until_it_is_told_to_stop(data):
    """All seven processes, an API that answers, roles that fit; afterwards nothing is left."""
    seen: dict[str, object] = {}

    def look(running: Running) -> None:
        found = state.read_running(DataDir.at(data))
        assert found
        seen["names"] = [entry.name for entry in found.processes if entry.mark.alive]
        seen["phase"] = found.phase
        with urllib.request.urlopen(f"{running.url}/readyz") as answer:
            seen["ready"] = answer.status
        for name, variable in (
            ("app", "DATABASE_URL"),
            ("system", "LLMOPS_DATABASE_SYSTEM_URL"),
            ("owner", "LLMOPS_DATABASE_OWNER_URL"),
        ):
            seen[name] = rows(running.environment[variable], "SELECT current_user::text")[0][0]
        with pytest.raises(FolderInUse, match="llmops up"):
            stack.run(Options(data_dir=data, port=0), stop)
        with open_database(data, "a test") as environment:
            seen["same stack"] = environment == running.environment
        stop()

    stack.run(Options(data_dir=data, port=0), look)

    assert seen == {
        "names": NAMES,
        "phase": "ready",
        "ready": 200,
        "app": "llmops_app",
        "system": "llmops_system",
        "owner": "llmops_owner",
        "same stack": True,
    }
    assert [] == of(data)
    assert None is state.read(DataDir.at(data))


def test_servers_of_yours_are_used_where_they_are_named(data, tmp_path, monkeypatch):
    """Nothing embedded is started; the roles are made there, with passwords kept here."""
    monkeypatch.setattr(programs, "background", lambda *_: [])
    postgres, valkey = Postgres(tmp_path / "yours"), Valkey(tmp_path / "yours")
    monkeypatch.setenv("DATABASE_URL", postgres.start())
    monkeypatch.setenv("REDIS_URL", valkey.start())
    seen: dict[str, object] = {}

    def look(running: Running) -> None:
        url = make_url(running.environment["DATABASE_URL"])
        seen.update(user=url.username, password=len(url.password or ""))
        seen["redis"] = running.environment["REDIS_URL"] == valkey.url
        seen["names"] = [entry.name for entry in state.read(DataDir.at(data)).processes]
        stop()

    stack.run(Options(data_dir=data, port=0), look)
    valkey.stop()
    postgres.stop()

    assert {"user": "llmops_app", "password": 64, "redis": True, "names": ["image", "api"]} == seen
    assert [] == [name for name in ("postgres", "valkey") if (data / name).exists()]


@pytest.fixture
def _light(monkeypatch):
    """Servers and API only, quick to give up."""
    monkeypatch.setattr(programs, "background", lambda *_: [])
    monkeypatch.setattr(supervisor, "BACKOFF_S", 0.01)


@pytest.mark.usefixtures("_light")
def test_an_api_that_does_not_start_ends_all_with_its_log(data, monkeypatch):
    """The reason is shown; no server is left behind."""

    def broken(folder: DataDir, *_: object) -> Program:
        argv = [sys.executable, "-c", "raise SystemExit('no such module')"]
        log = folder.logs / "api.log"
        return Program("api", Command(argv=argv, log=log, cwd=folder.root, env={}))

    monkeypatch.setattr(programs, "api", broken)

    with pytest.raises(CannotStart, match="no such module"):
        stack.run(Options(data_dir=data, port=0), stop)
    assert [] == of(data)


@pytest.mark.usefixtures("_light")
def test_an_api_that_never_becomes_ready_ends_all(data, monkeypatch):
    """The wait is bounded."""
    monkeypatch.setattr(stack, "READY_TIMEOUT_S", 0.0)

    with pytest.raises(CannotStart, match="was not ready within 0 s"):
        stack.run(Options(data_dir=data, port=0), stop)
    assert [] == of(data)


@pytest.mark.usefixtures("_light")
def test_what_goes_wrong_for_the_one_who_waited_stops_it(data):
    """Its error is raised where the stack was started."""

    def fail(_: Running) -> None:
        raise LookupError("the reason")

    with pytest.raises(LookupError, match="the reason"):
        stack.run(Options(data_dir=data, port=0), fail)
    assert [] == of(data)


@pytest.mark.usefixtures("_light")
def test_ctrl_c_does_not_wait_for_the_one_who_was_told(data):
    """A demonstration that takes minutes is left behind."""
    left = threading.Event()

    def dawdle(_: Running) -> None:
        stop()
        left.wait(600)

    stack.run(Options(data_dir=data, port=0), dawdle)
    left.set()

    assert [] == of(data)


@pytest.mark.usefixtures("_light")
def test_ctrl_c_while_it_starts_stops_it(data, monkeypatch):
    """The one who waits for it is never told that it is ready."""
    told: list[Running] = []
    monkeypatch.setattr(programs, "migrate", lambda *_: stop())
    stack.run(Options(data_dir=data, port=0), told.append)

    assert ([], []) == (told, of(data))


def test_a_failed_migration_shows_its_log(data, tmp_path, monkeypatch):
    """The stack does not start on a schema it does not know."""
    folder = DataDir.open(data)
    monkeypatch.setattr(programs, "ROOT", tmp_path)

    with pytest.raises(CannotStart, match="could not be migrated"):
        programs.migrate(folder, {"DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none"})


def test_a_taken_port_is_said_before_anything_starts(data):
    """And so is a port nobody can have."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()

        with pytest.raises(Misconfigured, match="choose another with --port"):
            stack.run(Options(data_dir=data, port=taken.getsockname()[1]), stop)
    with pytest.raises(Misconfigured, match="cannot be used"):
        stack.free_port("203.0.113.7", 80)
    assert not (data / "postgres").exists()


def test_an_address_of_version_6_is_an_address():
    """In brackets where it stands in a URL; and where all are listened to, one is asked."""
    port = stack.free_port("::1", 0)

    assert f"http://[::1]:{port}" == stack.url_of("::1", port)
    assert "http://127.0.0.1:80" == stack.url_of("0.0.0.0", 80)


def test_without_avx2_semantic_search_is_off(data, monkeypatch, capsys):
    """The platform runs; the extension is not loaded, and a line says why."""
    monkeypatch.setattr("app.embedded.cpu.runs_pgvector", lambda: False)
    monkeypatch.setattr(programs, "migrate", lambda *_: None)
    with open_database(data, "a test") as environment:
        found = rows(environment["DATABASE_URL"], "SELECT extname::text FROM pg_extension")

    assert [("plpgsql",)] == found
    assert "semantic search is off" in capsys.readouterr().err
