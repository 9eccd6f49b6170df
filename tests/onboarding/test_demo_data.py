"""The demo's data in a workspace of one's own, and the list of first steps beside it."""

import pytest
from pydantic import SecretStr

from app.accounts.subject import Scope
from app.core.config import get_settings
from app.demo import content
from app.models import Role
from app.runs import providers
from tests.contracts.furnished import jobs_kept
from tests.support.experiments import finished
from tests.support.fixtures import make_key, make_subject
from tests.support.prompts import make_prompt

DEMO = "/api/v1/demo-data"
STEPS = ["model", "prompt", "examples", "experiment", "label"]


def load(client) -> dict:
    with jobs_kept():
        answer = client.post(DEMO)
    assert 202 == answer.status_code, answer.text
    return answer.json()


def onboarding(client) -> dict:
    return client.get("/api/v1/onboarding").json()


def done(client) -> set[str]:
    return {step["key"] for step in onboarding(client)["steps"] if step["done"]}


def listed(client, path: str) -> list[dict]:
    return client.get(f"/api/v1{path}").json()["items"]


def test_all_of_the_demo_is_there(client):
    """Three versions, the second in production behind a gate, forty examples, one experiment."""
    made = load(client)
    prompt = client.get(f"/api/v1/prompts/{made['prompt_id']}").json()
    (gate,) = listed(client, f"/gates?prompt={made['prompt_id']}")
    (experiment,) = listed(client, f"/experiments?prompt={made['prompt_id']}")

    assert content.PROMPT_NAME == prompt["name"]
    assert 3 == prompt["latest_version"]["number"]
    assert [("production", 2)] == [
        (label["name"], label["version_number"]) for label in prompt["labels"]
    ]
    assert 40 == prompt["golden_count"]
    assert ("release", "production") == (gate["name"], gate["label"])
    assert {0.1} == {rule["margin"] for rule in gate["policy"]["metrics"]}
    assert 120 == experiment["progress"]["planned"]
    assert "demo" == experiment["trigger"]
    assert made["experiment_id"] == experiment["id"]
    assert f"/experiments/{experiment['id']}" == made["url"]


def test_loading_it_again_changes_nothing(client, queries):
    """The same ids, no second experiment, no new line in the audit log."""
    made = load(client)
    before = client.get("/api/v1/audit").json()["total"]

    assert made == load(client)
    assert before == client.get("/api/v1/audit").json()["total"]
    assert 1 == len(listed(client, f"/experiments?prompt={made['prompt_id']}"))


def test_what_was_taken_away_comes_back(client):
    """An archived demo is restored; a cancelled experiment is started anew."""
    made = load(client)
    client.delete(f"/api/v1/prompts/{made['prompt_id']}")
    with jobs_kept():
        cancelled = client.post(f"/api/v1/experiments/{made['experiment_id']}/cancel")
    again = load(client)

    assert 200 == cancelled.status_code
    assert made["prompt_id"] == again["prompt_id"]
    assert made["experiment_id"] != again["experiment_id"]
    assert client.get(f"/api/v1/prompts/{made['prompt_id']}").json()["archived_at"] is None


def test_a_prompt_of_ones_own_is_left_alone(client):
    """The demo never writes into a prompt that has its name and not its tag, nor removes it."""
    own = client.post("/api/v1/prompts", json={"name": content.PROMPT_NAME}).json()
    refused = client.post(DEMO)

    assert 409 == refused.status_code
    assert "rename yours" in refused.json()["detail"]
    assert own["id"] == refused.json()["prompt_id"]
    assert not onboarding(client)["has_demo_data"]
    assert 204 == client.delete(DEMO).status_code
    assert 200 == client.get(f"/api/v1/prompts/{own['id']}").status_code


