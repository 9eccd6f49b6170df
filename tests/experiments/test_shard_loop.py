"""The loop that works shards off: what it asks, when it stops, and what it leaves behind."""

import asyncio
import threading
import time
from dataclasses import replace
from typing import Any
from uuid import UUID

import psycopg2
import pytest

from app.core import stopping
from app.core.config import get_settings
from app.evaluators.base import Score, ScoreState
from app.experiments import claims, results, shard
from app.judges import own_model
from tests.support.models import CALL_USD, hang, unavailable


def test_every_case_is_asked_once_and_scored(bench):
    """Twelve cases in three shards: one message is enough, for the loop takes the next itself."""
    experiment_id = bench.start(12)
    messages = len(bench.apart.sent)
    bench.apart.work_off()

    assert 1 == messages
    assert {"scored": 12} == bench.states(experiment_id)
    assert 12 == len(bench.model.asked) == len(set(bench.model.asked))
    assert "completed" == bench.experiment(experiment_id).status


def test_no_more_cases_in_flight_than_asked_for(bench):
    """The experiment's concurrency holds across the shards of a loop."""
    bench.start(12, concurrency=3)
    bench.apart.work_off()

    assert 3 == bench.model.most


def test_slots_stay_full_over_the_end_of_a_shard(bench):
    """One slow case must not make the next shard wait for it."""
    slow = asyncio.Event()

    async def answer(prompt: str) -> str:
        if "Case 3:" in prompt:
            await asyncio.wait_for(slow.wait(), 10)  # until the last case of all has been asked
        if "Case 11:" in prompt:
            slow.set()
        return prompt

    bench.answers(answer)
    experiment_id = bench.start(12, concurrency=2)
    bench.apart.work_off()

    assert {"scored": 12} == bench.states(experiment_id)


def test_a_lost_lease_cancels_its_calls_at_once(bench):
    """Another worker took the shard: this one stops paying for it and writes nothing."""

    async def steal(_: str) -> str:
        if not stolen:
            stolen.append(1)
            bench.apart.sql("UPDATE shards SET fence = fence + 1")
        return await hang()

    stolen: list[int] = []
    bench.answers(steal)
    experiment_id = bench.start(4)
    bench.apart.work_off()

    assert 4 == bench.model.cancelled
    assert [] == bench.results(experiment_id)
    assert ["running"] == [row.state for row in bench.shards(experiment_id)]


def test_a_cancelled_experiment_drops_its_calls(bench):
    """Cancelling must not wait for a provider that hangs."""

    async def cancel(_: str) -> str:
        if not cancelled:
            cancelled.append(1)
            await asyncio.to_thread(bench.steer, "cancel", experiment_id)
        return await hang()

    cancelled: list[int] = []
    bench.answers(cancel)
    experiment_id = bench.start(4)
    bench.apart.work_off()

    assert 4 == bench.model.cancelled
    assert {"cancelled": 4} == bench.states(experiment_id)
    assert "cancelled" == bench.experiment(experiment_id).status


@pytest.mark.parametrize("trouble", ["refuses", "hangs"])
def test_a_holder_that_cannot_renew_stops_before_its_lease_ends(bench, monkeypatch, trouble):
    """I9: with the database away or frozen, the calls end while nobody else may claim yet."""
    over = threading.Event()
    stopped_at: list[float] = []

    def renew(*_: object) -> list[Any]:
        if trouble == "hangs":
            over.wait(20)
        raise psycopg2.OperationalError

    async def answer(_: str) -> str:
        try:
            return await hang()
        finally:
            stopped_at.append(time.monotonic())

    monkeypatch.setattr(claims, "renew", renew)
    monkeypatch.setattr(get_settings(), "lease_seconds", 2.0)
    bench.answers(answer)
    experiment_id = bench.start(4)
    began = time.monotonic()
    try:
        bench.apart.work_off()
    finally:
        over.set()

    assert 4 == bench.model.cancelled
    assert max(stopped_at) - began < get_settings().lease_seconds
    assert [] == bench.results(experiment_id)


def test_a_loop_that_finishes_nothing_lets_go(bench, monkeypatch):
    """A wedged loop must not renew for ever: after a while without progress it drops its shards."""
    monkeypatch.setattr(shard, "WEDGED_S", 0.3)
    bench.answers(lambda _: hang())
    experiment_id = bench.start(4)
    bench.apart.work_off()

    assert 4 == bench.model.cancelled
    assert [] == bench.results(experiment_id)


