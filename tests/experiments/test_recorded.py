"""Outputs made elsewhere: kept with their scores, or judged here; nothing is generated."""

from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from app.core.config import get_settings
from app.core.database import unit_of_work
from app.models import ApiKey
from tests.support.experiments import cases, finished, states
from tests.support.prompts import make_prompt

RECORDED = "/api/v1/experiments/recorded"
JUDGE = "openai:mock-judge"


@pytest.fixture
def made(subject, worker):
    """Nobody listens behind its model: whatever is asked of it fails."""
    return make_prompt(subject, examples=2, model="anthropic:nobody")


def recorded(client, made, answers: list[dict[str, Any]], **asked: Any) -> dict[str, Any]:
    """The status of the experiment at its end."""
    body = {
        "prompt": made.name,
        "experiment_name": "test run",
        "version": 1,
        "cases": answers,
        **asked,
    }
    accepted = client.post(RECORDED, json=body)
    assert 202 == accepted.status_code, accepted.text
    return finished(client, accepted.json()["experiment_id"])


def passed(value: float) -> dict[str, Any]:
    return {"passed": {"value": value, "reason": "as measured"}}


def test_judging_is_paid_by_the_key_that_asked(client, subject, made, provider, monkeypatch):
    """As of any experiment: the key's budget counts it, at the workspace's own price."""
    monkeypatch.setattr(get_settings(), "judge_model", JUDGE)
    own = {"model": JUDGE, "input_usd": "1", "output_usd": "1", "valid_from": "2026-01-01"}
    assert client.post("/api/v1/prices", json=own).is_success
    with unit_of_work(subject.workspace_id) as session:
        key = session.scalars(select(ApiKey.id)).one()
    limit = {"scope": "key", "api_key_id": str(key), "limit_usd": "1", "hard_stop": True}
    budget = client.post("/api/v1/budgets", json=limit).json()["id"]
    golden = str(made.example_ids[0])
    answers = [{"example_id": golden, "output": "A"}]
    body = {"prompt": made.name, "experiment_name": "t", "version": 1, "cases": answers}
    accepted = client.post(RECORDED, json=body | {"evaluators": ["correctness"]}).json()
    status = finished(client, accepted["experiment_id"])
    booked = client.get(f"/api/v1/budgets/{budget}").json()

    assert accepted["plan"]["cost_usd_estimate"] is not None
    assert Decimal(status["cost_usd"]) == Decimal(booked["spent_usd"]) > 0
    assert "0" == booked["reserved_usd"]


def test_recorded_scores_are_the_results(client, made):
    """Repeats average to their example; what has no score is a state of its own, never 0."""
    golden = str(made.example_ids[0])
    status = recorded(
        client,
        made,
        [
            {"example_id": golden, "output": "A", "scores": passed(1)},
            {"example_id": golden, "output": "B", "scores": passed(0)},
            {"key": "of my own", "input_data": {"q": 1}, "error": "Timeout in the test."},
            {"key": "of my own", "output": "C"},
        ],
        primary="passed",
        git={"sha": "abc"},
    )
    (arm,) = status["results"]
    rows = cases(client, status["experiment_id"])

    assert {"scored": 2, "provider_error": 1, "judge_error": 1} == states(status)
    assert ("completed_with_errors", "recorded", "abc") == (
        status["status"],
        status["trigger"],
        status["git"]["sha"],
    )
    assert (0.5, 1, 1) == (arm["avg_score"], arm["n"], arm["evaluators"]["passed"]["n"])
    assert [golden, "as measured"] == [rows[0]["example_id"], rows[0]["reason"]]
    assert ["Timeout in the test.", "No passed was recorded."] == [row["error"] for row in rows[2:]]
    assert 0 == status["calls"]


