"""Experiments that end as soon as they have an answer: what is asked, stored, said and refused."""

import asyncio
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.orm import undefer

from app.core.database import unit_of_work
from app.core.errors import Invalid
from app.experiments import adaptive, plan, rejudge, shard
from app.experiments.derive import Follow, derive, spec_of
from app.experiments.plan import Request
from app.models import Experiment, ExperimentArm, GoldenExample, VerdictRecord
from app.verdicts.verdict import judge_again
from tests.support.experiments import MOCK, finished, started, states
from tests.support.models import unavailable
from tests.support.prompts import GROUNDED, UNGROUNDED, make_prompt

OLD, NEW = "{{ number }} old", "{{ number }} new"
JUDGED = {"evaluators": [{"name": "contains", "options": {"phrases": ["old"]}}]}
EXAMPLES = 60


def started_here(bench: Any, **asked: Any) -> UUID:
    given = {"examples": EXAMPLES, "adaptive": True, "concurrency": 4, **JUDGED, **asked}
    return bench.start(templates=(OLD, NEW), **given)


def verdict_of(bench: Any, experiment_id: UUID) -> dict[str, Any]:
    return bench.experiment(experiment_id).verdict


def stopped(bench: Any, experiment_id: UUID) -> dict[str, Any]:
    return bench.experiment(experiment_id).options["stopped"]


class Pace:
    """Cases asked, and cases looked at: the first do not run away from the second."""

    def __init__(self) -> None:
        self.ahead = 0

    async def kept(self) -> None:
        for _ in range(400):
            if self.ahead < 12:
                break
            await asyncio.sleep(0.005)
        self.ahead += 1


PACE = Pace()


def say(answer: Callable[[str], Any] = str) -> Callable[[str], Any]:
    """The prompt itself, or what is said instead."""

    async def said(prompt: str) -> Any:
        await PACE.kept()
        found = answer(prompt)
        if isinstance(found, Exception):
            raise found
        return found

    return said


@pytest.fixture(autouse=True)
def _looked_at_soon(monkeypatch):
    """Four rows at a time, so that a look comes after two examples."""
    monkeypatch.setattr(shard, "BATCH", 4)
    look = adaptive.look

    def looked(experiment, written):
        stop = look(experiment, written)
        PACE.ahead = -1000 if stop else PACE.ahead - len(written)
        return stop

    PACE.ahead = 0
    monkeypatch.setattr(adaptive, "look", looked)


@pytest.fixture
def worse(bench):
    """The candidate never says what the baseline says; worked off to its end."""
    bench.answers(say())
    experiment_id = started_here(bench)
    bench.apart.work_off()
    return experiment_id


def test_a_clear_regression_ends_it_early(bench, worse):
    """After the policy's twenty pairs; what was asked is stored, and the states add up."""
    ended, found = bench.experiment(worse), stopped(bench, worse)

    assert "completed" == ended.status
    assert "regression" == verdict_of(bench, worse)["verdict"]
    assert 20 <= found["visited"] <= 24
    assert EXAMPLES == found["planned"]
    assert found["by"] in {"betting", "look 2"}
    assert 2 * EXAMPLES == sum(bench.states(worse).values()) == ended.planned
    assert found["saved_calls"] == bench.states(worse)["cancelled"] > EXAMPLES
    assert len(bench.model.asked) == ended.planned - found["saved_calls"]


def test_what_is_not_asked_says_why(bench, worse):
    """The cases that are left end as cancelled, with a reason; every shard is final."""
    visited = stopped(bench, worse)["visited"]
    reasons = {row.error for row in bench.results(worse) if row.state == "cancelled"}

    assert {f"Stopped early: decided after {visited} of {EXAMPLES} examples."} == reasons
    assert {"cancelled", "completed"} >= {row.state for row in bench.shards(worse)}


def test_the_verdict_rests_on_what_was_visited(bench, worse):
    """No more and no less, in its order; computed again from what is stored it is the same."""
    visited, verdict = stopped(bench, worse)["visited"], verdict_of(bench, worse)
    with unit_of_work(bench.subject.workspace_id) as session:
        record = session.scalars(
            select(VerdictRecord)
            .where(VerdictRecord.experiment_id == worse)
            .options(undefer(VerdictRecord.evidence))
        ).one()
        again = judge_again(record.content, record.evidence).model_dump(mode="json")
        positions = [example["position"] for example in record.evidence["examples"]]

    assert list(range(visited)) == positions
    assert visited == verdict["n_examples"] == verdict["n_pairs"]
    assert verdict == again
    assert any(f"after {visited} of {EXAMPLES}" in warning for warning in verdict["warnings"])


