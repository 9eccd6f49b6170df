"""The life of an experiment over HTTP, through real workers and a provider that counts."""

import time

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
    steer,
)
from tests.support.fixtures import eventually
from tests.support.prompts import make_prompt


def some_done(client, experiment_id: str, least: int = 1) -> bool:
    """Waits until so many cases have ended."""
    return bool(eventually(lambda: sum(states(status_of(client, experiment_id)).values()) >= least))


def calls_in_the_end(provider) -> int:
    """How many calls were made, once no more are: a loop learns of a cancel with its next write."""
    seen = [-1]

    def look() -> bool:
        time.sleep(0.4)
        seen.append(provider.stats()["exactly_once"]["calls"])
        return seen[-1] == seen[-2]

    assert eventually(look)
    return seen[-1]


def test_a_paused_experiment_goes_on_where_it_stopped(client, subject, worker, provider):
    """Paused, it asks nothing; resumed, it asks the rest; nothing is paid twice."""
    provider.configure(latency=0.15)
    made = make_prompt(subject, templates=[ASKED], examples=40, model=MOCK)
    experiment_id = started(client, made, concurrency=4)
    began = some_done(client, experiment_id, 4)
    steer(client, experiment_id, "pause")
    still = eventually(lambda: provider.stats()["inflight"] == 0)
    asked = provider.stats()["exactly_once"]["calls"]
    paused = status_of(client, experiment_id)
    steer(client, experiment_id, "resume")
    status = finished(client, experiment_id)
    books = provider.stats()["exactly_once"]

    assert began
    assert still
    assert "paused" == paused["status"]
    assert asked < 40
    assert {"scored": 40} == states(status)
    assert {"calls": 40, "paid": 40, "paid_twice": 0} == {
        name: books[name] for name in ("calls", "paid", "paid_twice")
    }


def test_a_cancelled_experiment_keeps_what_it_has(client, subject, worker, provider):
    """At once the states add up to the plan; what was scored is shown; soon nobody asks any more."""
    provider.configure(latency=0.1)
    made = make_prompt(subject, templates=[ASKED], examples=60, model=MOCK)
    experiment_id = started(client, made, concurrency=4)
    some_done(client, experiment_id, 8)
    at_once = steer(client, experiment_id, "cancel")
    status = finished(client, experiment_id)
    scored = states(status)["scored"]
    (arm,) = status["results"]
    calls = calls_in_the_end(provider)

    assert calls < 60
    assert 60 == sum(states(at_once).values())
    assert "cancelled" == status["status"]
    assert states(at_once) == states(status) == {"scored": scored, "cancelled": 60 - scored}
    assert 8 <= scored < 60
    assert scored == arm["n"] == arm["states"]["scored"]
    assert arm["avg_score"] is not None


def test_only_missing_work_is_paid_again(client, subject, worker, provider):
    """Retrying asks the provider for the cases that failed and for no other."""
    template = ASKED + "{% if number < 3 %} [[mock:status=400,times=1]]{% endif %}"
    made = make_prompt(subject, templates=[template], examples=10, model=MOCK)
    experiment_id = started(client, made)
    first = finished(client, experiment_id)
    steer(client, experiment_id, "retry-failed")
    second = finished(client, experiment_id)
    books = provider.stats()["exactly_once"]

    assert {"scored": 7, "provider_error": 3} == states(first)
    assert "completed_with_errors" == first["status"]
    assert {"scored": 10} == states(second)
    assert "completed" == second["status"]
    assert {"1": 7, "2": 3} == books["calls_histogram"]
    assert (10, 0) == (books["paid"], books["paid_twice"])


