"""Runs over HTTP: one version or one question, accepted at once and read back."""

from typing import Any

import pytest

from app.core import redis
from app.core.clock import new_id
from app.core.database import unit_of_work
from app.models import PromptLabel
from tests.support.experiments import MOCK
from tests.support.fixtures import eventually
from tests.support.prompts import Made, make_prompt

RUN = "/api/v1/run"


@pytest.fixture
def made(subject) -> Made:
    """Two versions; the first is labelled production."""
    made = make_prompt(subject, templates=["One: {{ question }}", "Two: {{ question }}"])
    with unit_of_work(subject.workspace_id) as session:
        session.add(
            PromptLabel(prompt_id=made.prompt_id, name="production", version_id=made.version_ids[0])
        )
    return made


def asked(made: Made, **changes: Any) -> dict[str, Any]:
    known = {"prompt": str(made.prompt_id), "variables": {"question": "How much?"}}
    return {name: value for name, value in {**known, **changes}.items() if value is not None}


def ended(client, run_id: str) -> dict[str, Any]:
    def look() -> dict[str, Any] | None:
        run = client.get(f"/api/v1/runs/{run_id}").json()
        return run if run["status"] in {"completed", "failed"} else None

    return eventually(look)


def test_a_run_is_accepted_at_once(client, made):
    """202 with the address to look at; the row is there before the answer is."""
    accepted = client.post(RUN, json=asked(made))
    answer = accepted.json()
    stored = client.get(f"/api/v1/runs/{answer['run_id']}")

    assert 202 == accepted.status_code
    assert answer["run_id"] == answer["task_id"]
    assert answer["status_url"] == accepted.headers["location"]
    assert ("pending", False) == (answer["status"], answer["delayed"])
    assert 200 == stored.status_code


def test_a_run_is_performed_by_a_worker(client, made, worker, provider):
    """The whole way: queue, worker, provider and back, with scores, tokens and price."""
    body = asked(made, model=MOCK, evaluators=["similarity"], expected_output="the model")
    run = ended(client, client.post(RUN, json=body).json()["run_id"])

    assert ("completed", "One: How much?", 1) == (
        run["status"],
        run["rendered_prompt"],
        run["version_number"],
    )
    assert run["output"]
    assert ["similarity"] == [score["evaluator"] for score in run["scores"]]
    assert run["tokens_in"] > 0
    assert run["tokens_out"] > 0
    assert run["cost_usd"] is None
    assert float(run["cost_estimated"]) > 0
    assert run["latency_ms"] > 0
    assert 1 == provider.stats()["exactly_once"]["paid"]


def test_a_question_is_answered_by_the_default_assistant(client, worker, provider):
    """/query needs no prompt of one's own."""
    query = client.post("/api/v1/query", json={"query": "How much?", "model": MOCK}).json()
    answer = eventually(
        lambda: (
            (found := client.get(f"/api/v1/query/{query['query_id']}").json())["status"]
            == "completed"
            and found
        )
    )

    assert query["query_id"] == query["task_id"]
    assert answer["response"]
    assert answer["tokens"] > 0


@pytest.mark.parametrize(
    ("choice", "number"),
    [({}, 1), ({"label": "production"}, 1), ({"label": "latest"}, 2)],
)
def test_a_version_is_found_by_label(client, made, choice, number):
    """production unless something else is said; latest is the newest."""
    run_id = client.post(RUN, json=asked(made, **choice)).json()["run_id"]

    assert number == client.get(f"/api/v1/runs/{run_id}").json()["version_number"]


def test_a_version_is_found_by_id_or_by_the_prompt_s_name(client, made):
    """Programs send ids, people names."""
    by_id = client.post(
        RUN, json=asked(made, prompt=None, prompt_version_id=str(made.version_ids[1]))
    )
    by_name = client.post(RUN, json=asked(made, prompt=made.name))

    assert (202, 202) == (by_id.status_code, by_name.status_code)


