import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
import redis

from app.embedded import processes
from app.embedded import valkey as module
from app.embedded.errors import CannotStart, FolderInUse
from app.embedded.valkey import Valkey

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def valkey(data: Path) -> Iterator[Valkey]:
    server = Valkey(data)
    server.start()
    yield server
    server.stop()


@pytest.fixture
def client(valkey: Valkey) -> Iterator[redis.Redis]:
    with redis.Redis.from_url(valkey.url, decode_responses=True) as found:
        yield found


def test_it_is_the_queue_the_platform_needs(client):
    """Nothing is evicted, everything is written, no network is listened to."""
    wanted = {
        "maxmemory-policy": "noeviction",
        "appendonly": "yes",
        "appendfsync": "everysec",
        "port": "0",
    }

    assert wanted == client.config_get(*wanted)


def test_jobs_survive_a_restart(valkey, client):
    """A clean stop writes everything."""
    client.lpush("queue", "job")
    valkey.stop()
    valkey.start()

    assert ["job"] == client.lrange("queue", 0, -1)


def test_jobs_survive_kill_9(valkey, client):
    """What was written to the file is there, once the server has said that it is."""
    client.lpush("queue", "job")
    client.waitaof(1, 0, 5_000)
    os.kill(valkey.child.pid, signal.SIGKILL)
    valkey.stop()
    valkey.start()

    assert ["job"] == client.lrange("queue", 0, -1)


def test_half_a_command_at_the_end_of_the_file_is_cut_off(valkey, client, data):
    """A crash in the middle of a write costs that write only."""
    client.lpush("queue", "job")
    valkey.stop()
    with next((data / "valkey" / "appendonlydir").glob("*.incr.aof")).open("ab") as file:
        file.write(b"*3\r\n$5\r\nLPUSH\r\n$5\r\nque")
    valkey.start()

    assert ["job"] == client.lrange("queue", 0, -1)


@pytest.mark.parametrize("name", ["appendonly.aof.manifest", "appendonly.aof.1.incr.aof"])
def test_a_damaged_file_is_set_aside(valkey, client, data, capsys, name):
    """The queue can be refilled from the rows: it must not keep the platform from starting."""
    valkey.stop()
    (data / "valkey" / "appendonlydir" / name).write_bytes(b"garbage\r\n" * 200)
    valkey.start()

    assert client.ping()
    assert "it is kept as" in capsys.readouterr().err
    assert [name] == [file.name for file in data.glob(f"valkey/unreadable-*/{name}")]


def test_a_queue_for_tests_writes_nothing(data):
    """`durable=False` leaves no file behind."""
    server = Valkey(data, durable=False)
    with redis.Redis.from_url(server.start()) as client:
        client.set("key", "value")
    server.stop()

    assert not (data / "valkey" / "appendonlydir").exists()


def test_an_orphan_is_replaced(data):
    """A server whose starter was killed is gone when the next one answers."""
    code = (
        "import sys, time, pathlib; from app.embedded.valkey import Valkey;"
        "server = Valkey(pathlib.Path(sys.argv[1])); server.start();"
        "print(server.child.pid, flush=True); time.sleep(600)"
    )
    starter = subprocess.Popen(
        [sys.executable, "-c", code, str(data)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    assert starter.stdout
    orphan = psutil.Process(int(starter.stdout.readline()))
    with starter:
        starter.kill()
    server = Valkey(data)
    server.start()
    server.stop()

    assert not processes._runs(orphan)


def test_two_servers_never_share_a_folder(valkey, client, data):
    """The second is refused, the first goes on."""
    with pytest.raises(FolderInUse, match="in use by an embedded Valkey"):
        Valkey(data).start()

    assert client.ping()


def test_what_is_not_the_file_s_fault_is_said(valkey, data, monkeypatch):
    """A wrong setting does not cost the queue's content."""
    valkey.stop()
    valkey._settings["maxmemory-policy"] = "nonsense"

    with pytest.raises(CannotStart, match="maxmemory-policy"):
        valkey.start()
    assert [] == list(data.glob("valkey/unreadable-*"))


def test_a_server_that_fails_again_after_the_file_was_set_aside_is_said(valkey, monkeypatch):
    """One new beginning, not a loop."""
    valkey.stop()
    monkeypatch.setattr(valkey, "_set_unreadable_aside", lambda: None)
    valkey._settings["maxmemory-policy"] = "nonsense"

    with pytest.raises(CannotStart, match="Valkey did not start"):
        valkey.start()


def test_without_the_wheel_the_sentence_names_the_way_out(data, monkeypatch):
    """Install it, or bring your own server."""
    monkeypatch.setattr(module.importlib.util, "find_spec", lambda _name: None)

    with pytest.raises(CannotStart, match="set REDIS_URL"):
        Valkey(data).start()