def test_equal_versions_pass_at_a_look(bench):
    """Two that never differ: as soon as a look's level allows, and before the end."""
    bench.answers(say(lambda _prompt: "old"))
    experiment_id = started_here(bench, examples=200)
    bench.apart.work_off()
    found = stopped(bench, experiment_id)

    assert "pass" == verdict_of(bench, experiment_id)["verdict"]
    assert found["by"] == f"look {found['look']}"
    assert found["visited"] == 40 * found["look"] < 200


def test_without_an_answer_it_goes_to_its_end(bench):
    """Everything is asked, nothing is stopped, and the last look's levels decide."""

    def coin(prompt: str) -> str:
        number, arm = prompt.split()
        heads = int(number) % 2 if arm == "old" else int(number) // 2 % 2
        return "old" if heads else "neither"

    bench.answers(say(coin))
    experiment_id = started_here(bench)
    bench.apart.work_off()

    assert "inconclusive" == verdict_of(bench, experiment_id)["verdict"]
    assert "stopped" not in bench.experiment(experiment_id).options
    assert {"scored": 2 * EXAMPLES} == bench.states(experiment_id)


def test_examples_come_in_another_order_and_are_the_same_set(bench):
    """A seeded shuffle: the snapshot is the one of the examples' own order."""
    with unit_of_work(bench.subject.workspace_id) as session:
        experiment = session.get_one(Experiment, started_here(bench))
        frozen = bench.apart.sql(
            "SELECT e.example_id, g.input_data->>'number' AS number FROM experiment_examples e"
            " JOIN golden_examples g ON g.id = e.example_id WHERE e.experiment_id = :id"
            " ORDER BY e.position",
            id=experiment.id,
        )
        numbers = [int(row.number) for row in frozen]
        plan = experiment.options["adaptive"]

    assert list(range(EXAMPLES)) == sorted(numbers)
    assert numbers != sorted(numbers)
    assert [12, 24, 36, 48, 60] == [look["examples"] for look in plan["looks"]]
    assert 0.025 == plan["bets"]


def test_the_order_does_not_change_the_snapshot(bench):
    """So that it can be compared with runs that are not adaptive; the order repeats."""
    made = make_prompt(bench.subject, templates=(OLD, NEW), examples=8)
    with unit_of_work(bench.subject.workspace_id) as session:
        usual, first, second = (
            plan.make(
                session,
                bench.subject,
                Request(prompt=made.prompt_id, name="a", adaptive=wanted, **JUDGED),
            )
            for wanted in (False, True, True)
        )
        orders = [[example.id for example in found.examples] for found in (usual, first, second)]

    assert usual.snapshot_hash == first.snapshot_hash
    assert orders[0] != orders[1] == orders[2]


def test_failed_cases_are_tried_again_and_nothing_else(bench):
    """After an early end a retry asks what failed within it, not what it made unnecessary."""
    numbers: list[str] = []

    def third_fails(prompt: str) -> Any:
        numbers.append(prompt)
        return unavailable() if len(numbers) == 3 else prompt

    bench.answers(say(third_fails))
    experiment_id = started_here(bench)
    bench.apart.work_off()
    before, end = bench.states(experiment_id), stopped(bench, experiment_id)
    bench.answers(say())
    bench.steer("retry_failed", experiment_id)
    bench.apart.work_off()

    assert before["provider_error"] >= 1
    assert before["provider_error"] == len(bench.model.asked)
    assert before["cancelled"] == bench.states(experiment_id)["cancelled"]
    assert "completed" == bench.experiment(experiment_id).status
    assert end == stopped(bench, experiment_id)


def test_a_retry_is_not_stopped(bench, monkeypatch):
    """An experiment that went to its end is not cut short when its failures are tried again."""
    bench.answers(say(lambda prompt: unavailable() if "new" in prompt else prompt))
    experiment_id = started_here(bench)
    bench.apart.work_off()
    bench.answers(say())
    bench.steer("retry_failed", experiment_id)
    bench.apart.work_off()

    assert {"scored": 2 * EXAMPLES} == bench.states(experiment_id)
    assert "regression" == verdict_of(bench, experiment_id)["verdict"]


