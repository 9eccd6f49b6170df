"""The installation at a glance: what runs, what waits, what fails."""

import asyncio

import pytest
from pydantic import SecretStr

from app.core import redis
from app.core.config import get_settings
from app.core.database import unit_of_work
from app.llm.breaker import Breaker, Outcome, Rules
from app.models import Result, Shard
from app.models.revision import HEAD
from app.operations import workers
from app.operations.workers import Roll
from app.runs import circuits, providers
from app.runs.circuits import Circuit
from tests.contracts.furnished import jobs_kept
from tests.support.experiments import started
from tests.support.fixtures import eventually
from tests.support.prompts import make_prompt

RULES = Rules(window=4, least_calls=2, open_s=0.01)


@pytest.fixture(autouse=True)
def fresh_roll(monkeypatch):
    """Nobody has been asked yet, and no circuit is known."""
    monkeypatch.setattr(workers, "roll", Roll())
    yield
    for mark in redis.client().keys(f"{circuits.KEY}*"):
        redis.client().delete(mark)


@pytest.fixture
def without_redis(monkeypatch, tmp_path):
    """Nobody listens where Redis should be; afterwards all is as it was."""
    away = SecretStr(f"unix://{tmp_path}/nobody.sock")
    with monkeypatch.context() as patch:
        patch.setattr(get_settings(), "redis_url", away)
        redis._client.cache_clear()
        redis.outage.end()
        yield
    redis._client.cache_clear()
    redis.outage.end()


def look(client) -> dict:
    answer = client.get("/api/v1/system")
    assert 200 == answer.status_code, answer.text
    return answer.json()


def test_what_this_installation_is(client):
    """Versions, revision, database and disk of the embedded servers of this test run."""
    found = look(client)

    assert HEAD == found["revision"] == found["head"]
    assert "embedded" == found["mode"]
    assert found["version"]
    assert found["python"].startswith("3.")
    assert found["database"]["size_bytes"] > 1_000_000
    assert found["database"]["version"][0].isdigit()
    assert 0 < found["disk"]["free_bytes"] <= found["disk"]["total_bytes"]
    assert "ok" == found["checks"]["database"]["status"]
    assert found["started_at"].endswith("Z")
    assert [] == found["circuits"]


def test_an_external_database_has_no_disk_of_ours(client, monkeypatch):
    """Where the database lies elsewhere, this machine's disk says nothing about it."""
    monkeypatch.setattr(get_settings(), "data_dir", None)
    found = look(client)

    assert ("external", None) == (found["mode"], found["disk"])


def test_the_workers_answer(client, worker):
    """Both of the test run's workers, with how many tasks each can take."""
    found = eventually(lambda: len(look(client)["workers"] or []) >= 2 and look(client)["workers"])
    threads = {item["name"].partition("@")[0]: item["threads"] for item in found}

    assert {"work": 2, "control": 1} == threads
    assert all(isinstance(item["busy"], int) for item in found)


def test_many_readers_ask_once(monkeypatch):
    """What was said is kept for some seconds; who is silent is shown as last seen."""
    answers = [{"a": "first"}, {}]
    roll = Roll()
    monkeypatch.setattr(workers, "_answers", lambda: _said(answers.pop(0)))
    first = roll.call()
    assert first == roll.call()
    roll._asked = -workers.KEPT_S
    (silent,) = roll.call() or []

    assert (1, 2) == (first[0].busy, first[0].threads)
    assert ("a", None, None) == (silent.name, silent.busy, silent.threads)
    assert first[0].last_seen_at == silent.last_seen_at


def _said(names) -> dict[str, workers.Worker]:
    return {
        name: workers.Worker(name=name, last_seen_at=workers.now(), busy=1, threads=2)
        for name in names
    }


def test_queues_are_counted(client, monkeypatch):
    """What waits in Redis, queue by queue; on queues that no worker empties."""
    monkeypatch.setattr(workers, "KEY_PREFIX", "llmops-counted:")
    redis.client().rpush("llmops-counted:background", "a job", "another")
    depths = {queue["name"]: queue["depth"] for queue in look(client)["queues"]}
    redis.client().delete("llmops-counted:background")

    assert {"interactive": 0, "shards": 0, "background": 2, "control": 0} == depths


def test_an_outage_of_redis_is_not_nought(client, without_redis):
    """Unknown is null: neither an empty queue nor a workshop without workers."""
    first, second = look(client), look(client)

    for found in (first, second):
        assert found["workers"] is None
        assert {None} == {queue["depth"] for queue in found["queues"]}
        assert "degraded" == found["checks"]["redis"]["status"]


def test_circuits_are_unknown_without_redis(without_redis):
    """Nothing is known, and nobody fails who tells or asks."""
    circuits.note("openai", 15.0)
    found = circuits.states(["openai"])
    redis.outage.end()

    assert {"openai": None} == found == circuits.states(["openai"])
    circuits.note("openai", None)


def test_a_breaker_tells_everybody(client, monkeypatch):
    """Open, then half-open until the next call decides, then closed again."""
    monkeypatch.setattr(get_settings(), "openai_api_key", SecretStr("any"))
    providers._registry.cache_clear()

    async def life():
        breaker = Breaker("openai", RULES, circuits.note)
        for _ in range(2):
            breaker.end(Outcome.failed, probe=False)
        circuits.note("openai", 60.0)
        yield
        circuits.note("openai", 0.0)
        yield
        await asyncio.sleep(RULES.open_s)
        breaker.end(Outcome.ok, probe=breaker.begin())
        yield

    async def seen():
        return [look(client)["circuits"] async for _ in life()]

    with asyncio.Runner() as runner:
        found = runner.run(seen())
    providers._registry.cache_clear()

    assert ["open", "half_open", "closed"] == [state for ((_, state),) in map(_pairs, found)]


def _pairs(items: list[dict]) -> list[tuple[str, str]]:
    return [(item["name"], item["state"]) for item in items]


def test_a_probe_that_fails_opens_again():
    """What a breaker tells, in the order it tells it."""
    told = []

    async def life():
        breaker = Breaker("openai", RULES, lambda *said: told.append(said))
        for _ in range(2):
            breaker.end(Outcome.failed, probe=False)
        await asyncio.sleep(RULES.open_s)
        breaker.end(Outcome.failed, probe=breaker.begin())
        await asyncio.sleep(RULES.open_s)
        breaker.end(Outcome.limited, probe=breaker.begin())

    asyncio.run(life())

    assert [("openai", 0.01), ("openai", 0.01), ("openai", None)] == told
    assert {} == circuits.states([])


def test_the_process_tells_through_redis():
    """The models of this process are made so that their breakers tell."""
    assert providers.registry()._limits.on_circuit is circuits.note
    circuits.note("anthropic", 60.0)

    assert {"anthropic": Circuit.open} == circuits.states(["anthropic"])


def test_cases_in_workers_hands(client, subject, stranger):
    """Those of running shards that have no result yet; nobody else's."""
    made = make_prompt(subject)
    with jobs_kept():
        experiment_id = started(client, made)
    before = look(client)["active_cases"]
    with unit_of_work(subject.workspace_id) as session:
        (shard,) = session.query(Shard).filter(Shard.experiment_id == experiment_id)
        shard.state = "running"
        row = {"shard_id": shard.id, "arm": 0, "position": 0, "repeat": 0, "state": "cancelled"}
        session.add(Result(experiment_id=experiment_id, case_no=0, **row))

    assert (0, 3) == (before, look(client)["active_cases"])
    assert 0 == look(stranger)["active_cases"]
