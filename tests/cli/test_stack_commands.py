import json
import os
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from app.cli import down as down_module
from app.embedded import programs, stack, state
from app.embedded.datadir import DataDir
from app.embedded.processes import Mark
from app.embedded.state import Phase, ProcessState, State

pytestmark = pytest.mark.usefixtures("alone")
ROOT = Path(__file__).resolve().parents[2]


def test_a_day_with_the_stack(call, data):
    """Up, its address and set-up link, status, doctor, a key that opens the API, down."""
    log = data.parent / "up.err"
    with (
        log.open("w") as stderr,
        subprocess.Popen(
            [sys.executable, "-m", "app", "up", "--data-dir", str(data), "--port", "0"],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=stderr,
            text=True,
        ) as process,
    ):
        try:
            assert process.stdout
            url = process.stdout.readline().strip()
            status = call("status", "--json", "--data-dir", data)
            table = call("status", "--data-dir", data)
            doctor = call("doctor", "--json", "--data-dir", data)
            made = call("keys", "create", "ci", "--scopes", "read", "--json", "--data-dir", data)
            second = call("keys", "create", "ci", "--data-dir", data)
            key = json.loads(made.out)
            request = urllib.request.Request(f"{url}/api/v1/prompts")
            request.add_header("Authorization", f"Bearer {key['key']}")
            with urllib.request.urlopen(request) as answer:
                opened = answer.status
            down = call("down", "--data-dir", data)
            code = process.wait(5)
        finally:
            process.kill()
    found = json.loads(status.out)
    levels = {finding["name"]: finding["level"] for finding in json.loads(doctor.out)}

    assert [0] * 6 == [status.code, table.code, doctor.code, made.code, second.code, down.code]
    assert ("ready", url, 7) == (found["phase"], found["url"], len(found["processes"]))
    assert found["versions"]["postgresql"].startswith("18.")
    assert all(process["running"] for process in found["processes"])
    assert "worker-shards" in table.out
    assert levels.pop("worker") in {"ok", "warn"}  # the first sweep may still be to come
    assert levels.pop("disk") in {"ok", "warn"}
    assert levels.pop("processor") in {"ok", "warn"}
    assert {"ok"} == set(levels.values())
    assert ["read"] == key["scopes"]
    assert second.out.startswith("llmops_")
    assert 200 == opened
    assert (0, "") == (code, down.out)
    assert f"{url}/welcome#" in log.read_text()


def test_up_says_where_it_is(call, data, monkeypatch):
    """The address alone on stdout, so that a script can read it; Ctrl-C is a good end."""
    monkeypatch.setattr(programs, "background", lambda *_: [])
    ready = stack.Supervisor.watch

    def watch(supervisor, done=None) -> None:
        if done:
            ready(supervisor, done)
        else:
            os.kill(os.getpid(), signal.SIGINT)

    monkeypatch.setattr(stack.Supervisor, "watch", watch)
    answer = call("up", "--data-dir", data, "--port", 0)

    assert 0 == answer.code
    assert ["http", "//127.0.0.1"] == answer.out.strip().split(":")[:2]
    assert "The first administrator registers here" in answer.err


def test_up_does_not_open_development_to_the_network(call, data):
    """Code 2, and nothing is started."""
    answer = call("up", "--data-dir", data, "--host", "0.0.0.0")

    assert (2, "") == (answer.code, answer.out)
    assert "LLMOPS_ENVIRONMENT=production" in answer.err
    assert not (data / "postgres").exists()


def test_where_nothing_runs(call, data):
    """Status says so with code 3 in both forms; down has nothing to do and is content."""
    plain, full = call("status", "--data-dir", data), call("status", "--json", "--data-dir", data)
    DataDir.open(data)
    down = call("down", "--data-dir", data)

    assert (3, 3, 0) == (plain.code, full.code, down.code)
    assert "llmops up" in plain.out
    assert {"running": False, "data_dir": str(data)} == json.loads(full.out)
    assert "Nothing runs" in down.err


def test_down_makes_no_folder(call, data):
    """Where there was none."""
    assert 0 == call("down", "--data-dir", data).code
    assert not data.exists()


def running_state(data: Path, pid: int) -> None:
    folder = DataDir.open(data)
    processes = [ProcessState(name="api", mark=None, restarts=3, log="api.log")]
    mine = State(
        supervisor=Mark.of(pid),
        phase=Phase.starting,
        url="http://x",
        version="1",
        processes=processes,
    )
    state.write(folder, mine)


def test_a_process_that_waits_for_its_restart_is_shown_as_down(call, data):
    """And servers that do not answer have no version."""
    running_state(data, os.getpid())
    answer = call("status", "--data-dir", data)

    assert 0 == answer.code
    assert "postgresql ?" in answer.out
    assert ["api", "down", "-", "-", "3", "api.log"] == answer.out.splitlines()[-1].split()


def test_a_supervisor_that_does_not_stop_is_said(call, data, monkeypatch):
    """With its number and where to look."""
    monkeypatch.setattr(down_module, "TIMEOUT_S", 0.1)
    code = (
        "import signal, time; signal.signal(15, signal.SIG_IGN); print(flush=True); time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE) as deaf:
        assert deaf.stdout
        deaf.stdout.readline()
        running_state(data, deaf.pid)
        answer = call("down", "--data-dir", data)
        deaf.kill()

    assert 3 == answer.code
    assert f"kill -9 {deaf.pid}" in answer.err


def test_a_key_is_made_without_a_running_stack(call, data):
    """The database is started for the moment, and stopped."""
    of = ("--rate-limit", "600", "--json", "--data-dir", data)
    answer = call("keys", "create", "first", "--scopes", "all", *of)
    made = json.loads(answer.out)

    assert (0, 600) == (answer.code, made["rate_limit_per_minute"])
    assert ["admin", "chat", "ci", "read", "review", "run", "write"] == made["scopes"]
    assert not (data / "postgres" / "postmaster.pid").exists()


def test_an_unknown_scope_is_a_usage_error(call, data):
    """Said before anything starts."""
    answer = call("keys", "create", "x", "--scopes", "read,fly", "--data-dir", data)

    assert 2 == answer.code
    assert "fly" in answer.err
    assert not data.exists()


def test_the_script_prints_the_key_alone(data):
    """For a shell that wants it in a variable."""
    script = ROOT / "scripts" / "create_test_api_key.py"
    found = subprocess.run(
        [sys.executable, str(script), "--data-dir", str(data)],
        capture_output=True,
        text=True,
        check=True,
    )

    assert found.stdout.startswith("llmops_test_")
    assert 1 == len(found.stdout.split())


def test_the_doctor_before_the_first_start(call, data):
    """Everything about this machine; the servers are not there to be asked, which is a warning."""
    answer = call("doctor", "--data-dir", data, "--port", stack.free_port("127.0.0.1", 0))

    assert 0 == answer.code
    assert "warn  servers" in answer.out
    assert "ok    port" in answer.out
    assert not data.exists()


def test_the_doctor_finds_something(call, data):
    """A taken port is a failure, with what to do."""
    answer = call("doctor", "--data-dir", data, "--host", "203.0.113.7")

    assert 3 == answer.code
    assert "fail  port" in answer.out
    assert "llmops up --port N" in answer.out
