"""Baselines: approved by admins from finished experiments, stale when their ground has moved."""

import pytest
from sqlalchemy import select

from app.core.clock import new_id
from app.core.config import get_settings
from app.core.database import unit_of_work
from app.evaluators.base import build
from app.models import AuditEvent, Experiment, ExperimentStatus, GoldenExample
from tests.gates.conftest import BASELINES
from tests.support.prompts import make_prompt
from tests.support.verdicts import MODEL, make_experiment

WHY = "Checked by the support team"


@pytest.fixture
def experiment_id(subject, made):
    return make_experiment(subject, made.prompt_id, made.version_ids[:2])


@pytest.fixture
def asking(made, experiment_id):
    """The body that approves version 2."""

    def body(**other):
        return {
            "prompt_id": str(made.prompt_id),
            "experiment_id": str(experiment_id),
            "version_id": str(made.version_ids[1]),
            "reason": WHY,
            **{key: str(value) for key, value in other.items()},
        }

    return body


@pytest.fixture
def approve(client, asking):
    def post(**other):
        answer = client.post(BASELINES, json=asking(**other))
        assert 201 == answer.status_code, answer.text
        return answer.json()

    return post


def because(client, baseline) -> list[str]:
    """Why it is stale; read anew."""
    found = client.get(f"{BASELINES}/{baseline['id']}").json()
    assert found["stale"] == bool(found["stale_because"])
    return found["stale_because"]


def test_an_admin_approves_what_good_is(client, approve, subject, made, experiment_id):
    """What was measured, with what and on what, is frozen; who approved it and why is kept."""
    baseline = approve()

    assert baseline == client.get(f"{BASELINES}/{baseline['id']}").json()
    assert (2, 1, WHY, "key:test") == (
        baseline["version_number"],
        baseline["arm"],
        baseline["reason"],
        baseline["approved_by"],
    )
    assert {"similarity": build("similarity").version} == baseline["evaluators"]
    assert (MODEL, False, []) == (
        baseline["judge_model"],
        baseline["stale"],
        baseline["stale_because"],
    )
    with unit_of_work(subject.workspace_id) as session:
        event = session.scalars(
            select(AuditEvent).where(AuditEvent.tag == "gate:baseline:approve")
        ).one()
        assert (WHY, str(experiment_id)) == (event.after["reason"], event.after["experiment_id"])


def test_approving_and_retiring_are_for_admins(editor, approve, asking):
    """Who may write may read them."""
    baseline = approve()
    url = f"{BASELINES}/{baseline['id']}"

    assert [403, 403] == [
        editor.post(BASELINES, json=asking()).status_code,
        editor.delete(url).status_code,
    ]
    assert 200 == editor.get(url).status_code


@pytest.mark.parametrize("status", [s for s in ExperimentStatus if not s.startswith("completed")])
def test_only_a_finished_experiment_can_be_approved(client, subject, made, asking, status):
    """One that failed or was cancelled is half of the evidence."""
    experiment_id = make_experiment(subject, made.prompt_id, made.version_ids[:2], status=status)
    refused = client.post(BASELINES, json=asking(experiment_id=experiment_id))

    assert 409 == refused.status_code
    assert f"is {status}" in refused.json()["detail"]


@pytest.mark.parametrize("values", [{"scored": 0}, {"results": None}])
def test_nothing_scored_is_nothing_to_approve(client, subject, made, asking, values):
    """No score is not a good one."""
    experiment_id = make_experiment(subject, made.prompt_id, made.version_ids[:2], **values)
    refused = client.post(BASELINES, json=asking(experiment_id=experiment_id))

    assert 409 == refused.status_code
    assert "No case of version 2 was scored" in refused.json()["detail"]


def test_the_experiment_must_have_run_the_version(client, subject, made, asking):
    """As it is and once: not another version, not a text made from it, not two models."""
    first, second, third = made.version_ids
    tried = make_experiment(subject, made.prompt_id, [first, second], names=[None, "a hunk"])
    twice = make_experiment(subject, made.prompt_id, [second, second])
    refused = [
        client.post(BASELINES, json=asking(**other))
        for other in ({"version_id": third}, {"experiment_id": tried}, {"experiment_id": twice})
    ]

    assert [(422, "#/version_id")] * 3 == [
        (answer.status_code, answer.json()["errors"][0]["pointer"]) for answer in refused
    ]
    assert "Version 2 ran 2 times" in refused[2].json()["detail"]


def test_prompt_and_experiment_must_belong_together(client, stranger, subject, asking):
    """Unknown, another prompt's and another workspace's are the same 404."""
    other = make_prompt(subject)
    answers = [
        client.post(BASELINES, json=asking(prompt_id=other.prompt_id)),
        client.post(BASELINES, json=asking(prompt_id=new_id())),
        client.post(BASELINES, json=asking(experiment_id=new_id())),
        stranger.post(BASELINES, json=asking()),
    ]

    assert [404] * 4 == [answer.status_code for answer in answers]