def test_a_failed_judge_keeps_the_answer_and_is_asked_again_alone(
    client, subject, worker, provider, monkeypatch
):
    """judge_error is no score and no loss: the paid output stays and only the judge is repeated."""
    monkeypatch.setattr(get_settings(), "judge_model", "openai:mock-judge")
    refused = {1: "The kettle holds 1.7 litres. [[mock:status=400,times=1]]"}
    made = make_prompt(subject, templates=[ASKED], examples=4, model=MOCK, contexts=refused)
    experiment_id = started(client, made, evaluators=["hallucination"])
    first = finished(client, experiment_id)
    (failed,) = cases(client, experiment_id, only="errors")
    steer(client, experiment_id, "retry-failed")
    second = finished(client, experiment_id)
    models = provider.stats()["models"]

    assert {"scored": 3, "judge_error": 1} == states(first)
    assert failed["output"]
    assert (None, "judge_error") == (failed["score"], failed["state"])
    assert {"scored": 4} == states(second)
    assert {"mock-gen": 4, "mock-judge": 5} == models


def test_a_judge_nobody_can_read_gives_no_score(client, subject, worker, provider, monkeypatch):
    """Asked twice and unreadable twice: a state of its own, never 0 and never a pass."""
    monkeypatch.setattr(get_settings(), "judge_model", "openai:mock-judge")
    provider.configure(err_judge_malformed=1.0)
    made = make_prompt(subject, templates=[ASKED], examples=3, model=MOCK)
    experiment_id = started(client, made, evaluators=["hallucination"])
    status = finished(client, experiment_id)
    (arm,) = status["results"]

    assert {"judge_unparseable": 3} == states(status)
    assert (0, 0, None) == (arm["n"], arm["failure_count"], arm["avg_score"])
    assert {"mock-gen": 3, "mock-judge": 6} == provider.stats()["models"]


def test_a_provider_that_is_down_is_no_score(client, subject, worker):
    """Every case ends as provider_error with the reason, and the averages stay empty."""
    made = make_prompt(subject, templates=[ASKED], examples=16, model="anthropic:mock-gen")
    experiment_id = started(client, made, concurrency=16)
    status = finished(client, experiment_id)
    (arm,) = status["results"]
    rows = cases(client, experiment_id)

    assert {"provider_error": 16} == states(status)
    assert "completed_with_errors" == status["status"]
    assert (0, 0, None) == (arm["n"], arm["failure_count"], arm["avg_score"])
    assert {(None, "unavailable")} == {(row["score"], row["error_code"]) for row in rows}
    assert all(row["error"] for row in rows)


def test_a_template_that_fails_asks_nobody(client, subject, worker, provider):
    """template_error is found before a call is made; the other cases are scored."""
    made = make_prompt(
        subject,
        templates=["Case {{ number }}: {{ 10 // (number - 2) }} {{ question }}"],
        examples=4,
        model=MOCK,
    )
    experiment_id = started(client, made)
    status = finished(client, experiment_id)
    (failed,) = cases(client, experiment_id, only="errors")

    assert {"scored": 3, "template_error": 1} == states(status)
    assert 2 == failed["position"]
    assert failed["error"]
    assert 3 == provider.stats()["exactly_once"]["calls"]


def test_a_budget_stops_the_paying(client, subject, worker, provider):
    """Above the cap by no more than the calls in flight; what is left is budget_skipped.

    With a higher cap the rest is run, and what is scored is not asked again.
    """
    provider.configure(latency=0.05)
    made = make_prompt(subject, templates=[ASKED], examples=60, model=MOCK)
    alone = {"ids": [str(made.example_ids[0])]}
    first = finished(client, started(client, made, golden=alone))
    one = float(first["cost_estimated"])
    provider.reset()
    cap = round(one * 10, 6)
    # no cache: the answer that is known already would be scored without a call
    experiment_id = started(client, made, concurrency=4, max_cost_usd=cap, cache=False)
    status = finished(client, experiment_id)
    calls = provider.stats()["exactly_once"]["calls"]
    again = f"/api/v1/experiments/{experiment_id}/retry-failed"
    too_low = client.post(again, json={"max_cost_usd": str(round(one * 5, 6))})
    raised = client.post(again, json={"max_cost_usd": str(round(one * 200, 6))}).json()
    lowered = client.post(
        f"/api/v1/experiments/{experiment_id}/resume",
        json={"max_cost_usd": str(round(one * 150, 6))},
    )
    whole = finished(client, experiment_id)

    assert 422 == too_low.status_code
    assert "#/max_cost_usd" == too_low.json()["errors"][0]["pointer"]
    assert f"has cost {status['cost_estimated']} USD already" in too_low.json()["detail"]
    assert one * 200 == pytest.approx(float(raised["max_cost_usd"]), abs=1e-6)
    assert lowered.is_error or one * 150 == pytest.approx(
        float(lowered.json()["max_cost_usd"]), abs=1e-6
    )
    assert {"scored": 60} == states(whole)
    assert 60 == provider.stats()["exactly_once"]["calls"]
    assert one > 0
    assert 9 <= calls <= 10 + 4
    assert {"scored": calls, "budget_skipped": 60 - calls} == states(status)
    assert float(status["cost_estimated"]) <= one * (10 + 5)
    assert "completed_with_errors" == status["status"]


