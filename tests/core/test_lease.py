"""The lease keeps its invariants in any order of events, and would not without its parts."""

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any
from uuid import UUID

import psycopg2
import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test
from sqlalchemy import Row, text
from sqlalchemy.dialects import postgresql
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.orm import Session

from app.core import lease
from app.core.clock import new_id
from app.core.config import get_settings
from app.core.database import Role, system_unit_of_work, unit_of_work
from app.core.errors import Conflict
from app.experiments import results, service
from app.experiments.plan import Request
from app.experiments.results import SHARDS
from tests.core.lease_machine import LeaseMachine
from tests.support.apart import Apart
from tests.support.fixtures import make_subject, make_workspace
from tests.support.prompts import make_prompt

SEQUENCES = int(os.environ.get("LEASE_SEQUENCES", "40"))
STEPS = 30
MUTANT = settings(
    max_examples=150,
    stateful_step_count=STEPS,
    database=None,
    derandomize=True,
    phases=[Phase.generate],
    report_multiple_bugs=False,
    suppress_health_check=list(HealthCheck),
)
WHOLE = settings(MUTANT, max_examples=SEQUENCES, derandomize=SEQUENCES == 40)


@pytest.fixture
def machine(apart: Apart, monkeypatch) -> Iterator[type[LeaseMachine]]:
    """Two shards of four cases, three attempts each."""
    monkeypatch.setattr(get_settings(), "shard_size", 4)
    monkeypatch.setattr(get_settings(), "max_attempts", 3)
    LeaseMachine.apart = apart
    LeaseMachine.subject = make_subject(make_workspace())
    LeaseMachine.made = make_prompt(LeaseMachine.subject, examples=8)
    yield LeaseMachine
    apart.sent.clear()


def test_every_order_of_events_keeps_the_invariants(machine):
    """Claims, deaths, zombies, expiries, sweeps, cancels and retries in any order: I1 to I8."""
    run_state_machine_as_test(machine, settings=WHOLE)


def test_without_the_fence_a_zombie_would_write(machine, monkeypatch):
    """The same machine finds the missing condition: the fence is what stops a zombie."""
    monkeypatch.setattr(
        lease,
        "_held",
        lambda table, job_id, _fence: (table.c.id == job_id) & (table.c.state == "running"),
    )

    with pytest.raises(AssertionError, match="without the lease"):
        run_state_machine_as_test(machine, settings=MUTANT)


def refuse(*_: object) -> None:
    raise Conflict


def test_without_the_key_a_case_would_have_two_results(machine, monkeypatch, apart):
    """The same machine finds the missing key: without it a repeated batch counts twice."""
    head, _, _ = results.INSERT_RESULTS.partition("ON CONFLICT")
    monkeypatch.setattr(results, "INSERT_RESULTS", f"{head} RETURNING case_no")
    # what fills missing cases cannot even run without the key, so that nothing is filled here
    monkeypatch.setattr(get_settings(), "max_attempts", 1000)
    monkeypatch.setattr(service, "cancel", refuse)
    with apart.engine(Role.owner).begin() as connection:
        connection.exec_driver_sql("ALTER TABLE results DROP CONSTRAINT pk_results")
    try:
        with pytest.raises(AssertionError, match="two results"):
            run_state_machine_as_test(machine, settings=MUTANT)
    finally:
        apart.sql("DELETE FROM results")
        with apart.engine(Role.owner).begin() as connection:
            connection.exec_driver_sql(
                "ALTER TABLE results ADD CONSTRAINT pk_results PRIMARY KEY (experiment_id, case_no)"
            )


@pytest.fixture
def job(apart: Apart) -> Iterator[UUID]:
    """One shard that nobody holds."""
    subject = make_subject(make_workspace())
    made = make_prompt(subject, examples=2)
    with unit_of_work(subject.workspace_id) as session:
        request = Request(prompt=made.prompt_id, name="job", evaluators=[{"name": "exact"}])
        experiment, _ = service.start(session, subject, request)
    found = apart.sql("SELECT id FROM shards WHERE experiment_id = :id", id=experiment.id)
    yield found[0].id
    apart.sql("UPDATE shards SET state = 'cancelled' WHERE id = :id", id=found[0].id)


def claim(job: UUID, patience: str = "10s") -> Row[Any] | None:
    with system_unit_of_work() as session:
        session.execute(text(f"SET LOCAL lock_timeout = '{patience}'"))
        return lease.claim(session, SHARDS, job, "test")


