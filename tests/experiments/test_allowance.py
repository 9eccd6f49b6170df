"""Money under an experiment: caps over several loops, budgets that end midway, and going on."""

import asyncio
from decimal import Decimal
from uuid import UUID

import pytest

from app.budgets import service as budgets
from app.budgets.schemas import BudgetCreate, BudgetState
from app.budgets.spend import BudgetGone
from app.core.database import unit_of_work
from app.experiments import claims, shard
from app.models import BudgetScope
from app.runs import providers
from tests.support.bench import Bench
from tests.support.models import CALL_USD
from tests.support.prompts import make_prompt

CALL = Decimal(str(CALL_USD))


def budget(bench: Bench, limit: Decimal, **asked: object) -> UUID:
    """A hard stop for the month."""
    wanted = BudgetCreate(limit_usd=limit, hard_stop=True, **asked)
    with unit_of_work(bench.subject.workspace_id) as session:
        return budgets.create(session, bench.subject, wanted).id


def shown(bench: Bench, budget_id: UUID):
    with unit_of_work(bench.subject.workspace_id) as session:
        return budgets.show(session, bench.subject, budget_id)


def work_in_loops(bench: Bench, experiment_ids: list[UUID]) -> None:
    """One loop for each experiment named, all at once in this process."""

    async def one(experiment_id: UUID, number: int) -> None:
        me = f"loop {number}"
        for row in bench.shards(experiment_id):
            taken = await asyncio.to_thread(claims.take, row.id, me)
            if taken is not None:
                campaign, held = taken
                await shard.ShardLoop(campaign, me).run(held)
                return

    async def all_of_them() -> None:
        await asyncio.gather(*(one(found, n) for n, found in enumerate(experiment_ids)))

    providers.run_async(all_of_them)
    bench.apart.work_off()


def reserved(bench: Bench) -> int:
    return len(bench.apart.sql("SELECT id FROM reservations"))


def test_loops_share_one_cap(bench):
    """I8 over all loops: what they spend together stays within the cap, and nothing is left held."""
    experiment_id = bench.start(60, concurrency=8, max_cost_usd=CALL * 20, cache=False)
    work_in_loops(bench, [experiment_id] * 3)
    calls, cost = bench.logged(experiment_id)

    assert 20 == calls == len(bench.model.asked)
    assert CALL * 20 == cost
    assert {"scored": 20, "budget_skipped": 40} == bench.states(experiment_id)
    assert 0 == reserved(bench)


def test_a_call_dearer_than_any_before_exceeds_a_cap_by_itself_alone(bench, monkeypatch):
    """What was expected was too little: the calls in flight are paid, and no more is started."""
    experiment_id = bench.start(40, concurrency=2, max_cost_usd=CALL * 10)
    slots = 2
    seen = 0

    def dearer(prompt: str) -> str:
        nonlocal seen
        seen += 1
        return prompt

    bench.answers(dearer)
    complete = bench.model.complete

    async def growing(messages, options):
        completion = await complete(messages, options)
        usage = completion.usage
        object.__setattr__(completion, "usage", type(usage)(tokens_in=90 * seen, tokens_out=10))
        return completion

    monkeypatch.setattr(bench.model, "complete", growing)
    bench.apart.work_off()
    _, cost = bench.logged(experiment_id)
    dearest = CALL * seen

    assert CALL * 10 - dearest <= cost <= CALL * 10 + slots * dearest
    assert {"scored": seen, "budget_skipped": 40 - seen} == bench.states(experiment_id)


def test_a_budget_that_ends_midway_and_is_raised_again(bench):
    """States add up to the plan; what was skipped runs with `retry-failed`, and only that."""
    budget_id = budget(bench, CALL * 10)
    experiment_id = bench.start(24, concurrency=4, max_cost_usd=CALL * 10)
    bench.apart.sql("UPDATE experiments SET max_cost_usd = NULL")
    bench.apart.work_off()
    stopped = shown(bench, budget_id)

    assert {"scored": 10, "budget_skipped": 14} == bench.states(experiment_id)
    assert "completed_with_errors" == bench.experiment(experiment_id).status
    assert (BudgetState.exceeded, CALL * 10, True) == (
        stopped.state,
        stopped.spent_usd,
        stopped.affected.stopped,
    )
    assert [(experiment_id, 14)] == [
        (found.id, found.budget_skipped) for found in stopped.affected.experiments
    ]

    with unit_of_work(bench.subject.workspace_id) as session:
        budgets.change(session, bench.subject, budget_id, {"limit_usd": Decimal(1)})
    bench.steer("retry_failed", experiment_id)
    bench.apart.work_off()

    assert {"scored": 24} == bench.states(experiment_id)
    assert 24 == len(bench.model.asked) == len(set(bench.model.asked))
    assert (BudgetState.ok, CALL * 24) == (
        shown(bench, budget_id).state,
        shown(bench, budget_id).spent_usd,
    )
    assert 0 == reserved(bench)


def test_two_experiments_share_a_budget(bench):
    """The one never gets the dollar of the other; each one's states add up."""
    budget_id = budget(bench, CALL * 30)
    asked = {"concurrency": 4, "max_cost_usd": CALL * 25, "cache": False}
    experiment_ids = [bench.start(40, **asked) for _ in range(2)]
    work_in_loops(bench, experiment_ids)
    states = [bench.states(experiment_id) for experiment_id in experiment_ids]

    assert [40, 40] == [sum(found.values()) for found in states]
    assert 30 == sum(found["scored"] for found in states)
    assert CALL * 30 == shown(bench, budget_id).spent_usd


def test_what_a_dead_worker_held_is_free_when_its_lease_ends(bench):
    """Nobody settles for the dead; the loop that comes after finds the money again."""
    budget(bench, CALL * 8)
    experiment_id = bench.start(8, concurrency=2, max_cost_usd=CALL * 8)
    bench.apart.sql(
        "INSERT INTO reservations (id, workspace_id, amount_usd, lease_until) VALUES"
        " (gen_random_uuid(), :workspace, 1, clock_timestamp() - interval '1 second')",
        workspace=bench.subject.workspace_id,
    )
    bench.apart.work_off()

    assert {"scored": 8} == bench.states(experiment_id)


def test_an_experiment_that_cannot_be_paid_is_not_started(bench):
    """Refused with what is left and missing; with a cap of its own that fits, it starts."""
    budget(bench, CALL * 3)

    with pytest.raises(BudgetGone) as refused:
        bench.start(8)
    told = refused.value.extra["budget"]

    assert (402, "0.003") == (refused.value.status, told["left_usd"])
    assert float(told["missing_usd"]) > 0
    assert bench.start(8, max_cost_usd=CALL * 3)


def test_a_budget_of_another_prompt_stops_nobody(bench):
    """Only what falls under it."""
    other = make_prompt(bench.subject)
    budget(bench, CALL, scope=BudgetScope.prompt, prompt_id=other.prompt_id)
    experiment_id = bench.start(4)
    bench.apart.work_off()

    assert {"scored": 4} == bench.states(experiment_id)
