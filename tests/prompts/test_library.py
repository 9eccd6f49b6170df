"""The library over HTTP: create, find, change, archive, erase."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select

from app.accounts.subject import Scope
from app.core.database import unit_of_work
from app.models import AuditEvent, LabelMove, PromptVersion
from tests.prompts.conftest import PROMPTS, arm
from tests.support.fixtures import make_key


def names(answer) -> list[str]:
    assert 200 == answer.status_code, answer.text
    return [item["name"] for item in answer.json()["items"]]


def create(client, name, **more):
    made = client.post(PROMPTS, json={"name": name, **more})
    assert 201 == made.status_code, made.text
    return made.json()


def tags_of_audit(subject) -> list[str]:
    with unit_of_work(subject.workspace_id) as session:
        return list(session.scalars(select(AuditEvent.tag).order_by(AuditEvent.number)))


def test_a_prompt_is_created_with_its_first_version(client, subject):
    """One call makes the prompt and version 1, says where it is, and leaves a trace."""
    made = client.post(
        PROMPTS,
        json={
            "name": "a/b.c-d_1",
            "description": "What it is for",
            "tags": ["x", "y", "x"],
            "template": "Say {{ word }}",
        },
    )
    body = made.json()

    assert 201 == made.status_code
    assert f"/api/v1/prompts/{body['id']}" == made.headers["location"]
    assert '"1"' == made.headers["etag"]
    assert ["x", "y"] == body["tags"]
    assert 1 == body["latest_version"]["number"]
    assert (0, None, []) == (body["golden_count"], body["last_score"], body["labels"])
    assert ["prompt:prompt:create", "prompt:version:create"] == tags_of_audit(subject)[-2:]
    assert body == client.get(made.headers["location"]).json()


def test_a_prompt_may_be_empty_at_first(client):
    """Without a template there is no version, and everything else works."""
    body = create(client, "draft")

    assert body["latest_version"] is None
    assert 0 == client.get(f"{PROMPTS}/{body['id']}/versions").json()["total"]


def test_a_model_without_a_text_is_a_mistake(client):
    """What would be a version without its text is refused, and no prompt is left behind."""
    refused = client.post(PROMPTS, json={"name": "half", "model": "openai:gpt-5-mini"})

    assert 422 == refused.status_code
    assert "#/template" == refused.json()["errors"][0]["pointer"]
    assert [] == names(client.get(PROMPTS))


@pytest.mark.parametrize(
    "name", ["", "A", "a//b", "/a", "a/", "a b", "-a", "a/.b", "é", "a\n", "a\0", "a" * 201]
)
def test_names_are_paths(client, name):
    """Only lower-case paths are names: they stand in URLs, files and commands."""
    refused = client.post(PROMPTS, json={"name": name})

    assert 422 == refused.status_code
    assert "#/name" == refused.json()["errors"][0]["pointer"]


def test_a_name_is_given_once(client, prompt, stranger):
    """A second prompt of that name is refused in this workspace and welcome in another."""
    refused = client.post(PROMPTS, json={"name": "support/answer"})

    assert 409 == refused.status_code
    assert prompt["id"] == refused.json()["prompt_id"]
    assert "support/answer" in refused.json()["detail"]
    assert 201 == stranger.post(PROMPTS, json={"name": "support/answer"}).status_code


def test_ten_at_once_get_one_name_once(client):
    """Names and former names are two tables; no race gives one name out twice."""
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: client.post(PROMPTS, json={"name": "race"}), range(8)))

    assert [201] + [409] * 7 == sorted(answer.status_code for answer in answers)


def test_a_renamed_prompt_answers_to_both_names(client, prompt):
    """Rename keeps the alias, the alias is taken, and the way back is free."""
    url = f"{PROMPTS}/{prompt['id']}"
    renamed = client.patch(url, json={"name": "support/reply"})

    assert 200 == renamed.status_code
    assert ("support/reply", ["support/answer"]) == (
        renamed.json()["name"],
        renamed.json()["aliases"],
    )
    for name in ("support/answer", "support/reply"):
        served = client.get(f"{PROMPTS}/by-name/{name}@latest")
        assert (200, "support/reply") == (served.status_code, served.json()["name"])
    assert 409 == client.post(PROMPTS, json={"name": "support/answer"}).status_code
    back = client.patch(url, json={"name": "support/answer"})
    assert ["support/reply"] == back.json()["aliases"]
    assert (
        409
        == client.patch(
            f"{PROMPTS}/{create(client, 'other')['id']}", json={"name": "support/reply"}
        ).status_code
    )


def test_a_change_that_saw_an_old_revision_is_refused(client, prompt, subject):
    """If-Match protects the second writer; without it the last one wins."""
    url = f"{PROMPTS}/{prompt['id']}"
    etag = client.get(url).headers["etag"]
    first = client.patch(url, json={"description": "One"}, headers={"If-Match": etag})
    second = client.patch(url, json={"description": "Two"}, headers={"If-Match": etag})
    third = client.patch(url, json={"tags": ["z"]}, headers={"If-Match": "*"})

    assert (200, '"2"') == (first.status_code, first.headers["etag"])
    assert (412, "out_of_date") == (second.status_code, second.json()["code"])
    assert ("One", ["z"], 3) == tuple(third.json()[k] for k in ("description", "tags", "revision"))
    assert ["prompt:prompt:change"] * 2 == tags_of_audit(subject)[-2:]


def test_a_change_that_changes_nothing_is_none(client, prompt):
    """The revision counts changes, not requests."""
    url = f"{PROMPTS}/{prompt['id']}"
    body = {"name": prompt["name"], "tags": prompt["tags"], "archived": False}

    assert 1 == client.patch(url, json=body).json()["revision"]
    assert 1 == client.patch(url, json={}).json()["revision"]


@pytest.mark.parametrize("body", [{"name": None}, {"tags": None}, {"archived": None}, {"nme": "x"}])
def test_a_change_says_what_it_does_not_know(client, prompt, body):
    """Null is no name, and a typo is not ignored."""
    refused = client.patch(f"{PROMPTS}/{prompt['id']}", json=body)

    assert 422 == refused.status_code
    assert f"#/{next(iter(body))}" == refused.json()["errors"][0]["pointer"]


def test_an_archived_prompt_is_out_of_the_way_and_frozen(client, prompt, subject):
    """Delete archives: not listed, no new versions, still served, and it can come back."""
    url = f"{PROMPTS}/{prompt['id']}"

    assert 204 == client.delete(url).status_code
    assert 204 == client.delete(url).status_code
    assert "prompt:prompt:archive" == tags_of_audit(subject)[-1]
    assert client.get(url).json()["archived_at"] is not None
    assert [] == names(client.get(PROMPTS))
    assert ["support/answer"] == names(client.get(PROMPTS, params={"archived": True}))
    assert 200 == client.get(f"{PROMPTS}/by-name/support/answer@latest").status_code
    refused = client.post(f"{url}/versions", json={"template": "New"})
    assert (409, "prompt_archived") == (refused.status_code, refused.json()["code"])
    assert client.patch(url, json={"archived": False}).json()["archived_at"] is None
    assert 201 == client.post(f"{url}/versions", json={"template": "New"}).status_code


def test_only_an_admin_erases(client, client_of, subject, prompt, finished):
    """Erasing removes every row and frees the name; a key without the scope is refused."""
    url = f"{PROMPTS}/{prompt['id']}"
    client.patch(url, json={"name": "renamed"})
    client.post(f"{url}/golden-examples", json={"input_data": {"question": "Why?"}})
    version = client.get(f"{url}/versions").json()["items"][0]
    client.post(f"{url}/versions/{version['id']}/activate")
    finished(prompt["id"], [arm(1)])
    editor = client_of(make_key(subject, frozenset({Scope.read, Scope.write})))
    refused = editor.delete(url, params={"erase": True})
    erased = client.delete(url, params={"erase": True})

    assert (403, 204) == (refused.status_code, erased.status_code)
    assert 404 == client.get(url).status_code
    assert "prompt:prompt:erase" == tags_of_audit(subject)[-1]
    with unit_of_work(subject.workspace_id) as session:
        assert [] == session.scalars(select(PromptVersion.id)).all()
        assert [] == session.scalars(select(LabelMove.id)).all()
    assert 404 == client.get(f"{PROMPTS}/by-name/support/answer@1").status_code
    create(client, "support/answer")
