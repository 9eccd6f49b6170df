"""Critical examples that fail anew run again: each once, within the budget, and somebody waits."""

from collections.abc import Callable, Collection
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from app.core.celery_app import Task
from app.core.database import unit_of_work
from app.experiments import service, sweeping
from app.experiments.plan import Request
from tests.support.apart import WORK
from tests.support.bench import MODEL, Bench
from tests.support.models import unavailable
from tests.support.prompts import QUESTIONS, make_prompt

EXPECTED = dict(QUESTIONS)
VERSIONS = tuple(f"v{number} {{{{ number }}}}: {{{{ question }}}}" for number in (1, 2, 3))


def answering(
    *, wrong: Collection[str] = (), away: Collection[str] = ()
) -> Callable[[str], str | BaseException]:
    """As expected but for these cases, such as `v2 0`: the second version on the first example."""

    def answer(prompt: str) -> str | BaseException:
        case, question = prompt.split(": ", 1)
        if case in away:
            return unavailable()
        return "Something else." if case in wrong else EXPECTED[question]

    return answer


def start(bench: Bench, *, versions: int = 2, **asked: Any) -> UUID:
    """An experiment on four examples, all critical."""
    made = make_prompt(bench.subject, templates=VERSIONS[:versions], model=MODEL)
    bench.apart.sql(
        "UPDATE golden_examples SET critical = true WHERE prompt_id = :id", id=made.prompt_id
    )
    with unit_of_work(bench.subject.workspace_id) as session:
        request = Request(
            prompt=made.prompt_id,
            name="critical",
            versions=list(range(1, versions + 1)),
            evaluators=[{"name": "exact"}],
            **asked,
        )
        return service.start(session, bench.subject, request)[0].id


def confirming(bench: Bench, experiment_id: UUID) -> list[Any]:
    query = "SELECT * FROM experiments WHERE follows = :id ORDER BY id"
    return bench.apart.sql(query, id=experiment_id)


def run_again(bench: Bench, experiment_id: UUID) -> list[list[int]]:
    """The numbers of the examples that each of the confirming experiments ran."""
    query = (
        "SELECT (input_data ->> 'number')::int FROM experiment_examples"
        " WHERE experiment_id = :id ORDER BY position"
    )
    return [
        [number for (number,) in bench.apart.sql(query, id=child.id)]
        for child in confirming(bench, experiment_id)
    ]


@pytest.fixture
def waiting(bench: Bench) -> UUID:
    """An experiment that waits for its critical examples; they have not run yet."""
    bench.answers(answering(wrong={"v2 0"}))
    experiment_id = start(bench)
    while not confirming(bench, experiment_id):
        task, ids = bench.apart.sent.pop(0)
        WORK[Task(task)](ids)
    return experiment_id


def test_the_end_of_what_confirms_sends_the_roll_up_again(bench, waiting):
    """No sweeper is needed: the experiment ends with the verdict of the runs it waited for."""
    before = bench.experiment(waiting).status
    bench.apart.work_off()
    after = bench.experiment(waiting)

    assert ("rolling_up", "completed") == (before, after.status)
    assert "fails in most of its runs" in after.verdict["sentence"]


def test_the_sweeper_leaves_what_waits_alone(bench, waiting):
    """Its roll-up is sent again when what it waits for has ended, not in every sweep."""
    bench.apart.sent.clear()
    old = "UPDATE experiments SET updated_at = clock_timestamp() - interval '1 hour'"
    bench.apart.sql(f"{old} WHERE id = :id", id=waiting)
    sweeping.sweep()
    while_it_waits = [ids for task, ids in bench.apart.sent if task == Task.roll_up]
    bench.apart.sql("UPDATE experiments SET status = 'completed' WHERE follows = :id", id=waiting)
    sweeping.sweep()

    assert [] == while_it_waits
    assert (Task.roll_up, {"experiment_id": str(waiting)}) in bench.apart.sent


def test_what_waits_is_cancelled_together_with_what_it_waits_for(bench, waiting):
    """Nothing more is paid for, and both show what they have."""
    bench.steer("cancel", waiting)
    bench.apart.work_off()
    (child,) = confirming(bench, waiting)
    parent = bench.experiment(waiting)

    assert ("cancelled", "cancelled") == (parent.status, child.status)
    assert {"cancelled": 6} == bench.states(child.id)
    assert parent.results
    assert "inconclusive" == parent.verdict["verdict"]


def test_what_fails_after_a_retry_runs_again_as_well(bench):
    """The first roll-up confirmed one example of this version, and the retry shows another."""
    bench.answers(answering(wrong={"v2 0"}, away={"v2 1"}))
    experiment_id = start(bench, max_cost_usd=Decimal(1))
    bench.apart.work_off()
    bench.answers(answering(wrong={"v2 0", "v2 1"}))
    bench.steer("retry_failed", experiment_id)
    bench.apart.work_off()
    found = bench.experiment(experiment_id)
    first, second = confirming(bench, experiment_id)

    assert [[0], [1]] == run_again(bench, experiment_id)
    assert "2 critical examples that passed before fail" in found.verdict["sentence"]
    assert Decimal(1) - found.cost_estimated - first.cost_estimated == second.max_cost_usd


def test_runs_that_confirm_share_what_is_left(bench):
    """Two versions each start one: together they may spend what the experiment may still spend."""
    bench.answers(answering(wrong={"v2 0", "v3 0"}))
    experiment_id = start(bench, versions=3, max_cost_usd=Decimal(1))
    bench.apart.work_off()
    left = Decimal(1) - bench.experiment(experiment_id).cost_estimated
    caps = [child.max_cost_usd for child in confirming(bench, experiment_id)]

    assert [left / 2, left / 2] == caps


def test_what_was_not_confirmed_is_not_tried_for_ever(bench):
    """The provider is away while it runs again: the experiment ends, and says what it lacks."""
    asked: list[str] = []

    def answer(prompt: str) -> str | BaseException:
        asked.append(prompt)
        goes_on = len(asked) <= 8
        return answering(wrong={"v2 0"})(prompt) if goes_on else unavailable()

    bench.answers(answer)
    experiment_id = start(bench)
    bench.apart.work_off()

    assert "completed" == bench.experiment(experiment_id).status
    assert [[0]] == run_again(bench, experiment_id)
