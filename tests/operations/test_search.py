"""One box that finds anything, best matches first, with the dashboard's path to it."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import insert

from app.core.clock import new_id
from app.core.database import unit_of_work
from app.models import Prompt
from tests.contracts.furnished import jobs_kept
from tests.support.prompts import GROUNDED, make_prompt

FOLDER = "zebra"


def search(client, q: str, **query) -> list[dict]:
    answer = client.get("/api/v1/search", params={"q": q, **query})
    assert 200 == answer.status_code, answer.text
    return answer.json()["items"]


def found(client, q: str, **query) -> list[tuple[str, str]]:
    return [(hit["kind"], hit["title"]) for hit in search(client, q, **query)]


def prompt(client, name: str, **more) -> dict:
    answer = client.post("/api/v1/prompts", json={"name": name, **more})
    assert 201 == answer.status_code, answer.text
    return answer.json()


def test_exact_names_come_first(client):
    """Then those that begin so, then parts of a path that do, then the rest, then descriptions."""
    prompt(client, "aaa", description="About refunds.")
    for name in ("a/norefund", "my/refund-late", "refund/first", "refund"):
        prompt(client, name)

    assert ["refund", "refund/first", "my/refund-late", "a/norefund", "aaa"] == [
        title for kind, title in found(client, "Refund") if kind == "prompt"
    ]


@pytest.mark.parametrize(("q", "hits"), [("50%", 1), ("5_%", 0), ("%", 1), ("_", 0), ("\\", 1)])
def test_wildcards_are_letters(client, q, hits):
    """What ILIKE would read as a pattern is looked for as it is."""
    prompt(client, "plain", description="50% off, 50 all in all")
    prompt(client, "slash", description="a\\b")

    assert hits == len(search(client, q))


def test_a_prompt_by_its_tags_and_its_former_name(client):
    """Both lead to the name of now; an archived prompt is not found."""
    made = prompt(client, "old/walrus", tags=["tusked"])
    client.patch(f"/api/v1/prompts/{made['id']}", json={"name": "new/seal"})

    assert [("prompt", "new/seal")] == found(client, "walrus") == found(client, "tusk")
    assert "/prompts/new/seal" == search(client, "walrus")[0]["url"]
    client.delete(f"/api/v1/prompts/{made['id']}")
    assert [] == search(client, "seal") + search(client, "walrus")


def test_versions_by_message_and_by_text(client):
    """Messages before texts; a chat's roles are no text."""
    made = prompt(client, "v/one", template="Say otter.", message="first")
    versions = f"/api/v1/prompts/{made['id']}/versions"
    turns = [{"role": "user", "content": "A badger?"}]
    client.post(versions, json={"messages": turns, "message": "no more otter"})
    hits = search(client, "otter")

    assert [("version", "v/one v2"), ("version", "v/one v1")] == found(client, "otter")
    assert ["no more otter", "Say otter."] == [hit["detail"] for hit in hits]
    assert "/prompts/v/one?v=2" == hits[0]["url"]
    assert [("version", "v/one v2")] == found(client, "badger")
    assert [] == found(client, "content")


def test_experiments_by_name_and_by_the_start_of_their_id(client, subject):
    """Four characters of an id are enough; the id's own experiment comes first."""
    made = make_prompt(subject)
    asked = {"prompt_id": str(made.prompt_id), "evaluators": ["exact"]}
    with jobs_kept():
        ids = [
            client.post("/api/v1/experiments/run", json={**asked, "experiment_name": name}).json()[
                "experiment_id"
            ]
            for name in ("capybara one", "capybara two")
        ]
    hits = search(client, "Capybara")

    assert ["capybara two", "capybara one"] == [hit["title"] for hit in hits]
    assert f"{made.name} · pending" == hits[0]["detail"]
    assert f"/experiments/{ids[1]}" == hits[0]["url"]
    assert [ids[0]] == [hit["id"] for hit in search(client, ids[0])]
    assert set(ids) <= {hit["id"] for hit in search(client, ids[0][:8].upper())}
    assert [] == search(client, ids[0][:3])


def test_judges_gates_and_examples(client, subject):
    """Each with its path; what is archived is not found."""
    made = make_prompt(subject, inputs={"animal": "An axolotl, of course"})
    judge = client.post(
        "/api/v1/judges", json={"name": "axolotl-judge", "evaluator": "exact"}
    ).json()
    gate = client.post(
        "/api/v1/gates",
        json={"prompt_id": str(made.prompt_id), "name": "axolotl-gate", "label": "production"},
    ).json()
    hits = search(client, "axolotl")

    assert ["judge", "gate", *["example"] * 4] == [hit["kind"] for hit in hits]
    assert [f"/evaluations/judges/{judge['id']}", "/settings/gates"] == [
        hit["url"] for hit in hits[:2]
    ]
    assert f"{made.name} · protects production" == hits[1]["detail"]
    assert f"/prompts/{made.name}?tab=golden&example={hits[2]['id']}" == hits[2]["url"]
    client.delete(f"/api/v1/judges/{judge['id']}")
    client.delete(f"/api/v1/gates/{gate['id']}")
    assert {"example"} == {hit["kind"] for hit in search(client, "axolotl")}


def test_names_of_inputs_are_no_text(client, subject):
    """Values are looked at, keys are not."""
    make_prompt(subject, templates=["{{ question }}"], inputs={"platypus": 1})

    assert [] == search(client, "platypus")


def test_no_kind_hides_the_others(client, subject):
    """Twenty prompts of a folder leave room for what else is called so."""
    for number in range(20):
        prompt(client, f"{FOLDER}/p{number:02}")
    client.post("/api/v1/judges", json={"name": FOLDER, "evaluator": "exact"})

    assert [("prompt", f"{FOLDER}/p00"), ("judge", FOLDER)] == [
        found(client, FOLDER)[at] for at in (0, -1)
    ]
    assert 3 == len(search(client, FOLDER, limit=3))


def test_nothing_is_asked_for_a_blank(client):
    """Spaces are no question; an empty one is refused."""
    assert [] == search(client, "   ")
    assert 422 == client.get("/api/v1/search", params={"q": ""}).status_code


def test_long_texts_are_cut(client):
    """A title is a line."""
    prompt(client, "long", template="wombat " * 100)
    (hit,) = search(client, "wombat")

    assert 160 == len(hit["detail"])
    assert hit["detail"].endswith("…")


def test_one_statement_for_each_kind(client, subject, queries):
    """However much there is to find."""
    make_prompt(subject, templates=(GROUNDED,))
    with queries.counted() as statements:
        search(client, "question")
    selects = [text for text in statements if "ILIKE" in text]

    assert 6 == len(selects)


def test_a_stranger_finds_nothing_of_ours(client, stranger, subject):
    """By no name, text or id."""
    made = make_prompt(subject)
    prompt(client, "secret/numbat", template="numbat")

    assert [] == search(stranger, "numbat") + search(stranger, str(made.prompt_id))
    assert [] == search(stranger, "kettle")


def test_a_thousand_prompts_and_many_who_ask(client, subject):
    """The answers are the same, however many ask at once."""
    rows = [
        {"id": new_id(), "name": f"many/p{number:04}", "created_by": "test"}
        for number in range(1_000)
    ]
    with unit_of_work(subject.workspace_id) as session:
        session.execute(insert(Prompt), rows)
    with ThreadPoolExecutor(4) as threads:
        answers = list(threads.map(lambda _: found(client, "many/p0999"), range(4)))

    assert [[("prompt", "many/p0999")]] * 4 == answers
