"""One run in the background: claimed once, paid once, stored under its fence."""

import asyncio
import time
from decimal import Decimal
from typing import Any
from uuid import UUID

import psycopg2
import pytest

from app.core.config import get_settings
from app.core.database import unit_of_work
from app.evaluators.base import Score, ScoreState
from app.experiments import sweeping
from app.judges import own_model
from app.llm.party import check_may_send
from app.runs import execution, service
from app.runs.service import Order
from tests.support.bench import Bench
from tests.support.models import FakeModel, hang, unavailable


class Runs:
    """Single runs on the bench's database."""

    def __init__(self, bench: Bench, patch: pytest.MonkeyPatch) -> None:
        self.bench, self._patch = bench, patch
        self.model = self.answers(str.upper)

    def answers(self, answer: Any) -> FakeModel:
        self.model = FakeModel(answer)
        self._patch.setattr(execution, "get_model", self.model)
        return self.model

    def start(self, **order: Any) -> UUID:
        template = {
            "template_format": "jinja2",
            "template": "Say {{ what }}.",
            "messages": None,
            "response_schema": None,
            "variables": [{"name": "what", "required": True}],
        }
        known = {"variables": {"what": "yes"}, "source": "run", "expected_output": "SAY YES."}
        subject = self.bench.subject
        with unit_of_work(subject.workspace_id) as session:
            run = service._start(
                session,
                subject,
                template=template,
                order=Order(**{**known, **order}),
                model="openai:mock-gen",
                parameters={},
            )
            return run.id

    def read(self, run_id: UUID) -> Any:
        return self.bench.apart.sql("SELECT * FROM runs WHERE id = :id", id=run_id)[0]

    def costs(self, run_id: UUID) -> list[Any]:
        return self.bench.apart.sql("SELECT * FROM cost_entries WHERE run_id = :id", id=run_id)

    def expire(self, run_id: UUID) -> None:
        self.bench.apart.sql(
            "UPDATE runs SET lease_until = clock_timestamp() - interval '1 s'"
            " WHERE id = :id AND state = 'running'",
            id=run_id,
        )