@pytest.mark.parametrize(
    ("changes", "status", "said"),
    [
        ({"prompt": str(new_id())}, 404, "no such prompt version"),
        ({"prompt": "test/nobody"}, 404, "no such prompt"),
        ({"label": "nonesuch"}, 404, "no such prompt version"),
        ({"prompt": None, "prompt_version_id": str(new_id())}, 404, "no such prompt version"),
        ({"variables": {}}, 422, "question"),
        ({"variables": {"question": "x", "colour": "red"}}, 422, "colour"),
        ({"model": "gpt"}, 422, "provider:model"),
        ({"evaluators": ["nonesuch"]}, 422, "similarity"),
        ({"parameters": {"temperature": "hot"}}, 422, "temperature"),
        ({"prompt_version_id": str(new_id())}, 422, ""),
        ({"prompt": None}, 422, ""),
    ],
)
def test_what_cannot_run_is_refused_at_once(client, made, changes, status, said):
    """Nothing is stored or sent for a request that could only fail."""
    refused = client.post(RUN, json=asked(made, **changes))

    assert status == refused.status_code
    assert said in refused.json()["detail"]
    assert 0 == client.get("/api/v1/runs").json()["total"]


def test_while_the_queue_is_away_runs_are_accepted_and_said_to_be_late(client, made):
    """The row is the job: an outage of Redis delays it and loses nothing."""
    redis.outage.begin()
    try:
        accepted = client.post(RUN, json=asked(made))
    finally:
        redis.outage.end()

    assert 202 == accepted.status_code
    assert accepted.json()["delayed"] is True


def test_runs_are_listed_filtered_and_paged(client, made):
    """Newest first, by prompt, version, status, source, model and time."""
    ids = [client.post(RUN, json=asked(made)).json()["run_id"] for _ in range(3)]
    client.post("/api/v1/query", json={"query": "How much?"})

    def total(**query: Any) -> int:
        return client.get("/api/v1/runs", params=query).json()["total"]

    first = client.get("/api/v1/runs", params={"limit": 2, "source": "run"}).json()
    rest = client.get(
        "/api/v1/runs", params={"cursor": first["next_cursor"], "source": "run"}
    ).json()

    assert ids[::-1] == [item["id"] for item in [*first["items"], *rest["items"]]]
    assert rest["next_cursor"] is None
    assert (4, 3, 1) == (total(), total(source="run"), total(source="query"))
    assert (3, 0) == (
        total(version=str(made.version_ids[0])),
        total(version=str(made.version_ids[1])),
    )
    of_prompt = {"prompt": str(made.prompt_id)}
    assert (3, 0) == (total(**of_prompt, version_number=1), total(**of_prompt, version_number=2))
    assert (3, 4) == (total(prompt=str(made.prompt_id)), total(model="local:extractive-baseline"))
    assert 0 == total(**{"from": "2999-01-01T00:00:00Z"})
    assert 0 == total(to="2000-01-01T00:00:00Z")
    assert 0 == total(status="cancelled")


def test_a_version_number_is_one_of_a_prompt(client):
    """Alone it says nothing: a 422 that says what has to go with it."""
    refused = client.get("/api/v1/runs", params={"version_number": 1})

    assert 422 == refused.status_code
    assert "query:version_number" == refused.json()["errors"][0]["pointer"]
    assert "`prompt`" in refused.json()["errors"][0]["detail"]


def test_a_failed_run_says_why(client, made, worker, provider):
    """The provider refuses: failed, with a code and a sentence, and nothing paid."""
    body = asked(made, model=MOCK, variables={"question": "[[mock:status=400]]"})
    run = ended(client, client.post(RUN, json=body).json()["run_id"])

    assert ("failed", "invalid_request", None) == (run["status"], run["error_code"], run["output"])
    assert run["error"]
    assert 0 == float(run["cost_usd"])