def test_a_worker_that_is_told_to_stop_gives_its_shard_back(bench, monkeypatch):
    """SIGTERM: calls in flight finish, the rest is released, the attempt is not counted."""
    monkeypatch.setattr(stopping, "asked", lambda: len(bench.model.asked) >= 2)

    async def answer(prompt: str) -> str:
        await asyncio.sleep(0.2)
        return prompt

    bench.answers(answer)
    experiment_id = bench.start(8, concurrency=2)
    task, ids = bench.apart.sent.pop()
    shard.work(UUID(ids["shard_id"]))
    first, second = bench.shards(experiment_id)

    assert {"scored": 2} == bench.states(experiment_id)
    assert ("pending", 0) == (first.state, first.attempts)
    assert ("pending", 0) == (second.state, second.attempts)
    assert [(task, {"shard_id": str(first.id)})] == bench.apart.sent


def test_calls_that_outlast_the_grace_are_cut(bench, monkeypatch):
    """A stop cannot wait for a provider that hangs: its cases are not stored and come again."""
    monkeypatch.setattr(stopping, "asked", lambda: len(bench.model.asked) >= 4)
    monkeypatch.setattr(shard, "GRACE_S", 0.2)
    bench.answers(lambda prompt: hang() if "Case 3:" in prompt else prompt)
    experiment_id = bench.start(4)
    _, ids = bench.apart.sent.pop()
    shard.work(UUID(ids["shard_id"]))
    (row,) = bench.shards(experiment_id)

    assert {"scored": 3} == bench.states(experiment_id)
    assert ("pending", 0, []) == (row.state, row.attempts, row.in_flight)


def test_a_long_loop_makes_way_for_another_experiment(bench, monkeypatch):
    """Round robin: while another experiment waits, a loop past its turn claims nothing more."""
    monkeypatch.setattr(shard, "TURN_S", 0.0)
    first, second = bench.start(12, concurrency=4), bench.start(4)
    _, ids = bench.apart.sent.pop(0)
    shard.work(UUID(ids["shard_id"]))
    after_one_turn = bench.states(first)
    bench.apart.work_off()

    assert {"scored": 4} == after_one_turn
    assert {"scored": 12} == bench.states(first)
    assert {"scored": 4} == bench.states(second)


def test_a_loop_ends_before_its_task_is_killed(bench, monkeypatch):
    """Past its longest time it starts nothing new and sends a successor for the rest."""
    monkeypatch.setattr(shard, "LONGEST_S", 0.1)

    async def answer(prompt: str) -> str:
        await asyncio.sleep(0.3)
        return prompt

    bench.answers(answer)
    experiment_id = bench.start(4, concurrency=1)
    _, ids = bench.apart.sent.pop()
    shard.work(UUID(ids["shard_id"]))

    assert {"scored": 1} == bench.states(experiment_id)
    assert 1 == len(bench.apart.sent)


def test_pausing_starts_no_more_cases(bench):
    """Cases in flight finish, the rest waits, and resuming goes on where it stopped."""

    async def answer(prompt: str) -> str:
        if "Case 1:" in prompt:
            await asyncio.to_thread(bench.steer, "pause", experiment_id)
        return prompt

    bench.answers(answer)
    experiment_id = bench.start(12, concurrency=1)
    bench.apart.work_off()
    paused, asked = bench.experiment(experiment_id).status, len(bench.model.asked)
    bench.answers(str.upper)
    bench.steer("resume", experiment_id)
    bench.apart.work_off()

    assert "paused" == paused
    assert 2 <= asked < 12
    assert {"scored": 12} == bench.states(experiment_id)
    assert 12 == asked + len(bench.model.asked)


def test_an_answer_is_kept_while_the_database_is_away(bench, monkeypatch):
    """Nothing paid is lost to a restart: the batch is written when the database is back."""
    store = results.store
    outages = [psycopg2.OperationalError(), psycopg2.InterfaceError()]

    def away_at_first(*arguments: Any, **named: Any) -> Any:
        if outages:
            raise outages.pop()
        return store(*arguments, **named)

    monkeypatch.setattr(results, "store", away_at_first)
    experiment_id = bench.start(4)
    bench.apart.work_off()

    assert {"scored": 4} == bench.states(experiment_id)
    assert 4 == len(bench.model.asked)


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