@pytest.fixture
def runs(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> Runs:
    bench.apart.sql("UPDATE runs SET state = 'cancelled', lease_until = NULL")
    return Runs(bench, monkeypatch)


def test_a_run_is_performed_and_stored(runs):
    """Its prompt, output, score, tokens and price; one line in the cost log."""
    run_id = runs.start(evaluators=[{"name": "exact"}])
    runs.bench.apart.work_off()
    run = runs.read(run_id)
    (cost,) = runs.costs(run_id)

    assert ("completed", "Say yes.", "SAY YES.") == (run.state, run.rendered_prompt, run.output)
    assert [("exact", 1.0)] == [(score["evaluator"], score["value"]) for score in run.scores]
    assert (90, 10, None) == (run.tokens_in, run.tokens_out, run.cost_usd)
    assert Decimal("0.001") == run.cost_estimated == cost.cost_estimated
    assert run.finished_at is not None


def test_a_message_delivered_twice_is_worked_once(runs):
    """The second delivery finds nothing to claim, during the run and after it."""
    run_id = runs.start()
    runs.answers(lambda _: asyncio.to_thread(execution.execute, run_id))
    runs.bench.apart.work_off()
    execution.execute(run_id)

    assert 1 == len(runs.model.asked)
    assert 1 == runs.read(run_id).attempts


def test_a_failed_call_fails_the_run(runs):
    """With the provider's code and sentence, and no output."""
    runs.answers(lambda _: unavailable())
    run_id = runs.start()
    runs.bench.apart.work_off()
    run = runs.read(run_id)

    assert ("failed", "unavailable", None) == (run.state, run.error_code, run.output)
    assert "away" in run.error


def test_a_run_that_lost_its_lease_is_not_stored(runs):
    """Another worker has it: the call is cancelled and nothing is written."""

    async def steal(_: str) -> str:
        runs.bench.apart.sql("UPDATE runs SET fence = fence + 1 WHERE id = :id", id=run_id)
        return await hang()

    runs.answers(steal)
    run_id = runs.start()
    runs.bench.apart.work_off()

    assert 1 == runs.model.cancelled
    assert ("running", None) == (runs.read(run_id).state, runs.read(run_id).output)


def test_a_run_frozen_before_its_call_does_not_make_it(runs, monkeypatch):
    """Its lease ran out meanwhile: the call is left to whoever has the run, and nothing is kept."""
    monkeypatch.setattr(get_settings(), "lease_seconds", 1.0)

    def frozen(prompt: str) -> str:
        time.sleep(0.9)  # nothing else happens in this process
        check_may_send()
        return prompt

    runs.answers(frozen)
    run_id = runs.start()
    runs.bench.apart.work_off()

    assert 1 == runs.model.cancelled
    assert ("running", None) == (runs.read(run_id).state, runs.read(run_id).output)


def test_a_zombie_that_finishes_late_writes_nothing(runs):
    """Its fence has moved on between the answer and the write."""

    def overtaken(prompt: str) -> str:
        runs.bench.apart.sql("UPDATE runs SET fence = fence + 1 WHERE id = :id", id=run_id)
        return prompt

    runs.answers(overtaken)
    run_id = runs.start()
    runs.bench.apart.work_off()

    assert ("running", None) == (runs.read(run_id).state, runs.read(run_id).output)
    assert [] == runs.costs(run_id)


def test_a_long_call_keeps_its_lease(runs, monkeypatch):
    """Heartbeats renew it for as long as the call takes."""
    monkeypatch.setattr(get_settings(), "lease_seconds", 0.4)
    monkeypatch.setattr(get_settings(), "heartbeat_seconds", 0.1)

    async def slowly(prompt: str) -> str:
        await asyncio.sleep(0.8)
        await asyncio.to_thread(execution.execute, run_id)  # nobody else may take it meanwhile
        return prompt

    runs.answers(slowly)
    run_id = runs.start()
    runs.bench.apart.work_off()

    assert ("completed", 1) == (runs.read(run_id).state, len(runs.model.asked))


@pytest.mark.parametrize("what", ["_store", "_renew"])
def test_an_answer_survives_a_restart_of_the_database(runs, monkeypatch, what):
    """Whether the lease is to be renewed or the answer stored, the work waits for the database."""
    real, away = getattr(execution, what), [1, 1]

    def away_at_first(*arguments: Any) -> Any:
        if away:
            away.pop()
            raise psycopg2.OperationalError
        return real(*arguments)

    async def slowly(prompt: str) -> str:
        await asyncio.sleep(0.3)
        return prompt

    monkeypatch.setattr(execution, what, away_at_first)
    runs.answers(slowly)
    run_id = runs.start()
    runs.bench.apart.work_off()

    assert [] == away
    assert ("completed", 1) == (runs.read(run_id).state, len(runs.model.asked))


def test_a_database_that_stays_away_leaves_the_run_to_the_sweeper(runs, monkeypatch):
    """After the time of a lease the worker is free for other work; the run is tried again later."""
    monkeypatch.setattr(get_settings(), "lease_seconds", 0.2)

    def away(*_: Any) -> None:
        raise psycopg2.OperationalError

    monkeypatch.setattr(execution, "_store", away)
    run_id = runs.start()
    with pytest.raises(psycopg2.OperationalError):
        runs.bench.apart.work_off()

    assert "running" == runs.read(run_id).state


def test_a_result_the_database_refuses_fails_the_run_once(runs, monkeypatch):
    """Tried again it would be paid five times; its price is kept."""

    class Judge:
        name, version, needs_model = "exact", "1", False

        async def score(self, *_: Any) -> Score:
            return Score(
                evaluator="exact",
                evaluator_version="1",
                state=ScoreState.scored,
                value=1.0,
                reason="half a pair \ud800",
            )

    monkeypatch.setattr(own_model, "build", lambda *_: Judge())
    run_id = runs.start(evaluators=[{"name": "exact"}])
    runs.bench.apart.work_off()
    run = runs.read(run_id)

    assert ("failed", "internal_error", 1) == (run.state, run.error_code, run.attempts)
    assert 1 == len(runs.model.asked) == len(runs.costs(run_id))


def test_our_own_mistake_fails_the_run_once(runs, monkeypatch):
    """An evaluator that can no longer be built is not tried five times."""

    def gone(*_: Any) -> None:
        raise LookupError

    monkeypatch.setattr(own_model, "build", gone)
    run_id = runs.start(evaluators=[{"name": "exact"}])
    runs.bench.apart.work_off()
    run = runs.read(run_id)

    assert ("failed", "internal_error") == (run.state, run.error_code)
    assert "LookupError" in run.error


def test_a_run_whose_workers_keep_dying_ends(runs):
    """worker_lost after the last attempt, never an answer and never for ever."""
    run_id = runs.start()
    for _ in range(get_settings().max_attempts):
        with pytest.MonkeyPatch.context() as dying:
            dying.setattr(execution, "run_async", lambda _work: None)
            execution.execute(run_id)
        runs.expire(run_id)
    execution.execute(run_id)
    before = runs.read(run_id).state
    sweeping.sweep()
    run = runs.read(run_id)

    assert "running" == before
    assert ("failed", "worker_lost", None) == (run.state, run.error_code, run.output)
    assert [] == runs.model.asked


def test_a_run_whose_worker_died_is_run_by_another(runs):
    """The sweeper finds the lease that ran out and sends the run again."""
    run_id = runs.start()
    with pytest.MonkeyPatch.context() as dying:
        dying.setattr(execution, "run_async", lambda _work: None)
        execution.execute(run_id)
    runs.expire(run_id)
    runs.bench.apart.sent.clear()
    sweeping.sweep()
    runs.bench.apart.work_off()

    assert ("completed", 2) == (runs.read(run_id).state, runs.read(run_id).attempts)