def test_arms_are_versions_times_models_and_cases_repeat(client, subject, worker, provider):
    """2 versions × 2 models × 3 examples × 2 repeats: each is asked, each arm has its own row."""
    made = make_prompt(
        subject, templates=["A {{ number }}", "B {{ number }}"], examples=3, model=MOCK
    )
    experiment_id = started(client, made, models=[MOCK, "openai:mock-other"], repeats=2, baseline=2)
    status = finished(client, experiment_id)
    arms = [(arm["version_number"], arm["model"], arm["n"]) for arm in status["results"]]
    rows = cases(client, experiment_id)

    assert {"scored": 24} == states(status)
    assert [
        (1, MOCK, 3),
        (1, "openai:mock-other", 3),
        (2, MOCK, 3),
        (2, "openai:mock-other", 3),
    ] == arms
    assert {"mock-gen": 12, "mock-other": 12} == provider.stats()["models"]
    assert 24 == len({(row["arm"], row["position"], row["repeat"]) for row in rows})
    assert [2] * 3 == [comparison["baseline"] for comparison in status["comparisons"]]
    assert [3, 0, 1] == [comparison["candidate_arm"] for comparison in status["comparisons"]]


@pytest.mark.parametrize(("act", "status"), [("pause", 409), ("resume", 409), ("cancel", 409)])
def test_what_has_ended_is_not_steered(client, subject, worker, act, status):
    """The refusal says in which state the experiment is."""
    made = make_prompt(subject, examples=1)
    experiment_id = started(client, made)
    finished(client, experiment_id)
    refused = client.post(f"/api/v1/experiments/{experiment_id}/{act}")

    assert status == refused.status_code
    assert "completed" in refused.json()["detail"]


def test_nothing_to_retry_is_said(client, subject, worker):
    """When every case has a score, trying again is refused and nothing is paid."""
    experiment_id = started(client, make_prompt(subject, examples=1))
    finished(client, experiment_id)
    refused = client.post(f"/api/v1/experiments/{experiment_id}/retry-failed")

    assert 409 == refused.status_code
    assert "nothing to try again" in refused.json()["detail"]


def test_results_are_filtered_sorted_and_paged(client, subject, worker, provider):
    """Failed, regressed and improved cases are found; pages fit together."""
    made = make_prompt(
        subject,
        templates=[
            "{% if number == 1 %}[[mock:status=400]]{% endif %}A {{ number }}",
            "[[mock:reply={{ question }}]] {{ number }}",
        ],
        examples=4,
        model=MOCK,
    )
    experiment_id = started(client, made)
    finished(client, experiment_id)
    everything = cases(client, experiment_id, limit=3)
    improved = cases(client, experiment_id, only="improved")
    regressed = cases(client, experiment_id, only="regressed")
    ranked = cases(client, experiment_id, sort="-score")
    second = cases(client, experiment_id, arm=1)

    assert list(range(8)) == [row["case_no"] for row in everything]
    assert {0, 2, 3} == {row["position"] for row in [*improved, *regressed]}
    assert [None] == [row["score"] for row in everything if row["score"] is None]
    assert ranked[-1]["score"] is None
    assert [1, 3, 5, 7] == [row["case_no"] for row in second]
