import os
from collections import namedtuple
from collections.abc import Iterator
from pathlib import Path

import psycopg2
import pytest
import redis

from app.embedded import cpu, datadir, diagnosis, roles, state, versions
from app.embedded.datadir import DataDir
from app.embedded.diagnosis import Finding, Level
from app.embedded.postgres import Postgres
from app.embedded.processes import Mark
from app.embedded.state import Phase, State
from app.embedded.valkey import Valkey

pytestmark = pytest.mark.usefixtures("alone")


def examined(data: Path, port: int = 0) -> dict[str, Finding]:
    return {finding.name: finding for finding in diagnosis.examine(data, "127.0.0.1", port)}


def test_an_old_python_fails(data, monkeypatch):
    """With the version to install."""
    monkeypatch.setattr(diagnosis, "PYTHON", (99, 0))

    assert Level.fail is examined(data)["python"].level


def test_a_processor_without_avx2_is_a_warning(data, monkeypatch):
    """The platform runs, search by meaning does not."""
    monkeypatch.setattr(cpu, "runs_pgvector", lambda: False)

    assert Level.warn is examined(data)["processor"].level


@pytest.mark.parametrize(
    ("gib", "level"), [(0.5, Level.fail), (3, Level.warn), (50, Level.ok)], ids=str
)
def test_the_disk_has_room(data, monkeypatch, gib, level):
    """Below 1 GiB nothing should start, below 5 it is said."""
    usage = namedtuple("usage", "free")(gib * 1024**3)  # noqa: PYI024 - shutil's own shape
    monkeypatch.setattr(diagnosis.shutil, "disk_usage", lambda _: usage)

    assert level is examined(data)["disk"].level


def test_a_folder_of_somebody_else_fails(data, monkeypatch):
    """Before the start, not in its middle."""
    monkeypatch.setattr(diagnosis.os, "access", lambda *_: False)

    assert Level.fail is examined(data)["data folder"].level


def test_a_long_socket_path_fails(data, monkeypatch, tmp_path):
    """107 bytes is the end."""
    monkeypatch.setattr(datadir, "SOCKETS_BASE", tmp_path / ("x" * 100))

    assert Level.fail is examined(data)["sockets"].level


def test_wrong_settings_end_the_examination(data, monkeypatch):
    """What follows would only repeat it."""
    monkeypatch.setenv("LLMOPS_SHARD_SIZE", "many")
    found = examined(data)

    assert Level.fail is found["settings"].level
    assert "settings" == list(found)[-1]


@pytest.fixture(scope="module")
def servers(tmp_path_factory) -> Iterator[tuple[roles.DatabaseUrls, str, str]]:
    """A database without tables and a queue that forgets."""
    folder = tmp_path_factory.mktemp("servers")
    postgres, valkey = Postgres(folder, durable=False), Valkey(folder, durable=False)
    admin = postgres.start()
    yield roles.provision(admin), valkey.start(), admin
    valkey.stop()
    postgres.stop()


@pytest.fixture
def given(servers, monkeypatch) -> tuple[roles.DatabaseUrls, str, str]:
    urls, queue, _ = servers
    monkeypatch.setenv("DATABASE_URL", urls.app)
    monkeypatch.setenv("LLMOPS_DATABASE_SYSTEM_URL", urls.system)
    monkeypatch.setenv("LLMOPS_DATABASE_OWNER_URL", urls.owner)
    monkeypatch.setenv("REDIS_URL", queue)
    return servers


def test_servers_that_the_settings_name_are_looked_at(data, given):
    """No stack runs here; the database answers, is not migrated, and is safe."""
    found = examined(data)

    assert Level.ok is found["database"].level
    assert Level.fail is found["migrations"].level
    assert Level.ok is found["row-level security"].level
    assert "appendonly no" in found["queue"].detail
    assert Level.warn is found["queue"].level


def test_a_queue_that_evicts_fails(data, given):
    """A full memory would throw jobs away."""
    with redis.Redis.from_url(given[1]) as client:
        client.config_set("maxmemory-policy", "allkeys-lru")
        found = examined(data)["queue"]
        client.config_set("maxmemory-policy", "noeviction")

    assert Level.fail is found.level
    assert "noeviction" in found.advice


def test_a_queue_that_keeps_everything_is_well(data, given):
    """As the embedded one is started by `llmops up`."""
    with redis.Redis.from_url(given[1]) as client:
        client.config_set("appendonly", "yes")
        found = examined(data)["queue"]
        client.config_set("appendonly", "no")

    assert Level.ok is found.level


def test_a_queue_that_does_not_tell_is_a_warning(data, given, monkeypatch):
    """Hosted servers switch CONFIG off."""

    def refuse(*_: object) -> None:
        raise redis.ResponseError("unknown command 'CONFIG'")

    monkeypatch.setattr(redis.Redis, "config_get", refuse)

    assert Level.warn is examined(data)["queue"].level


def test_a_role_that_bypasses_the_policies_fails(data, given):
    """Row-level security would be a decoration."""
    admin = psycopg2.connect(given[2])
    admin.autocommit = True
    with admin.cursor() as cursor:
        cursor.execute("ALTER ROLE llmops_app BYPASSRLS")
        found = examined(data)["row-level security"]
        cursor.execute("ALTER ROLE llmops_app NOBYPASSRLS")
    admin.close()

    assert Level.fail is found.level


def test_servers_that_do_not_answer_are_said(data, monkeypatch):
    """The database is a failure, the queue a warning: the API serves without it."""
    monkeypatch.setenv("DATABASE_URL", "postgresql://nobody@127.0.0.1:1/x")
    monkeypatch.setenv("REDIS_URL", "redis://127.0.0.1:1/0")
    found = examined(data)

    assert (Level.fail, Level.warn) == (found["database"].level, found["redis"].level)
    assert {"queue", "row-level security"} & set(found) == set()


def test_the_running_stack_is_what_is_looked_at(data, given):
    """Its own environment counts, and its port is not free because it has it."""
    urls, queue, _ = given
    environment = {"DATABASE_URL": urls.app, "REDIS_URL": queue}
    running = State(
        supervisor=Mark.of(os.getpid()),
        phase=Phase.ready,
        url="http://127.0.0.1:8000",
        version="1",
        environment=environment,
    )
    state.write(DataDir.open(data), running)
    found = examined(data)

    assert "ready at http://127.0.0.1:8000" == found["stack"].detail
    assert "port" not in found
    assert Level.ok is found["database"].level


def test_versions_are_the_servers_own(given):
    """None for one that is away."""
    urls, queue, _ = given
    there = versions.of_servers({"DATABASE_URL": urls.app, "REDIS_URL": queue})
    away = versions.of_servers(
        {"DATABASE_URL": "postgresql://x@127.0.0.1:1/x", "REDIS_URL": "redis://127.0.0.1:1/0"}
    )

    assert [True, True] == [there["postgresql"][:3] == "18.", there["valkey"][:2] == "9."]
    assert {"postgresql": None, "valkey": None} == away == versions.of_servers({})