def test_who_pauses_meanwhile_is_obeyed(bench, monkeypatch):
    """The stop finds another state than it looked at, and leaves everything as it is."""
    bench.answers(say())
    find = adaptive._find_stop

    def paused_meanwhile(*found):
        stop = find(*found)
        if stop is not None and bench.experiment(experiment_id).status == "running":
            bench.apart.sql(
                "UPDATE experiments SET status = 'paused' WHERE id = :i", i=experiment_id
            )
        return stop

    monkeypatch.setattr(adaptive, "_find_stop", paused_meanwhile)
    experiment_id = started_here(bench)
    bench.apart.work_off()

    assert "paused" == bench.experiment(experiment_id).status
    assert "stopped" not in bench.experiment(experiment_id).options


def test_a_look_that_fails_ends_nothing(bench, monkeypatch):
    """The experiment only takes longer."""

    def broken(*_found):
        raise RuntimeError

    monkeypatch.setattr(adaptive, "_find_stop", broken)
    bench.answers(say())
    experiment_id = started_here(bench)
    bench.apart.work_off()

    assert {"scored": 2 * EXAMPLES} == bench.states(experiment_id)
    assert "regression" == verdict_of(bench, experiment_id)["verdict"]


def test_what_follows_is_not_adaptive(bench, worse):
    """Critical examples run again, bisect and blame have plans of their own."""
    with unit_of_work(bench.subject.workspace_id) as session:
        parent = session.get_one(Experiment, worse)
        arms = session.scalars(
            select(ExperimentArm).where(ExperimentArm.experiment_id == worse)
        ).all()
        ask = Follow(name="again", trigger="bisect", arms=[spec_of(arm) for arm in arms])
        child = derive(session, parent, ask)

        assert {"cache", "representative"} == child.options.keys()


def test_judged_again_it_is_the_same_examples(bench, worse):
    """The new judges are asked about what was answered; the verdict is on what was visited."""
    with unit_of_work(bench.subject.workspace_id) as session:
        again = rejudge.rejudge(session, bench.subject, worse, rejudge.Judging()).id
    bench.apart.work_off()

    assert "completed" == bench.experiment(again).status
    assert verdict_of(bench, worse)["n_examples"] == verdict_of(bench, again)["n_examples"]
    assert "regression" == verdict_of(bench, again)["verdict"]


def test_over_http_through_real_workers(client, subject, worker, provider):
    """The status says how far it went and what that saved; the rest ended without an error."""
    provider.configure(latency=0.1)
    made = make_prompt(subject, templates=[OLD, NEW], examples=150, model=MOCK)
    asked = {**JUDGED, "adaptive": True, "concurrency": 4}
    status = finished(client, started(client, made, **asked))
    found, books = status["adaptive"], provider.stats()["exactly_once"]

    assert "completed" == status["status"]
    assert "pass" == status["verdict"]["verdict"]
    assert found["visited"] == status["verdict"]["n_examples"] < found["planned"] == 150
    assert states(status)["cancelled"] == found["calls_saved"] > 0
    assert books["calls"] == books["paid"] == 300 - found["calls_saved"]
    assert found["stopped_by"].startswith("look ")


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ({"versions": [1]}, "one candidate with one baseline, not 1 version;"),
        (
            {"versions": [1, 2], "models": ["openai:mock-gen", "openai:mock-b"]},
            "not 4 versions × models;",
        ),
        ({"repeats": 2}, "asks each example once"),
    ],
)
def test_what_cannot_be_kept_is_refused(client, subject, asked, sentence):
    """Before anything is asked, with what to do."""
    made = make_prompt(subject, templates=[GROUNDED, UNGROUNDED], examples=4)
    body = {
        "prompt_id": str(made.prompt_id),
        "experiment_name": "test",
        "evaluators": ["similarity"],
        "adaptive": True,
        **asked,
    }
    answer = client.post("/api/v1/experiments/run", json=body)

    assert 422 == answer.status_code
    assert "/adaptive" in answer.json()["errors"][0]["pointer"]
    assert sentence in answer.json()["detail"]


def test_examples_of_one_group_are_refused(bench):
    """They fail together, which neither the bets nor the looks allow for."""
    made = make_prompt(bench.subject, templates=(OLD, NEW), examples=4)
    with unit_of_work(bench.subject.workspace_id) as session:
        for example_id in made.example_ids[:2]:
            session.get_one(GoldenExample, example_id).tags = ["group:manual"]
        session.flush()
        request = Request(prompt=made.prompt_id, name="a", adaptive=True, **JUDGED)
        with pytest.raises(Invalid, match="share a group: tag"):
            plan.make(session, bench.subject, request)


def test_others_are_not_adaptive(client, subject, worker):
    """Unless it is asked for, nothing of it is shown."""
    made = make_prompt(subject, templates=[GROUNDED, UNGROUNDED], examples=4)

    assert finished(client, started(client, made))["adaptive"] is None
