"""Outputs judged again: what is paid, what is copied, what is refused."""

from typing import Any

import pytest

from app.core.config import get_settings
from tests.support.experiments import (
    ASKED,
    MOCK,
    cases,
    finished,
    started,
    states,
    status_of,
)
from tests.support.prompts import make_prompt

JUDGE = "openai:mock-judge"
OTHER = "openai:mock-judge-2"


def judged_again(client, experiment_id: str, **wanted: Any) -> str:
    """The id of the experiment that follows."""
    answer = client.post(f"/api/v1/experiments/{experiment_id}/rejudge", json=wanted)
    assert 202 == answer.status_code, answer.text
    return answer.json()["experiment_id"]


@pytest.fixture
def first(client, subject, worker, provider, monkeypatch):
    """Two versions on three examples, judged by the mock judge; one case was refused."""
    monkeypatch.setattr(get_settings(), "judge_model", JUDGE)
    provider.configure(judge_score="0")
    refused = "B {{ number }}{% if number == 2 %} [[mock:status=400]]{% endif %}"
    made = make_prompt(subject, templates=[ASKED, refused], examples=3, model=MOCK)
    experiment_id = started(client, made, evaluators=["hallucination", "similarity"])
    finished(client, experiment_id)
    return experiment_id


def test_only_the_judges_are_asked(client, provider, first):
    """No completion is bought: the provider's books hold judge calls alone, one for each output."""
    provider.reset()
    again = judged_again(client, first)
    status = finished(client, again)
    rows, before = cases(client, again), cases(client, first)

    assert {"mock-judge": 5} == provider.stats()["models"]
    assert {"scored": 5, "provider_error": 1} == states(status)
    assert 5 == status["calls"] == status["plan"]["calls"]
    assert [(row["case_no"], row["output"], row["latency_ms"]) for row in before] == [
        (row["case_no"], row["output"], row["latency_ms"]) for row in rows
    ]
    assert [row["score"] for row in before] == [row["score"] for row in rows]


def test_a_case_without_output_keeps_its_state(client, first):
    """What was never answered is not judged, and says still why."""
    again = judged_again(client, first)
    finished(client, again)
    (failed,) = cases(client, again, only="errors")
    (before,) = cases(client, first, only="errors")

    assert "provider_error" == failed["state"]
    assert {key: before[key] for key in ("case_no", "error", "error_code", "output")} == {
        key: failed[key] for key in ("case_no", "error", "error_code", "output")
    }


def test_other_evaluators_and_another_judge(client, provider, first):
    """Evaluators and judge model may be others; the first experiment stays as it was."""
    provider.reset()
    provider.configure(judge_score="1")
    again = judged_again(client, first, evaluators=["hallucination"], judge_model=OTHER)
    status, old = finished(client, again), status_of(client, first)

    assert {"mock-judge-2": 5} == provider.stats()["models"]
    assert (OTHER, JUDGE) == (status["judge_model"], old["judge_model"])
    assert [0.0, 0.0] == [arm["avg_score"] for arm in status["results"]]
    assert [1.0, 1.0] == [arm["avg_score"] for arm in old["results"]]
    assert old["snapshot_hash"] == status["snapshot_hash"]
    assert len(old["comparisons"]) == len(status["comparisons"]) == 1


def test_it_says_what_it_follows(client, first):
    """A listing tells a judging apart from a generation, and the plan buys no completion."""
    again = judged_again(client, first, evaluators=["similarity"])
    listed = client.get("/api/v1/experiments", params={"trigger": "rejudge"}).json()["items"]
    status = finished(client, again)

    assert [(again, "test, judged again")] == [(item["id"], item["name"]) for item in listed]
    assert (6, 0) == (status["plan"]["cases"], status["plan"]["calls"])
    assert "0" == status["cost_usd"]


def test_paid_once_for_one_key(client, first):
    """The same Idempotency-Key twice is one experiment."""
    path, key = f"/api/v1/experiments/{first}/rejudge", {"Idempotency-Key": "again"}
    answers = [
        client.post(path, json={"evaluators": ["similarity"]}, headers=key) for _ in range(2)
    ]

    assert [202, 202] == [answer.status_code for answer in answers]
    assert 1 == len({answer.json()["experiment_id"] for answer in answers})


def test_without_an_output_there_is_nothing_to_judge(client, subject, worker):
    """Refused with the reason, before a row is written."""
    made = make_prompt(subject, examples=2, model="anthropic:mock-gen")
    experiment_id = started(client, made)
    finished(client, experiment_id)
    refused = client.post(f"/api/v1/experiments/{experiment_id}/rejudge", json={})

    assert 409 == refused.status_code
    assert "no case" in refused.json()["detail"].lower()


def test_what_still_runs_is_not_judged_again(client, subject):
    """Nobody works in this test, so that the experiment is still pending."""
    made = make_prompt(subject, examples=1)
    experiment_id = started(client, made)
    client.post(f"/api/v1/experiments/{experiment_id}/pause")
    refused = client.post(f"/api/v1/experiments/{experiment_id}/rejudge", json={})

    assert 409 == refused.status_code


@pytest.mark.parametrize(
    ("wanted", "pointer"),
    [
        ({"evaluators": ["nonesuch"]}, "#/evaluators/0"),
        ({"judge_model": "nonesuch"}, "#/judge_model"),
    ],
)
def test_what_does_not_exist_is_named(client, first, wanted, pointer):
    """A 422 with a pointer to the field, and nothing is started."""
    refused = client.post(f"/api/v1/experiments/{first}/rejudge", json=wanted)

    assert 422 == refused.status_code
    assert pointer == refused.json()["errors"][0]["pointer"]


def test_a_shard_without_outputs_does_not_keep_it_open(bench, monkeypatch):
    """Eight cases in two shards, the second without a single output: it still ends."""
    from app.core.database import unit_of_work  # noqa: PLC0415 - after the servers have started
    from app.experiments import rejudge  # noqa: PLC0415 - same

    bench.answers(lambda prompt: ValueError("broken") if prompt > "Case 4" else "fine")
    before = bench.start(8)
    bench.apart.work_off()
    model = bench.answers(str.upper)
    with unit_of_work(bench.subject.workspace_id) as session:
        again = rejudge.rejudge(session, bench.subject, before, rejudge.Judging()).id
    bench.apart.work_off()

    assert {"scored": 4, "worker_lost": 4} == bench.states(again)
    assert "completed_with_errors" == bench.experiment(again).status
    assert [] == model.asked
    assert 0 == bench.experiment(again).cost_usd
