"""Health: the database decides whether this process may serve, everything else is told."""

import time

import pytest
from pydantic import SecretStr
from sqlalchemy import create_engine, text

from app.api import health
from app.core import beat_mark, redis
from app.core.config import get_settings
from app.core.database import Role, engine
from app.models.revision import HEAD

HEALTH = "/api/v1/health"


@pytest.fixture
def nobody(client_of):
    """Health is asked without a key."""
    return client_of(None)


@pytest.fixture
def without_database(monkeypatch, tmp_path):
    """The server has gone away."""
    away = create_engine(f"postgresql+psycopg2://nobody@/x?host={tmp_path}")
    monkeypatch.setattr(health, "engine", lambda _role: away)


@pytest.fixture
def without_redis(monkeypatch, tmp_path):
    """Nobody listens where Redis should be; afterwards all is as it was."""
    away = SecretStr(f"unix://{tmp_path}/nobody.sock")
    monkeypatch.setattr(get_settings(), "redis_url", away)
    redis._client.cache_clear()
    redis.outage.end()
    yield
    redis._client.cache_clear()
    redis.outage.end()


@pytest.fixture
def at_revision(monkeypatch):
    """`at_revision("0000")`: the schema is another than this code was written for."""

    def use(revision: str) -> None:
        monkeypatch.setattr(health, "HEAD", revision)

    return use


def statuses(answer) -> dict[str, str]:
    return {name: check["status"] for name, check in answer.json()["checks"].items()}


def test_all_is_well(nobody):
    """Every part with its state and how long it took; no key needed."""
    beat_mark.set_now()
    answer = nobody.get(HEALTH)

    assert 200 == answer.status_code
    assert "ok" == answer.json()["status"]
    assert dict.fromkeys(["database", "redis", "worker", "migrations", "model"], "ok") == statuses(
        answer
    )
    assert all(check["ms"] >= 0 for check in answer.json()["checks"].values())
    assert HEAD in answer.json()["checks"]["migrations"]["detail"]


def test_alive_asks_nobody(nobody, without_database, without_redis):
    """The process lives, whatever else has died: restarting it would not help."""
    answer = nobody.get("/healthz")

    assert 200 == answer.status_code
    assert {"status": "ok"} == answer.json()


def test_without_the_database_it_is_not_ready(nobody, without_database):
    """503 to the load balancer and to people, with the reason and without an address."""
    ready, told = nobody.get("/readyz"), nobody.get(HEALTH)

    assert [503, 503] == [ready.status_code, told.status_code]
    assert "down" == ready.json()["status"] == told.json()["status"]
    assert "down" == statuses(told)["database"]
    assert "does not answer (OperationalError)" == told.json()["checks"]["database"]["detail"]


def test_with_another_schema_it_is_not_ready(nobody, at_revision):
    """Code of tomorrow on tables of today would fail in stranger ways."""
    at_revision("0999")
    ready, told = nobody.get("/readyz"), nobody.get(HEALTH)

    assert [503, 503] == [ready.status_code, told.status_code]
    assert f"at {HEAD}, expected 0999: run alembic upgrade head" in told.text


def test_without_redis_it_is_degraded_and_serves(nobody, without_redis):
    """Work is stored and starts later; the API must not leave service for that."""
    told = nobody.get(HEALTH)

    assert 200 == told.status_code
    assert 200 == nobody.get("/readyz").status_code
    assert "degraded" == told.json()["status"]
    assert {"redis": "degraded", "worker": "degraded", "database": "ok"}.items() <= statuses(
        told
    ).items()


def test_a_known_outage_costs_no_second_wait(nobody, without_redis):
    """The next question is answered from memory."""
    nobody.get(HEALTH)
    told = nobody.get(HEALTH).json()["checks"]["redis"]["detail"]

    assert "did not answer a moment ago; new work starts later" == told


@pytest.mark.parametrize(("age_s", "status"), [(1, "ok"), (50, "ok"), (70, "degraded")])
def test_workers_are_known_by_their_sweeps(nobody, monkeypatch, age_s, status):
    """Nobody swept for a minute: new work waits, which is told and takes nothing down."""
    monkeypatch.setattr(beat_mark, "KEY", "a-mark-of-this-test")
    redis.client().set(beat_mark.KEY, time.time() - age_s)
    answer = nobody.get(HEALTH)

    assert 200 == answer.status_code
    assert status == statuses(answer)["worker"]
    assert f"last sweep {age_s}" in answer.json()["checks"]["worker"]["detail"]


def test_before_the_first_sweep_it_says_so(nobody, monkeypatch):
    """A fresh start without workers is degraded, not broken."""
    monkeypatch.setattr(beat_mark, "KEY", "a-key-that-nobody-set")
    told = nobody.get(HEALTH)

    assert 200 == told.status_code
    assert "no worker has swept yet" in told.json()["checks"]["worker"]["detail"]


def test_the_version_is_the_installed_one(nobody):
    """One number, everywhere."""
    version = nobody.get("/version").json()

    assert "llmops-platform" == version["name"]
    assert version["version"] == nobody.get(HEALTH).json()["version"] == health.current_version()


def test_the_revision_of_the_code_is_the_one_of_the_database():
    """What the health page compares is what alembic wrote."""
    with engine(Role.app).connect() as connection:
        assert HEAD == connection.scalar(text("SELECT version_num FROM alembic_version"))
