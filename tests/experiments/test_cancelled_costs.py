"""What was paid before a cancel is booked: once, beside no result, and by nobody who lost a lease."""

import asyncio
from decimal import Decimal
from uuid import UUID

import pytest

from app.core.config import get_settings
from app.experiments import claims, results, shard
from app.experiments.claims import Campaign, Held
from app.experiments.results import Finished
from app.models import CaseState
from app.runs.case import Call, Outcome
from tests.support.bench import Bench
from tests.support.fixtures import eventually
from tests.support.models import CALL_USD, hang

CALL = Decimal(str(CALL_USD))
PAID = Call("completion", "openai:mock-gen", 90, 10, False, None, CALL, 1.0)
OUTCOME = Outcome(
    state=CaseState.judge_error, output="paid", calls=(PAID, PAID._replace(kind="judge"))
)


def hold(shard_id: UUID) -> tuple[Campaign, Held]:
    taken = claims.take(shard_id, "test")
    assert taken is not None
    return taken


def book(campaign: Campaign, held: Held, outcome: Outcome = OUTCOME) -> None:
    """As a loop does with what has finished in a shard that it holds no more."""
    done = [Finished(ask.address, outcome) for ask in held.asks]
    versions = [arm.version_id for arm in campaign.arms]
    results.book_cancelled(held.row, campaign.experiment, versions, done)


def summed(bench: Bench, experiment_id: UUID) -> tuple[int, Decimal]:
    """Calls and cost as the experiment itself tells them."""
    found = bench.experiment(experiment_id)
    return found.calls, found.cost_estimated


def test_an_answer_that_came_before_a_cancel_is_booked(bench):
    """Its case ends as cancelled and without output; its price is in the log and in the sums."""

    async def answer(prompt: str) -> str:
        if "Case 0:" not in prompt:
            return await hang()
        await asyncio.to_thread(bench.steer, "cancel", experiment_id)
        return prompt

    bench.answers(answer)
    experiment_id = bench.start(4)
    bench.apart.work_off()

    assert (1, CALL) == bench.logged(experiment_id) == summed(bench, experiment_id)
    assert {"cancelled": 4} == bench.states(experiment_id)
    assert {None} == {row.output for row in bench.results(experiment_id)}
    assert 3 == bench.model.cancelled


def test_an_answer_that_waits_when_the_heartbeat_sees_the_cancel_is_booked(bench, monkeypatch):
    """The first is stored and the second waits for the next write, which never comes."""
    monkeypatch.setattr(shard, "FLUSH_S", 1000.0)
    monkeypatch.setattr(get_settings(), "heartbeat_seconds", 0.2)

    async def answer(prompt: str) -> str:
        if "Case 0:" in prompt:
            return prompt
        if "Case 1:" not in prompt:
            return await hang()
        await asyncio.to_thread(eventually, lambda: bench.results(experiment_id))
        await asyncio.to_thread(bench.steer, "cancel", experiment_id)
        return prompt

    bench.answers(answer)
    experiment_id = bench.start(4)
    bench.apart.work_off()

    assert (2, CALL * 2) == bench.logged(experiment_id) == summed(bench, experiment_id)
    assert {"scored": 1, "cancelled": 3} == bench.states(experiment_id)


def test_a_call_is_booked_once(bench):
    """However often it is told; asked again after a retry it is another call."""
    experiment_id = bench.start(4)
    (row,) = bench.shards(experiment_id)
    campaign, held = hold(row.id)
    bench.steer("cancel", experiment_id)
    for _ in range(2):
        book(campaign, held)
    once = bench.logged(experiment_id)
    bench.steer("retry_failed", experiment_id)
    campaign, held = hold(row.id)
    bench.steer("cancel", experiment_id)
    book(campaign, held)

    assert (8, CALL * 8) == once
    assert (16, CALL * 16) == bench.logged(experiment_id) == summed(bench, experiment_id)


def test_what_was_stored_before_the_cancel_is_not_booked_again(bench):
    """Its answer reached the database, and only the news of it was lost."""
    experiment_id = bench.start(8)
    campaign, held = hold(bench.shards(experiment_id)[0].id)
    first = Finished(held.asks[0].address, OUTCOME)
    versions = [arm.version_id for arm in campaign.arms]
    results.store(held.row, campaign.experiment, versions, [first])
    bench.steer("cancel", experiment_id)
    held.asks = type(held.asks)([held.asks[0]])
    book(campaign, held)

    assert (2, CALL * 2) == bench.logged(experiment_id) == summed(bench, experiment_id)


def test_an_answer_from_the_cache_costs_nothing(bench):
    """It was no call."""
    experiment_id = bench.start(4)
    campaign, held = hold(bench.shards(experiment_id)[0].id)
    bench.steer("cancel", experiment_id)
    book(campaign, held, Outcome(state=CaseState.judge_error, calls=(PAID._replace(cached=True),)))

    assert (0, 0) == bench.logged(experiment_id)


@pytest.mark.parametrize(
    "lost",
    [
        "fence = fence + 1",
        "state = 'pending', owner = NULL, lease_until = NULL",
        "state = 'cancelled', fence = fence + 1, owner = NULL, lease_until = NULL",
    ],
)
def test_who_lost_a_lease_books_nothing(bench, lost):
    """I5: neither while others work on it, nor where the cancel was of another's claim."""
    experiment_id = bench.start(4)
    campaign, held = hold(bench.shards(experiment_id)[0].id)
    bench.apart.sql(f"UPDATE shards SET {lost} WHERE experiment_id = :id", id=experiment_id)
    book(campaign, held)

    assert (0, 0) == bench.logged(experiment_id) == summed(bench, experiment_id)