def test_a_reason_is_needed(client, asking):
    """An approval nobody gives a reason for is none."""
    assert 422 == client.post(BASELINES, json=asking() | {"reason": ""}).status_code


def test_changed_examples_make_it_stale(client, subject, made, approve):
    """What an example says counts; its tags do not; changed back, the baseline holds again."""
    baseline = approve()
    url = f"/api/v1/prompts/{made.prompt_id}/golden-examples/{made.example_ids[0]}"
    before = client.get(url).json()["expected_output"]
    client.patch(url, json={"tags": ["water"]})
    tagged = because(client, baseline)
    client.patch(url, json={"expected_output": "Two litres."})
    changed = because(client, baseline)
    client.patch(url, json={"expected_output": before})

    assert [] == tagged == because(client, baseline)
    assert ["Golden examples it was measured on were changed or deleted since."] == changed


def test_deleted_and_added_examples_make_it_stale(client, subject, made, approve):
    """A candidate of today would be measured on others."""
    baseline = approve()
    examples = f"/api/v1/prompts/{made.prompt_id}/golden-examples"
    new = {"input_data": {"question": "Is it loud?"}, "expected_output": "No."}
    assert 201 == client.post(examples, json=new).status_code
    added = because(client, baseline)
    client.delete(f"{examples}/{made.example_ids[0]}")

    assert ["It was not measured on the golden examples added since: 1."] == added
    assert 2 == len(because(client, baseline))


def test_a_chosen_set_does_not_mind_additions(client, subject, made, approve):
    """An experiment that left examples out was about those it ran."""
    chosen = make_experiment(
        subject, made.prompt_id, made.version_ids[:2], example_ids=made.example_ids[:2]
    )
    baseline = approve(experiment_id=chosen)
    with unit_of_work(subject.workspace_id) as session:
        session.add(GoldenExample(prompt_id=made.prompt_id, input_data={}, created_by="test"))

    assert [] == because(client, baseline)


def test_other_evaluators_make_it_stale(client, subject, made, approve):
    """Another version judges differently; one that is gone or refuses its options, not at all."""
    entries = [
        {"name": "similarity", "options": {}, "version": "0-older"},
        {"name": "vanished", "options": {}, "version": "1"},
        {"name": "exact", "options": {"nonsense": 1}, "version": "1"},
    ]
    experiment_id = make_experiment(subject, made.prompt_id, made.version_ids[:2])
    with unit_of_work(subject.workspace_id) as session:
        session.get_one(Experiment, experiment_id).evaluators = entries
    older, gone, refused = because(client, approve(experiment_id=experiment_id))

    assert older.startswith("similarity is at version ")
    assert older.endswith("version 0-older judged it.")
    assert "There is no evaluator 'vanished'" in gone
    assert "nonsense" in refused


@pytest.mark.parametrize(("evaluator", "stale"), [("hallucination", True), ("similarity", False)])
def test_another_judge_model_matters_where_a_model_judges(
    client, subject, made, approve, monkeypatch, evaluator, stale
):
    """Evaluators that ask no model judge as before."""
    experiment_id = make_experiment(
        subject, made.prompt_id, made.version_ids[:2], evaluators=[evaluator]
    )
    baseline = approve(experiment_id=experiment_id)
    monkeypatch.setattr(get_settings(), "judge_model", "openai:mock-judge")
    expected = [f"The judge model is openai:mock-judge now; {MODEL} judged it."]

    assert (expected if stale else []) == because(client, baseline)


def test_a_retired_baseline_proves_nothing(client, subject, made, approve):
    """It can be read, and is in no list."""
    kept, baseline = approve(), approve()
    url = f"{BASELINES}/{baseline['id']}"
    gone = [client.delete(url).status_code for _ in range(2)]
    listed = client.get(BASELINES, params={"prompt": str(made.prompt_id)}).json()

    assert [204, 204] == gone
    assert client.get(url).json()["retired_at"]
    assert [kept] == listed["items"]


def test_the_list_comes_in_pages(client, subject, approve):
    """Newest first, of all prompts, each with whether it holds."""
    other = make_prompt(subject)
    approve()
    ran = make_experiment(subject, other.prompt_id, other.version_ids)
    newest = approve(prompt_id=other.prompt_id, experiment_id=ran, version_id=other.version_ids[0])
    page = client.get(BASELINES, params={"limit": 1})
    rest = client.get(page.links["next"]["url"]).json()

    assert [newest] == page.json()["items"]
    assert (2, 1, None) == (rest["total"], len(rest["items"]), rest["next_cursor"])


def test_strangers_and_unknown_ids_are_told_the_same(client, stranger, approve):
    """Another workspace's baseline is nobody's."""
    baseline = approve()
    for who, baseline_id in ((stranger, baseline["id"]), (client, new_id())):
        url = f"{BASELINES}/{baseline_id}"

        assert [404, 404] == [who.get(url).status_code, who.delete(url).status_code]
    assert 0 == stranger.get(BASELINES).json()["total"]
