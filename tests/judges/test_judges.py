"""Judges kept like prompts, named by experiments and runs."""

from datetime import timedelta

import pytest

from app.core.clock import new_id, now
from app.core.config import get_settings
from app.core.database import unit_of_work
from app.evaluators.base import build
from app.judges.certificates import DECIDED, PENDING
from app.models import JudgeCertificate
from tests.support.experiments import ASKED, MOCK, finished, started
from tests.support.fixtures import eventually
from tests.support.prompts import make_prompt

PATH = "/api/v1/judges"
OWN = "openai:mock-judge-own"


def made(client, name="faithful", **asked):
    answer = client.post(PATH, json={"name": name, "evaluator": "hallucination", **asked})
    assert 201 == answer.status_code, answer.text
    return answer.json()


def test_a_judge_begins_with_its_first_version(client):
    """What was sent is what is read back, as version 1."""
    judge = made(client, description="Strict.", options={"weighting": "severity"}, model=OWN)
    read = client.get(f"{PATH}/{judge['id']}").json()
    (version,) = read["versions"]

    assert judge == read
    assert ("faithful", "Strict.", 1) == (read["name"], read["description"], read["latest_number"])
    assert (1, "hallucination", {"weighting": "severity"}, OWN) == (
        version["number"],
        version["evaluator"],
        version["options"],
        version["model"],
    )


def test_versions_are_numbered_and_never_the_same(client):
    """Other content is the next version; the same content is refused and says which has it."""
    judge = made(client)
    path = f"{PATH}/{judge['id']}/versions"
    second = client.post(path, json={"evaluator": "hallucination", "model": OWN})
    same = client.post(path, json={"evaluator": "hallucination", "message": "Once more."})

    assert 201 == second.status_code
    assert [2, 1] == [version["number"] for version in second.json()["versions"]]
    assert (409, "same_content", 1) == (
        same.status_code,
        same.json()["code"],
        same.json()["number"],
    )


def test_a_name_is_taken_once(client):
    """A second judge of the name is refused with what to do instead."""
    made(client)
    refused = client.post(PATH, json={"name": "faithful", "evaluator": "exact"})

    assert (409, "name_taken") == (refused.status_code, refused.json()["code"])


def test_lists_are_paged_and_leave_the_archived_out(client):
    """Newest first, page by page."""
    ids = [made(client, f"judge-{number}")["id"] for number in range(3)]
    client.delete(f"{PATH}/{ids[1]}")
    first = client.get(PATH, params={"limit": 1}).json()
    second = client.get(PATH, params={"limit": 1, "cursor": first["next_cursor"]}).json()

    assert 2 == first["total"]
    assert [ids[2], ids[0]] == [page["items"][0]["id"] for page in (first, second)]
    assert second["next_cursor"] is None


@pytest.mark.parametrize(
    ("asked", "pointer"),
    [
        ({"evaluator": "nonesuch"}, "#/evaluator"),
        ({"options": {"weighting": "none"}}, "#/options"),
        ({"model": "nonesuch"}, "#/model"),
        ({"model": "local:nonesuch"}, "#/model"),
        ({"evaluator": "exact", "model": OWN}, "#/model"),
        ({"name": "Not A Name"}, "#/name"),
    ],
)
def test_what_is_wrong_is_named(client, asked, pointer):
    """A 422 with a pointer, and no judge."""
    refused = client.post(PATH, json={"name": "j", "evaluator": "hallucination", **asked})

    assert 422 == refused.status_code
    assert pointer == refused.json()["errors"][0]["pointer"]
    assert 0 == client.get(PATH).json()["total"]


def test_an_archived_judge_is_named_no_more(client, subject):
    """Archived twice is archived; a new version and a new experiment are refused."""
    judge = made(client)
    path = f"{PATH}/{judge['id']}"
    archived = [client.delete(path).status_code for _ in range(2)]
    version = client.post(f"{path}/versions", json={"evaluator": "exact"})
    prompt = make_prompt(subject, examples=1)
    body = {
        "prompt_id": str(prompt.prompt_id),
        "experiment_name": "test",
        "evaluators": ["judge:faithful"],
    }
    refused = client.post("/api/v1/experiments/plan", json=body)

    assert [204, 204] == archived
    assert 409 == version.status_code
    assert 422 == refused.status_code
    assert "archived" in refused.json()["detail"]


def test_another_workspace_has_no_such_judge(client, stranger):
    """The same 404 for reading, changing and archiving; and its name names nothing there."""
    path = f"{PATH}/{made(client)['id']}"
    answers = [
        stranger.get(path),
        stranger.post(f"{path}/versions", json={"evaluator": "exact"}),
        stranger.delete(path),
    ]

    assert [404] * 3 == [answer.status_code for answer in answers]


# --- named by an experiment ---


def test_an_experiment_freezes_the_newest_version(client, subject, worker):
    """Without a number the newest, with one that one; both say which judge it was."""
    judge = made(client, evaluator="contains", options={"phrases": ["kettle"]})
    newer = {"evaluator": "contains", "options": {"phrases": ["litres"]}}
    client.post(f"{PATH}/{judge['id']}/versions", json=newer)
    prompt = make_prompt(subject, examples=1)
    frozen = [
        finished(client, started(client, prompt, evaluators=[name]))["evaluators"][0]
        for name in ("judge:faithful", "judge:faithful@1")
    ]

    assert [["litres"], ["kettle"]] == [entry["options"]["phrases"] for entry in frozen]
    assert [{"name": "faithful", "number": 2}, {"name": "faithful", "number": 1}] == [
        entry["judge"] for entry in frozen
    ]
    assert ["contains"] * 2 == [entry["name"] for entry in frozen]
    assert 2 == len({entry["version"] for entry in frozen})


