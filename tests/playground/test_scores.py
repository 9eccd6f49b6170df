"""A trial's answer judged as runs are: after `done`, kept with the run and paid for."""

import asyncio
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import func, select

from app.core.config import get_settings
from app.core.database import unit_of_work
from app.llm.client import Completion, Usage
from app.models import CostEntry
from app.playground import service
from app.playground.service import Judging
from app.prompts.content import Draft
from app.runs import service as runs
from tests.support.events import events
from tests.support.models import FakeModel

STREAM = "/api/v1/playground/stream"
ANSWER = "The Fernbrook kettle holds 1.7 litres."


def told(client, **body: Any):
    trial = {"template": "Context: " + ANSWER + "\n\nQuestion: How much does the kettle hold?"}
    answer = client.post(STREAM, json=trial | body)
    assert 200 == answer.status_code, answer.text
    return events(answer.text)


def the_run(client) -> dict[str, Any]:
    (run,) = client.get("/api/v1/runs").json()["items"]
    return client.get(f"/api/v1/runs/{run['id']}").json()


def test_scores_follow_the_answer(client):
    """After `done`, in the evaluators' order, as the run keeps them."""
    *_, done, scores = told(
        client, evaluators=["similarity", "hallucination"], expected_output="x", context=ANSWER
    )
    first, second = scores.data

    assert ("done", "scores") == (done.name, scores.name)
    assert ("similarity", "scored") == (first["evaluator"], first["state"])
    assert "hallucination" == second["evaluator"]
    assert {"value", "reason", "hallucination_rate", "claims"} <= second.keys()
    assert scores.data == the_run(client)["scores"]


def test_without_evaluators_nothing_is_judged(client):
    """`done` is the last word, as ever."""
    last = told(client)[-1]

    assert "done" == last.name
    assert [] == the_run(client)["scores"]


def test_what_lacks_its_material_is_not_applicable(client):
    """A state of its own, never a score of 0."""
    (score,) = told(client, evaluators=["similarity"])[-1].data

    assert ("not_applicable", None) == (score["state"], score["value"])


def test_no_answer_is_not_judged(client, monkeypatch):
    """What ended in an error has nothing to be judged by."""
    monkeypatch.setattr(get_settings(), "openai_base_url", None)
    last = told(client, model="openai:nonesuch", evaluators=["length"])[-1]

    assert "error" == last.name


def test_a_judge_of_the_workspace_may_be_named(client):
    """With its own options, as in runs and experiments."""
    options = {"phrases": ["verdigris"]}
    judge = {"name": "verdigris", "evaluator": "contains", "options": options}
    assert client.post("/api/v1/judges", json=judge).is_success
    (score,) = told(client, evaluators=["judge:verdigris"])[-1].data

    assert ("contains", 0.0) == (score["evaluator"], score["value"])


@pytest.mark.parametrize("known", [True, False])
def test_what_the_judge_cost_is_added_to_the_run(bench, monkeypatch, known):
    """One cost entry for each call; a price nobody knows leaves the sum unknown."""
    judge = FakeModel(lambda _: '{"verdict": "correct"}')
    monkeypatch.setattr(service, "get_model", judge)
    model = "openai:gpt-4o-mini" if known else "openai:nobody-knows-it"
    monkeypatch.setattr(get_settings(), "judge_model", model)
    judging = Judging(evaluators=[{"name": "correctness"}], expected_output=ANSWER)
    trial = service.open_trial(bench.subject, Draft(template="Say hello."), {}, judging)
    usage = Usage(tokens_in=1, tokens_out=1)
    end = Completion(text=ANSWER, usage=usage, model=trial.model, latency_ms=1.0)
    service.close_trial(trial, ANSWER, end)
    asyncio.run(service.judge_trial(trial, ANSWER))
    with unit_of_work(bench.subject.workspace_id) as session:
        run = runs.get(session, bench.subject, trial.run_id)
        cost = session.execute(
            select(func.count(), func.sum(CostEntry.cost_estimated)).where(
                CostEntry.run_id == run.id, CostEntry.kind == "judge"
            )
        ).one()

    assert len(judge.asked) == cost[0] > 0
    assert run.cost_estimated == cost[1] > Decimal(0)
    assert known == (run.cost_usd is not None)
    assert "correctness" == run.scores[0]["evaluator"]
