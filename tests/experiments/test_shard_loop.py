"""The loop that works shards off: what it asks, when it stops, and what it leaves behind."""

import asyncio
import threading
import time
from typing import Any
from uuid import UUID

import psycopg2
import pytest

from app.core import stopping
from app.core.config import get_settings
from app.experiments import claims, results, shard
from app.experiments.allowance import Allowance
from tests.support.models import hang


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


def test_a_reservation_that_cannot_be_renewed_does_not_stop_the_heartbeat(bench, monkeypatch):
    """A connection that hangs: the loop sees that nothing finishes, and lets go."""
    over, outlasted = threading.Event(), []

    def keep(_: Allowance) -> None:
        if not over.wait(10):
            outlasted.append("the heartbeat waited")

    async def answer(_: str) -> str:
        try:
            return await hang()
        finally:
            over.set()

    monkeypatch.setattr(Allowance, "_keep", keep)
    monkeypatch.setattr(get_settings(), "heartbeat_seconds", 0.2)
    monkeypatch.setattr(shard, "WEDGED_S", 1.0)
    bench.answers(answer)
    bench.start(4, max_cost_usd=1)
    bench.apart.work_off()

    assert [] == outlasted
    assert bench.model.cancelled


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