def test_the_demo_is_found_under_another_name(client):
    """Renaming it does not make a second one."""
    made = load(client)
    client.patch(f"/api/v1/prompts/{made['prompt_id']}", json={"name": "mine/now"})

    assert made["prompt_id"] == load(client)["prompt_id"]
    assert onboarding(client)["has_demo_data"]


def test_removing_it_leaves_nothing(client):
    """Prompt, gate and experiment are gone; removing what is not there is no error."""
    made = load(client)

    assert 204 == client.delete(DEMO).status_code
    assert 404 == client.get(f"/api/v1/prompts/{made['prompt_id']}").status_code
    assert [] == listed(client, "/gates") + listed(client, "/experiments")
    assert not onboarding(client)["has_demo_data"]
    assert 204 == client.delete(DEMO).status_code


def test_who_may_not_run_starts_nothing(client_of, workspace):
    """A key that may only write gets the texts; who may run starts the experiment afterwards."""
    editor = make_subject(workspace, Role.editor)
    writer = client_of(make_key(editor, frozenset({Scope.read, Scope.write})))
    made = load(writer)
    later = load(client_of(make_key(editor)))

    assert (None, f"/prompts/{content.PROMPT_NAME}") == (made["experiment_id"], made["url"])
    assert later["experiment_id"] is not None


def test_a_gate_that_protects_is_an_admins(client_of, workspace):
    """An editor's demo has the gate, and production stays free to move."""
    made = load(client_of(make_key(make_subject(workspace, Role.editor))))
    client = client_of(make_key(make_subject(workspace)))

    assert [None] == [g["label"] for g in listed(client, f"/gates?prompt={made['prompt_id']}")]


def test_the_experiment_runs_to_its_end(client, worker):
    """On real workers every case is scored, and production beats the worse version."""
    answer = client.post(DEMO).json()
    status = finished(client, answer["experiment_id"])

    assert "completed" == status["status"]
    assert 120 == status["progress"]["scored"]
    assert 3 == len(status["results"])


def test_a_new_workspace_has_taken_no_step(client):
    """All five, in the order they are best taken."""
    found = onboarding(client)

    assert STEPS == [step["key"] for step in found["steps"]]
    assert set() == done(client)
    assert not found["has_demo_data"]


def test_the_demo_takes_no_step(client):
    """What the demo brought is not what the workspace has done."""
    load(client)

    assert set() == done(client)
    assert onboarding(client)["has_demo_data"]


def test_ones_own_work_takes_the_steps(client, subject):
    """One after the other, also beside the demo."""
    load(client)
    made = make_prompt(subject, examples=0)
    found = [done(client)]
    example = {"input_data": {"question": "Who?", "context": "Ann."}, "expected_output": "Ann"}
    prompt = f"/api/v1/prompts/{made.prompt_id}"
    client.post(f"{prompt}/golden-examples", json=example)
    found.append(done(client))
    asked = {
        "prompt_id": str(made.prompt_id),
        "experiment_name": "first",
        "evaluators": ["exact"],
    }
    with jobs_kept():
        client.post("/api/v1/experiments/run", json=asked)
    found.append(done(client))
    client.post(f"{prompt}/versions/{made.version_ids[0]}/activate", json={"label": "staging"})
    found.append(done(client))
    client.post(f"{prompt}/versions/{made.version_ids[0]}/activate")
    found.append(done(client))
    client.delete(prompt)

    assert [{"prompt"}, {"prompt", "examples"}] == found[:2]
    assert found[2] == found[3] == {"prompt", "examples", "experiment"}
    assert set(STEPS) - {"model"} == found[4]
    assert set() == done(client)


@pytest.fixture
def with_a_key(monkeypatch):
    monkeypatch.setattr(get_settings(), "anthropic_api_key", SecretStr("any-key"))
    providers._registry.cache_clear()
    yield
    providers._registry.cache_clear()


def test_a_provider_takes_the_first_step(client, with_a_key):
    """The local model is always there and counts for none."""
    assert {"model"} == done(client)