def test_outputs_are_judged_here(client, made):
    """With evaluators: only they are asked, and recorded scores stand beside theirs."""
    golden = [str(example) for example in made.example_ids]
    status = recorded(
        client,
        made,
        [
            {"example_id": golden[0], "output": "anything", "scores": {"speed": {"value": 0.5}}},
            {"example_id": golden[1], "error": "It crashed."},
        ],
        evaluators=["similarity"],
    )
    (arm,) = status["results"]

    assert {"scored": 1, "provider_error": 1} == states(status)
    assert {"similarity": 1, "speed": 1} == {
        name: mean["n"] for name, mean in arm["evaluators"].items()
    }
    assert arm["avg_score"] is not None


def test_the_same_key_is_the_same_example(client, made):
    """In every recording, so that two of them can be compared."""
    answer = {"key": "stable", "output": "A", "scores": passed(1)}
    ids = [
        cases(client, recorded(client, made, [answer], primary="passed")["experiment_id"])[0][
            "example_id"
        ]
        for _ in range(2)
    ]

    assert ids[0] == ids[1]


def test_what_was_made_elsewhere_is_not_asked_again(client, made):
    """Not the model either: the failed case cannot be retried, the outputs can be judged again."""
    answers = [{"key": "a", "output": "A"}, {"key": "b", "error": "no"}]
    status = recorded(client, made, answers, primary="passed")
    path = f"/api/v1/experiments/{status['experiment_id']}"
    refused = client.post(f"{path}/retry-failed")
    again = client.post(
        f"{path}/rejudge",
        json={"evaluators": [{"name": "length", "options": {"max_characters": 9}}]},
    )
    judged = finished(client, again.json()["experiment_id"])

    assert (409, "made elsewhere" in refused.json()["detail"]) == (refused.status_code, True)
    assert {"scored": 1, "provider_error": 1} == states(judged)
    assert (
        409
        == client.post(f"/api/v1/experiments/{judged['experiment_id']}/retry-failed").status_code
    )


def test_another_workspaces_example_is_none(stranger, made, client):
    """Golden examples are looked for in the prompt's own; a foreign prompt is not found."""
    body = {
        "prompt": made.name,
        "experiment_name": "x",
        "version": 1,
        "primary": "passed",
        "cases": [{"example_id": "01890000-0000-7000-8000-000000000000", "output": "x"}],
    }

    assert 404 == stranger.post(RECORDED, json=body).status_code
    assert "No golden example" in client.post(RECORDED, json=body).json()["detail"]


def test_a_recording_may_be_larger_than_other_bodies(client, made):
    """Long outputs of a whole test run are taken in one request."""
    long = "a" * 100_000
    answers = [{"key": str(n), "output": long, "scores": passed(1)} for n in range(25)]
    status = recorded(client, made, answers, primary="passed")

    assert len(long) * len(answers) > get_settings().body_limit_bytes
    assert {"scored": 25} == states(status)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"primary": None}, "evaluators or primary"),
        ({"cases": [{"key": "a"}, {"key": "a"}, {"key": "b"}]}, "same number of cases"),
        ({"cases": [{"output": "x"}]}, "example_id or key"),
        (
            {"cases": [{"key": "a", "scores": passed(1) | {"score": {"value": 1}}}]},
            "#/cases/0/scores/score: score is computed here; give your own score a name",
        ),
        ({"primary": "failure"}, "a name such as my_failure"),
        ({"primary": "hallucination_rate"}, "a name such as my_hallucination_rate"),
        ({"version": "nowhere"}, "no version 'nowhere'"),
        (
            {
                "primary": None,
                "evaluators": ["exact"],
                "cases": [{"key": "a", "output": "", "scores": {"exact": {"value": 1}}}],
            },
            "recorded and asked for",
        ),
    ],
)
def test_what_does_not_fit_is_refused(client, made, change, told):
    """Before anything is stored."""
    body = {
        "prompt": made.name,
        "experiment_name": "x",
        "version": 1,
        "primary": "passed",
        "cases": [{"key": "a"}],
        **change,
    }
    answer = client.post(RECORDED, json=body)

    assert 422 == answer.status_code
    assert told in answer.text
    assert 0 == client.get("/api/v1/experiments").json()["total"]