def expire(apart: Apart, job: UUID) -> None:
    ago = "clock_timestamp() - interval '1 s'"
    apart.sql(f"UPDATE shards SET lease_until = {ago} WHERE id = :id", id=job)


def test_one_of_many_claims_wins(job):
    """The same message delivered to eight workers at once is worked by one."""
    with ThreadPoolExecutor(8) as workers:
        claimed = list(workers.map(claim, [job] * 8))

    assert 1 == sum(row is not None for row in claimed)


def test_a_job_nobody_knows_is_left_quietly(apart):
    """A message whose row is gone is no error: the row is the truth."""
    assert claim(new_id()) is None


def test_a_claim_beside_the_sweeper_does_not_pass_the_cap(apart, job):
    """Attempts end at the maximum even when an old message arrives before the sweeper does."""
    most = get_settings().max_attempts
    attempts = []
    for _ in range(most + 2):
        row = claim(job)
        attempts.append(row.attempts if row else None)
        expire(apart, job)

    assert [*range(1, most + 1), None, None] == attempts


def test_a_job_that_makes_progress_is_never_given_up(apart, job):
    """Five deploys during one long shard must not fail it: what stored something starts over."""
    for _ in range(get_settings().max_attempts * 2):
        row = claim(job)
        apart.sql("UPDATE shards SET progressed = true WHERE id = :id", id=job)
        expire(apart, job)
        with system_unit_of_work() as session:
            swept = {job.id: job.state for job in lease.sweep(session, SHARDS)}

        assert row is not None
        assert "pending" == swept[job]


def test_a_batch_being_written_keeps_claims_out(apart, job):
    """The row's lock: between a writer's look at its fence and its commit nobody takes the job."""
    row = claim(job)
    expire(apart, job)
    with system_unit_of_work() as writing:
        held = lease.lock(writing, SHARDS, job, row.fence)
        with pytest.raises(OperationalError) as refused:
            claim(job, "50ms")
        with system_unit_of_work() as sweeping:
            swept = lease.sweep(sweeping, SHARDS)

    assert held
    assert isinstance(refused.value.orig, psycopg2.errors.LockNotAvailable)
    assert job not in {found.id for found in swept}


def test_only_the_databases_clock_decides(apart):
    """No statement carries a worker's time: a wrong clock on one machine moves no lease."""
    said: list[tuple[str, object]] = []

    class Listening(Session):
        def execute(self, statement, *_, **__):
            compiled = statement.compile(dialect=postgresql.dialect())
            said.append((str(compiled), compiled.params))
            return super().execute(statement)

    with Listening(apart.engine()) as session:
        lease.claim(session, SHARDS, new_id(), "test")
        lease.renew(session, SHARDS, new_id(), 1)
        lease.release(session, SHARDS, new_id(), 1)
        lease.sweep(session, SHARDS)

    assert all("clock_timestamp()" in statement for statement, _ in said)
    assert not any(
        isinstance(value, datetime) for _, values in said for value in dict(values).values()
    )


def test_a_write_waits_while_the_database_is_away(monkeypatch):
    """A restart of PostgreSQL must not lose an answer that is paid for."""
    monkeypatch.setattr(get_settings(), "heartbeat_seconds", 0.001)
    answers = [
        OperationalError("", {}, psycopg2.OperationalError()),
        psycopg2.InterfaceError("connection already closed"),
        DBAPIError("", {}, psycopg2.Error(), connection_invalidated=True),
    ]

    def write() -> str:
        if answers:
            raise answers.pop()
        return "stored"

    assert "stored" == lease.patiently(write)


def test_a_write_gives_up_when_its_lease_must_have_ended(monkeypatch):
    """Waiting longer than the lease would only keep a worker from other work."""
    monkeypatch.setattr(get_settings(), "lease_seconds", 0.0)

    def write() -> None:
        raise psycopg2.OperationalError

    with pytest.raises(psycopg2.OperationalError):
        lease.patiently(write)


def test_what_the_database_refuses_is_not_tried_again():
    """A row that does not fit will not fit a second later."""
    tried = []

    def write() -> None:
        tried.append(1)
        raise psycopg2.DataError

    with pytest.raises(psycopg2.DataError):
        lease.patiently(write)

    assert 1 == len(tried)