@pytest.mark.parametrize(
    "evaluator",
    [
        "judge:nobody",
        "judge:faithful@3",
        "judge:faithful@x",
        f"judge:faithful@{10**30}",
        "judge:",
        {"name": "judge:faithful", "options": {"weighting": "equal"}},
    ],
)
def test_a_judge_there_is_not_is_named(client, subject, evaluator):
    """A 422 that points to the evaluator, before anything is paid."""
    made(client)
    prompt = make_prompt(subject, examples=1)
    body = {
        "prompt_id": str(prompt.prompt_id),
        "experiment_name": "test",
        "evaluators": ["similarity", evaluator],
    }
    refused = client.post("/api/v1/experiments/plan", json=body)

    assert 422 == refused.status_code
    assert "#/evaluators/1" == refused.json()["errors"][0]["pointer"]


def test_a_judges_own_model_is_asked(client, subject, worker, provider, monkeypatch):
    """It stands above the experiment's judge model, which the other evaluators still ask."""
    monkeypatch.setattr(get_settings(), "judge_model", "openai:mock-judge")
    made(client, model=OWN)
    prompt = make_prompt(subject, templates=[ASKED], examples=2, model=MOCK)
    asked = ["judge:faithful", "correctness"]
    status = finished(client, started(client, prompt, evaluators=asked))
    models = provider.stats()["models"]

    assert OWN == status["evaluators"][0]["judge_model"]
    assert "judge_model" not in status["evaluators"][1]
    assert (2, 2) == (models["mock-gen"], models["mock-judge-own"])
    assert models["mock-judge"] >= 2


def test_a_single_run_asks_it_too(client, subject, worker, provider):
    """A run's evaluators are resolved as an experiment's are."""
    made(client, model=OWN)
    prompt = make_prompt(subject, templates=["Say {{ question }}"], examples=0, model=MOCK)
    body = {
        "prompt_version_id": str(prompt.version_ids[0]),
        "variables": {"question": "hello"},
        "evaluators": ["judge:faithful"],
        "context": "Hello is a greeting.",
    }
    run_id = client.post("/api/v1/run", json=body).json()["run_id"]

    def ended():
        run = client.get(f"/api/v1/runs/{run_id}").json()
        return run if run["status"] == "completed" else None

    run = eventually(ended)

    assert ["hallucination"] == [score["evaluator"] for score in run["scores"]]
    assert {"mock-gen": 1, "mock-judge-own": 1} == provider.stats()["models"]


# --- what the list says of each ---


def examined(subject, version, model, **over):
    """A certificate, decided unless said otherwise."""
    values = {"state": DECIDED, "admissible": True, "days": 30, "kappa": (0.7, 0.5, 0.9)} | over
    kappa = values["kappa"]
    measured = kappa and {"value": kappa[0], "interval": list(kappa[1:])}
    with unit_of_work(subject.workspace_id) as session:
        certificate = JudgeCertificate(
            id=new_id(),
            workspace_id=subject.workspace_id,
            evaluator="hallucination",
            evaluator_version=version,
            judge_model=model,
            admissible=values["admissible"],
            n=60,
            report={"state": values["state"], "kappa": measured, "min_kappa": 0.4, "reasons": []},
            expires_at=now() + timedelta(days=values["days"]),
            created_by="test",
        )
        session.add(certificate)
        return str(certificate.id)


def test_a_judge_shows_the_newest_certificate_of_exactly_itself(client, subject):
    """Decided, of its newest version and that version's model; another one vouches for nothing."""
    judge = made(client, model=OWN)
    today = build("hallucination", {}).version
    examined(subject, today, "openai:another")
    examined(subject, "0-older", OWN)
    assert None is client.get(PATH).json()["items"][0]["certificate"]
    examined(subject, today, OWN)
    newest = examined(subject, today, OWN, admissible=False, kappa=None)
    examined(subject, today, OWN, state=PENDING)
    (listed,) = client.get(PATH).json()["items"]
    told = listed["certificate"]

    assert ("hallucination", OWN) == (listed["evaluator"], listed["model"])
    assert (newest, False, False, None) == tuple(
        told[key] for key in ("id", "admissible", "expired", "kappa")
    )
    read = client.get(f"{PATH}/{judge['id']}").json()
    assert told == read["certificate"]
    newer = {"evaluator": "hallucination", "options": {"weighting": "severity"}, "model": OWN}
    read = client.post(f"{PATH}/{judge['id']}/versions", json=newer).json()
    assert None is read["certificate"]


def test_without_a_model_the_judge_model_of_now_has_to_show_it(client, subject):
    """With kappa, its interval, the limit, and whether it has run out."""
    made(client)
    examined(subject, build("hallucination", {}).version, get_settings().judge, days=-1)
    (listed,) = client.get(PATH).json()["items"]
    told = listed["certificate"]

    assert None is listed["model"]
    assert (True, True, 0.4) == (told["admissible"], told["expired"], told["min_kappa"])
    assert {"value": 0.7, "interval": [0.5, 0.9], "n": 60} == told["kappa"]


def test_the_experiments_of_a_judge_are_counted(client, subject, worker):
    """Under any version, not those of another judge nor of its evaluator alone."""
    judge = made(client, evaluator="exact")
    made(client, "unused", evaluator="exact")
    newer = {"evaluator": "contains", "options": {"phrases": ["litres"]}}
    client.post(f"{PATH}/{judge['id']}/versions", json=newer)
    prompt = make_prompt(subject, examples=1)
    for evaluators in (["judge:faithful@1"], ["similarity", "judge:faithful"], ["exact"]):
        finished(client, started(client, prompt, evaluators=evaluators))

    assert {"faithful": 2, "unused": 0} == {
        item["name"]: item["experiments"] for item in client.get(PATH).json()["items"]
    }
