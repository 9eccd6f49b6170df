"""What may be asked for, what is refused and how, and what the plan says; nothing is worked off."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import pytest

from app.accounts.subject import Subject
from app.core.clock import new_id
from app.core.config import get_settings
from app.core.database import system_unit_of_work, unit_of_work
from app.models import Experiment, ExperimentArm, GoldenExample, Prompt, PromptLabel
from tests.support.prompts import GROUNDED, UNGROUNDED, Made, make_prompt

RUN = "/api/v1/experiments/run"
PLAN = "/api/v1/experiments/plan"


def body(made: Made, **asked: Any) -> dict[str, Any]:
    return {"prompt_id": str(made.prompt_id), "experiment_name": "test", **asked}


def label(subject: Subject, made: Made, name: str, version: int) -> None:
    with unit_of_work(subject.workspace_id) as session:
        session.add(
            PromptLabel(
                prompt_id=made.prompt_id, name=name, version_id=made.version_ids[version - 1]
            )
        )


def tag(subject: Subject, ids: Sequence[UUID], *tags: str, split: str | None = None) -> None:
    with unit_of_work(subject.workspace_id) as session:
        for example_id in ids:
            example = session.get_one(GoldenExample, example_id)
            example.tags = list(tags)
            if split:
                example.split = split


@pytest.fixture
def made(subject: Subject) -> Made:
    """Three versions, eight examples; version 2 is labelled staging."""
    made = make_prompt(subject, templates=[UNGROUNDED, GROUNDED, UNGROUNDED + " Now."], examples=8)
    label(subject, made, "staging", 2)
    return made


def planned(client, experiment_id: str) -> dict[str, Any]:
    return client.get(f"/api/v1/experiments/{experiment_id}/status").json()


# --- the plan ---


def test_a_plan_says_what_it_costs_and_starts_nothing(client, made):
    """Cases, calls, money and what it could detect; afterwards there is still no experiment."""
    plan = client.post(PLAN, json=body(made, evaluators=["hallucination", "similarity"]))
    total = client.get("/api/v1/experiments").json()["total"]

    assert 200 == plan.status_code
    assert (24, 48) == (plan.json()["cases"], plan.json()["calls"])
    assert 0 == float(plan.json()["cost_usd_estimate"])
    assert 0 < plan.json()["minimum_detectable_difference"] < 1
    assert 0 == total


def test_an_unknown_price_is_not_zero(client, made):
    """A model no list knows has no estimate rather than a wrong one."""
    plan = client.post(PLAN, json=body(made, models=["openai:mock-gen"])).json()

    assert plan["cost_usd_estimate"] is None


def test_one_version_alone_detects_no_difference(client, made):
    """There is nothing to compare it with."""
    plan = client.post(PLAN, json=body(made, versions=[1])).json()

    assert 8 == plan["cases"]
    assert plan["minimum_detectable_difference"] is None


@pytest.mark.parametrize(
    ("versions", "chosen"),
    [
        (["all"], [1, 2, 3]),
        (["latest"], [3]),
        (["staging"], [2]),
        ([3, 1], [3, 1]),
        (["v2", "1"], [2, 1]),
    ],
)
def test_versions_are_found_by_number_label_or_all(client, made, versions, chosen):
    """Every way to name a version that people use, in the order asked for."""
    accepted = client.post(RUN, json=body(made, versions=versions, golden={"sample": 1})).json()
    arms = planned(client, accepted["experiment_id"])

    assert len(chosen) == accepted["plan"]["cases"] == arms["progress"]["planned"]


def test_a_version_is_found_by_its_id(client, made):
    """Ids are what programs send."""
    plan = client.post(PLAN, json=body(made, versions=[str(made.version_ids[1])]))

    assert 8 == plan.json()["cases"]


# --- what is refused, before anything is paid ---


@pytest.mark.parametrize(
    ("asked", "pointer", "said"),
    [
        ({"versions": [9]}, "#/versions/0", "numbers: 3, 2, 1"),
        ({"versions": [1, "nonesuch"]}, "#/versions/1", "labels: staging"),
        ({"baseline": "nonesuch"}, "#/baseline", "numbers:"),
        ({"evaluators": ["nonesuch"]}, "#/evaluators/0", "similarity"),
        ({"evaluators": [{"name": "contains", "options": {"colour": 1}}]}, "#/evaluators/0", ""),
        ({"evaluators": ["exact", "exact"]}, "#/evaluators", "once"),
        ({"models": ["gpt"]}, "#/models", "provider:model"),
        ({"models": ["nobody:gpt"]}, "#/models", "openai"),
        ({"models": ["local:nonesuch"]}, "#/models", "extractive-baseline"),
        ({"golden": {"tags": ["nonesuch"]}}, "#/golden", "proves nothing"),
        ({"golden": {"split": "nonesuch"}}, "#/golden", "proves nothing"),
        ({"golden": {"ids": [str(new_id())]}}, "#/golden/ids", "No golden example"),
    ],
)
@pytest.mark.parametrize("path", [RUN, PLAN])
def test_a_wrong_choice_is_refused_and_what_there_is_is_named(
    client, made, path, asked, pointer, said
):
    """422 at the field, with the names that would have been right; nothing is started."""
    refused = client.post(path, json=body(made, **asked))
    problem = refused.json()

    assert 422 == refused.status_code
    assert pointer == problem["errors"][0]["pointer"]
    assert said in problem["detail"]
    assert 0 == client.get("/api/v1/experiments").json()["total"]


@pytest.mark.parametrize(
    "asked",
    [
        {"repeats": 0},
        {"repeats": 101},
        {"concurrency": 0},
        {"concurrency": 513},
        {"max_cost_usd": -1},
        {"versions": []},
        {"golden": {"sample": 0}},
        {"golden": {"ids": []}},
        {"experiment_name": ""},
        {"experiment_name": "half a pair \ud800"},
        {"colour": "red"},
        {"prompt": "both"},
    ],
)
def test_what_does_not_fit_its_schema_is_refused(client, made, asked):
    """Bounds, unknown fields, unstorable text: 422, never 500."""
    import json  # noqa: PLC0415 - the client's own encoder refuses half a surrogate pair

    sent = json.dumps({**body(made), **asked})
    refused = client.post(RUN, content=sent, headers={"content-type": "application/json"})

    assert 422 == refused.status_code


def test_an_example_that_lacks_a_variable_is_named(client, subject):
    """Found before the first call, with the version, the variable and the example."""
    made = make_prompt(subject, templates=["{{ question }} {{ tone }}"], examples=2)
    refused = client.post(RUN, json=body(made))
    detail = refused.json()["detail"]

    assert 422 == refused.status_code
    assert "tone" in detail
    assert str(made.example_ids[0]) in detail


def test_a_prompt_without_versions_is_refused(client, subject):
    """There is nothing to evaluate; the sentence says what to create."""
    with unit_of_work(subject.workspace_id) as session:
        prompt_id = new_id()
        name = f"test/empty-{prompt_id.hex[-8:]}"
        session.add(Prompt(id=prompt_id, name=name, created_by="test", latest_number=0))
    refused = client.post(RUN, json={"prompt_id": str(prompt_id), "experiment_name": "test"})

    assert 422 == refused.status_code
    assert "no version yet" in refused.json()["detail"]


def test_examples_without_material_need_named_evaluators(client, subject, made):
    """Without context and expected output there is no default that would measure something."""
    with unit_of_work(subject.workspace_id) as session:
        example = session.get_one(GoldenExample, made.example_ids[0])
        example.context = example.expected_output = None
    refused = client.post(RUN, json=body(made))

    assert 422 == refused.status_code
    assert "which evaluators" in refused.json()["detail"]


def test_too_many_arms_are_refused(client, made):
    """Twenty arms at most, counted as versions × models."""
    models = [f"openai:m{number}" for number in range(7)]
    refused = client.post(RUN, json=body(made, models=models))

    assert 422 == refused.status_code
    assert "not 21" in refused.json()["detail"]


def test_too_many_cases_are_refused(client, made, monkeypatch):
    """A plan nobody could pay is refused with a way out."""
    monkeypatch.setattr("app.experiments.plan.MOST_CASES", 20)
    refused = client.post(RUN, json=body(made))

    assert 422 == refused.status_code
    assert "take a sample" in refused.json()["detail"]


def test_a_judge_that_names_no_model_is_refused(client, made, monkeypatch):
    """A mistake in the settings is said at the start, and not by every case."""
    monkeypatch.setattr(get_settings(), "judge_model", "gpt")
    refused = client.post(RUN, json=body(made, evaluators=["hallucination"]))

    assert 422 == refused.status_code
    assert "provider:model" in refused.json()["detail"]


# --- which examples ---


def test_examples_are_chosen_by_tag_split_and_id(client, subject, made):
    """Each choice narrows; several together must all hold."""
    tag(subject, made.example_ids[:4], "kettle", split="train")
    tag(subject, made.example_ids[4:6], "kettle", "new", split="test")

    def cases(**golden: Any) -> int:
        return client.post(PLAN, json=body(made, versions=[1], golden=golden)).json()["cases"]

    assert 6 == cases(tags=["kettle"])
    assert 2 == cases(tags=["new", "nonesuch"])
    assert 4 == cases(split="train")
    assert 2 == cases(tags=["kettle"], split="test")
    assert 1 == cases(ids=[str(made.example_ids[7])])


def test_a_sample_is_the_same_every_time(client, made):
    """Two experiments on a sample of three are about the same three examples."""
    hashes = {
        planned(client, client.post(RUN, json=body(made, **asked)).json()["experiment_id"])[
            "snapshot_hash"
        ]
        for asked in [{"golden": {"sample": 3}}, {"golden": {"sample": 3}, "versions": [1]}]
    }
    larger = client.post(RUN, json=body(made, golden={"sample": 4})).json()["experiment_id"]

    assert 1 == len(hashes)
    assert planned(client, larger)["snapshot_hash"] not in hashes


def test_a_sample_larger_than_the_set_is_the_set(client, made):
    """No example is drawn twice."""
    plan = client.post(PLAN, json=body(made, versions=[1], golden={"sample": 100}))

    assert 8 == plan.json()["cases"]


def test_the_snapshot_does_not_follow_the_golden_set(client, subject, made):
    """An experiment is about the examples as they were when it started."""
    started = client.post(RUN, json=body(made, versions=[1], golden={"sample": 1})).json()
    before = planned(client, started["experiment_id"])["snapshot_hash"]
    with unit_of_work(subject.workspace_id) as session:
        for example_id in made.example_ids:
            session.get_one(GoldenExample, example_id).expected_output = "changed"
    again = client.post(RUN, json=body(made, versions=[1], golden={"sample": 1})).json()

    assert before == planned(client, started["experiment_id"])["snapshot_hash"]
    assert before != planned(client, again["experiment_id"])["snapshot_hash"]


# --- the baseline ---


def baseline(client, made: Made, **asked: Any) -> int | None:
    """The version number others are compared with, as the experiment froze it."""
    accepted = client.post(RUN, json=body(made, golden={"sample": 1}, **asked))
    with system_unit_of_work() as session:
        experiment = session.get_one(Experiment, UUID(accepted.json()["experiment_id"]))
        if experiment.baseline_arm is None:
            return None
        return session.get_one(
            ExperimentArm, (experiment.id, experiment.baseline_arm)
        ).version_number


def test_the_baseline_is_the_one_asked_for(client, made):
    """By number or by label."""
    assert 3 == baseline(client, made, baseline=3)
    assert 2 == baseline(client, made, baseline="staging")


def test_the_baseline_is_production_else_the_oldest(client, subject, made):
    """In whatever order the versions are named."""
    oldest = baseline(client, made, versions=[3, 1, 2])
    label(subject, made, "production", 2)

    assert 1 == oldest
    assert 2 == baseline(client, made, versions=[3, 1, 2])
    assert 1 == baseline(client, made, versions=[3, 1])
    assert baseline(client, made, versions=[2]) is None


def test_a_baseline_outside_the_experiment_is_refused(client, made):
    """It would have no results to compare with."""
    refused = client.post(PLAN, json=body(made, versions=[1, 2], baseline=3))

    assert 422 == refused.status_code
    assert "numbers: 1, 2" in refused.json()["detail"]


# --- lists ---


def test_experiments_are_listed_newest_first_filtered_and_paged(client, made):
    """Filters narrow, pages fit together, and a list of nothing is a list."""
    ids = [
        client.post(RUN, json=body(made, golden={"sample": 1})).json()["experiment_id"]
        for _ in range(3)
    ]
    first = client.get("/api/v1/experiments", params={"limit": 2}).json()
    rest = client.get("/api/v1/experiments", params={"cursor": first["next_cursor"]}).json()
    of_prompt = client.get("/api/v1/experiments", params={"prompt": str(made.prompt_id)}).json()
    none = client.get("/api/v1/experiments", params={"trigger": "ci"}).json()
    later = client.get("/api/v1/experiments", params={"from": "2999-01-01T00:00:00Z"}).json()
    earlier = client.get("/api/v1/experiments", params={"to": "2000-01-01T00:00:00Z"}).json()

    assert ids[::-1] == [item["id"] for item in [*first["items"], *rest["items"]]]
    assert 3 == first["total"] == of_prompt["total"]
    assert made.name == first["items"][0]["prompt_name"]
    assert [0, 0, 0] == [none["total"], later["total"], earlier["total"]]


def test_another_list_s_cursor_is_refused(client, stranger, made):
    """A cursor is signed for its list and workspace."""
    for _ in range(2):
        client.post(RUN, json=body(made, golden={"sample": 1}))
    cursor = client.get("/api/v1/experiments", params={"limit": 1}).json()["next_cursor"]

    assert 400 == stranger.get("/api/v1/experiments", params={"cursor": cursor}).status_code


# --- other people's ---


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/api/v1/experiments/{id}/status"),
        ("GET", "/api/v1/experiments/{id}/results"),
        ("GET", "/api/v1/experiments/{id}/events"),
        ("POST", "/api/v1/experiments/{id}/cancel"),
        ("POST", "/api/v1/experiments/{id}/pause"),
        ("POST", "/api/v1/experiments/{id}/resume"),
        ("POST", "/api/v1/experiments/{id}/retry-failed"),
        ("GET", "/api/v1/task-status/{id}"),
        ("GET", "/api/v1/tasks/{id}/events"),
        ("GET", "/api/v1/runs/{id}"),
        ("GET", "/api/v1/query/{id}"),
    ],
)
def test_another_workspace_s_work_is_not_there(client, stranger, subject, made, method, path):
    """Somebody else's id and an id of nothing get the same 404, for runs and experiments alike."""
    experiment = client.post(RUN, json=body(made, golden={"sample": 1})).json()["experiment_id"]
    run = client.post("/api/v1/query", json={"query": "Hello?"}).json()["query_id"]
    answers = [
        stranger.request(method, path.format(id=unknown)) for unknown in (experiment, run, new_id())
    ]

    assert [404, 404, 404] == [answer.status_code for answer in answers]
    assert 1 == len({(answer.json()["detail"], answer.json()["code"]) for answer in answers})


def test_another_workspace_s_prompt_is_not_there(client, stranger, made):
    """Neither by id nor by name, neither to plan nor to run nor to evaluate."""
    by_name = {"prompt": made.name, "experiment_name": "test"}
    evaluate = f"/api/v1/prompts/{made.prompt_id}/versions/{made.version_ids[0]}/evaluate"

    assert 404 == stranger.post(RUN, json=body(made)).status_code
    assert 404 == stranger.post(PLAN, json=body(made)).status_code
    assert 404 == stranger.post(RUN, json=by_name).status_code
    assert 404 == stranger.post(evaluate, json={}).status_code
