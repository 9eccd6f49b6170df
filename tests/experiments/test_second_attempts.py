"""What a shard's loop does after a failure: rows, answers and money are not lost, nor paid twice."""

from dataclasses import replace
from typing import Any
from uuid import UUID

import psycopg2
import pytest

from app.core import stopping
from app.evaluators.base import Score, ScoreState
from app.experiments import claims, results, shard
from app.judges import own_model
from tests.support.models import CALL_USD, hang, unavailable


class Judge:
    """Similarity's stand-in, whose reason the database cannot hold for one case."""

    name, version, needs_model = "similarity", "1", False

    async def score(self, case: Any, _ask: Any) -> Score:
        reason = "half a pair: \ud800" if case.inputs["number"] == 2 else "fine"
        return Score(
            evaluator=self.name,
            evaluator_version=self.version,
            state=ScoreState.scored,
            value=1.0,
            reason=reason,
        )


def test_a_row_the_database_refuses_ends_alone(bench, monkeypatch):
    """Its neighbours in the batch are stored, its calls stay in the books, nothing is asked again."""
    monkeypatch.setattr(own_model, "build", lambda *_: Judge())
    experiment_id = bench.start(4)
    bench.apart.work_off()
    refused = bench.results(experiment_id)[2]

    assert {"scored": 3, "worker_lost": 1} == bench.states(experiment_id)
    assert ("worker_lost", "internal_error", None) == (
        refused.state,
        refused.error_code,
        refused.score,
    )
    assert 4 == len(bench.model.asked) == bench.logged(experiment_id)[0]


def test_a_loop_that_cannot_write_uses_up_an_attempt(bench, monkeypatch):
    """Released, it would pay for the same cases again at once and for ever; so its lease runs out."""

    def refuse(*_: object, **__: object) -> None:
        raise psycopg2.ProgrammingError("no such column")

    monkeypatch.setattr(results, "store", refuse)
    experiment_id = bench.start(4)
    with pytest.raises(psycopg2.ProgrammingError):
        bench.apart.work_off()
    (row,) = bench.shards(experiment_id)

    assert ("running", 1) == (row.state, row.attempts)
    assert [] == bench.apart.sent


def test_a_case_our_own_code_fails_on_has_no_score(bench, monkeypatch):
    """A mistake of ours is neither the provider's fault nor a zero."""
    perform = shard.Performer.perform

    async def fail_on_one(self: Any, brief: Any) -> Any:
        if brief.inputs["number"] == 1:
            raise ZeroDivisionError
        return await perform(self, brief)

    monkeypatch.setattr(shard.Performer, "perform", fail_on_one)
    experiment_id = bench.start(4)
    bench.apart.work_off()

    assert {"scored": 3, "worker_lost": 1} == bench.states(experiment_id)
    assert "completed_with_errors" == bench.experiment(experiment_id).status


# --- careful mode: the second attempt ---


def second_attempt(bench: Any, experiment_id: Any, *, in_flight: str = "{}") -> None:
    """A first worker claimed the shard and died; its lease has run out."""
    row = bench.shards(experiment_id)[0]
    claims.take(row.id, "dead")
    bench.apart.sql(
        "UPDATE shards SET in_flight = CAST(:cases AS integer[]) WHERE id = :id",
        cases=in_flight,
        id=row.id,
    )
    bench.expire(experiment_id)


def test_after_a_death_cases_go_one_at_a_time_and_are_noted_first(bench):
    """A case that kills its process takes no neighbour with it, and its number is known."""
    noted: list[list[int]] = []

    def answer(prompt: str) -> str:
        noted.append(bench.shards(experiment_id)[0].in_flight)
        return prompt

    bench.answers(answer)
    experiment_id = bench.start(4)
    second_attempt(bench, experiment_id)
    bench.apart.work_off()

    assert [[0], [1], [2], [3]] == noted
    assert 1 == bench.model.most
    assert {"scored": 4} == bench.states(experiment_id)


def test_the_case_a_worker_died_on_is_not_asked_again(bench):
    """It ends as worker_lost; the others are scored."""
    experiment_id = bench.start(4)
    second_attempt(bench, experiment_id, in_flight="{2}")
    bench.apart.work_off()

    assert {"scored": 3, "worker_lost": 1} == bench.states(experiment_id)
    assert "worker_lost" == bench.results(experiment_id)[2].state
    assert 3 == len(bench.model.asked)


def test_a_careful_loop_that_is_stopped_marks_no_case_as_lost(bench, monkeypatch):
    """The case in flight was cut by a stop, not by a death: the next worker asks it."""
    monkeypatch.setattr(stopping, "asked", lambda: len(bench.model.asked) >= 2)
    monkeypatch.setattr(shard, "GRACE_S", 0.1)
    bench.answers(lambda prompt: hang() if "Case 1:" in prompt else prompt)
    experiment_id = bench.start(4)
    second_attempt(bench, experiment_id)
    _, ids = bench.apart.sent.pop()
    shard.work(UUID(ids["shard_id"]))
    (row,) = bench.shards(experiment_id)
    monkeypatch.setattr(stopping, "asked", lambda: False)
    bench.answers(str.upper)
    bench.apart.work_off()

    assert ("pending", []) == (row.state, row.in_flight)
    assert {"scored": 4} == bench.states(experiment_id)


def test_a_careful_loop_drops_its_call_with_its_lease(bench):
    """Careful or not, a lost lease ends the call."""

    async def steal(_: str) -> str:
        bench.apart.sql("UPDATE shards SET fence = fence + 1")
        return await hang()

    bench.answers(steal)
    experiment_id = bench.start(4)
    second_attempt(bench, experiment_id)
    bench.apart.work_off()

    assert (1, 1) == (len(bench.model.asked), bench.model.cancelled)
    assert [] == bench.results(experiment_id)


# --- the budget ---


def test_without_a_budget_nothing_is_asked(bench):
    """A cap of zero is a cap: every case is skipped, none is paid."""
    experiment_id = bench.start(8, max_cost_usd=0)
    bench.apart.work_off()

    assert {"budget_skipped": 8} == bench.states(experiment_id)
    assert [] == bench.model.asked


def test_spending_stops_at_the_cap(bench, monkeypatch):
    """I8: above the cap by no more than the calls in flight, however fast they are answered."""
    monkeypatch.setattr(shard, "FLUSH_S", 5.0)  # nothing is stored before the cap is reached
    experiment_id = bench.start(40, concurrency=4, max_cost_usd=CALL_USD * 10)
    bench.apart.work_off()
    calls, cost = bench.logged(experiment_id)

    assert calls == len(bench.model.asked)
    assert 10 <= calls <= 14
    assert float(cost) == pytest.approx(calls * CALL_USD)
    assert {"scored": calls, "budget_skipped": 40 - calls} == bench.states(experiment_id)
    assert "completed_with_errors" == bench.experiment(experiment_id).status


def test_a_resumed_experiment_remembers_what_it_spent(bench):
    """The cap counts what was paid before: by another loop, before a pause, before a retry."""
    experiment_id = bench.start(8, concurrency=1, max_cost_usd=CALL_USD * 5)
    bench.apart.sql("UPDATE experiments SET cost_estimated = :spent", spent=CALL_USD * 4)
    bench.apart.work_off()

    assert {"scored": 1, "budget_skipped": 7} == bench.states(experiment_id)


# --- trying again ---


def test_only_what_failed_is_asked_again(bench):
    """I3: a case with a score is never sent to the provider a second time."""
    bench.answers(lambda prompt: unavailable() if "Case 1:" in prompt else prompt)
    experiment_id = bench.start(4)
    bench.apart.work_off()
    before = bench.states(experiment_id)
    model = bench.answers(str.upper)
    bench.steer("retry_failed", experiment_id)
    bench.apart.work_off()

    assert {"scored": 3, "provider_error": 1} == before
    assert {"scored": 4} == bench.states(experiment_id)
    assert 1 == len(model.asked)
    assert "Case 1:" in model.asked[0]
    assert "completed" == bench.experiment(experiment_id).status


def test_a_paid_answer_survives_a_cancelled_retry(bench, monkeypatch):
    """Cancelled while only its judge was to be asked again, the answer is still not paid twice."""

    class Broken(Judge):
        async def score(self, case: Any, ask: Any) -> Score:
            found = await super().score(case, ask)
            return replace(found, state=ScoreState.judge_error, value=None, reason="no judge")

    build = own_model.build
    monkeypatch.setattr(own_model, "build", lambda *_: Broken())
    experiment_id = bench.start(2)
    bench.apart.work_off()
    bench.steer("retry_failed", experiment_id)
    bench.steer("cancel", experiment_id)
    bench.apart.work_off()
    cancelled = bench.states(experiment_id)
    monkeypatch.setattr(own_model, "build", build)
    model = bench.answers(str.upper)
    bench.steer("retry_failed", experiment_id)
    bench.apart.work_off()

    assert {"cancelled": 2} == cancelled
    assert {"scored": 2} == bench.states(experiment_id)
    assert [] == model.asked


def test_a_cancel_after_a_retry_is_rolled_up_anew(bench):
    """The results of before the retry are not those of the cancelled experiment."""
    bench.answers(lambda _: unavailable())
    experiment_id = bench.start(4)
    bench.apart.work_off()
    bench.steer("retry_failed", experiment_id)
    bench.steer("cancel", experiment_id)
    bench.apart.work_off()
    (arm,) = bench.experiment(experiment_id).results

    assert 4 == arm["states"]["cancelled"]
    assert 0 == arm["states"]["provider_error"]
    assert "cancelled" == bench.experiment(experiment_id).status


def test_costs_stay_known_after_a_cancel_and_a_retry(bench):
    """Cases that were filled in cost nothing, which is a price, and not an unknown one."""
    experiment_id = bench.start(4)
    bench.steer("cancel", experiment_id)
    bench.apart.work_off()
    bench.steer("retry_failed", experiment_id)
    bench.apart.sql("UPDATE experiment_arms SET model = 'local:extractive-baseline'")
    bench.apart.work_off()

    assert {"scored": 4} == bench.states(experiment_id)
    assert [0, 0, 0, 0] == [row.cost_usd for row in bench.results(experiment_id)]
