"""The list of prompts: filters, orders, pages, and what each prompt's card says."""

import pytest

from app.core.database import unit_of_work
from app.models import Prompt
from tests.prompts.conftest import PROMPTS, arm


def names(answer) -> list[str]:
    assert 200 == answer.status_code, answer.text
    return [item["name"] for item in answer.json()["items"]]


def create(client, name, **more) -> None:
    made = client.post(PROMPTS, json={"name": name, **more})
    assert 201 == made.status_code, made.text


def test_filters_find_and_leave_out(client):
    """Search covers name, description, tags and the newest text; signs of LIKE are plain signs."""
    create(client, "a/one", tags=["red", "blue"], description="50% off", template="Hi {{ x }}")
    create(client, "a/two", tags=["red"], messages=[{"role": "user", "content": 'Say "Zebra"'}])
    create(client, "b/three", description="nothing")

    def found(**params):
        return names(client.get(PROMPTS, params=params))

    assert ["a/one", "a/two", "b/three"] == found()
    assert ["a/one", "a/two"] == found(tag="red")
    assert ["a/one"] == found(tag=["red", "blue"])
    assert ["a/one"] == found(q="0% O")
    assert ["a/two"] == found(q='"zebra')
    assert ["a/one"] == found(q="{{ x")
    assert ["a/one"] == found(q="lue")
    assert ["b/three"] == found(q="THREE")
    assert [] == found(q="_")
    assert [] == found(label="production")


def test_prompts_are_found_by_their_label(client, prompt):
    """`label=production` lists what is served."""
    version = client.get(f"{PROMPTS}/{prompt['id']}/versions").json()["items"][0]
    client.post(f"{PROMPTS}/{prompt['id']}/versions/{version['id']}/activate")
    create(client, "other", template="Other")
    listed = client.get(PROMPTS, params={"label": "production"})

    assert ["support/answer"] == names(listed)
    label = listed.json()["items"][0]["labels"][0]
    assert ("production", version["id"], 1) == (
        label["name"],
        label["version_id"],
        label["version_number"],
    )


@pytest.mark.parametrize(
    "sort", ["name", "-name", "created_at", "-created_at", "updated_at", "-updated_at"]
)
def test_pages_are_a_partition(client, sort):
    """Page by page gives the same list as one page, in every order, and links to the next."""
    for name in "cadbe":
        create(client, name)
    whole = names(client.get(PROMPTS, params={"sort": sort}))
    page = client.get(PROMPTS, params={"sort": sort, "limit": 2})
    walked = names(page)
    while "next" in page.links:
        page = client.get(page.links["next"]["url"])
        walked += names(page)

    assert whole == walked
    assert (5, None) == (page.json()["total"], page.json()["next_cursor"])
    expected = {"name": "abcde", "-name": "edcba", "created_at": "cadbe"}
    assert list(expected.get(sort, whole)) == whole


def test_a_cursor_is_good_for_its_own_list_only(client, prompt):
    """Another order's cursor, or an invented one, is refused and never read as a place."""
    create(client, "z")
    cursor = client.get(PROMPTS, params={"limit": 1}).json()["next_cursor"]

    for params in ({"sort": "-name", "cursor": cursor}, {"cursor": "e30"}, {"cursor": "ä\0"}):
        assert 400 == client.get(PROMPTS, params=params).status_code
    versions = client.get(f"{PROMPTS}/{prompt['id']}/versions", params={"cursor": cursor})
    assert 400 == versions.status_code


def test_a_page_costs_the_same_for_one_prompt_and_for_a_thousand(client, queries, subject):
    """The library is read in a constant number of statements."""
    create(client, "p0", template="T")
    with queries.counted() as statements:
        client.get(PROMPTS, params={"limit": 1000})
        one = len(statements)
    with unit_of_work(subject.workspace_id) as session:
        session.add_all(
            Prompt(name=f"q{number}", created_by="test", latest_number=0) for number in range(999)
        )
    with queries.counted() as statements:
        answer = client.get(PROMPTS, params={"limit": 1000})
        thousand = len(statements)

    assert 1000 == len(answer.json()["items"])
    assert one == thousand


def test_the_last_score_is_the_newest_finished_experiment_s(client, prompt, finished):
    """Of its newest version, with interval and n; running ones and unjudged ones say nothing."""
    finished(prompt["id"], [arm(1, avg_score=0.1)])
    newest = finished(prompt["id"], [arm(1, avg_score=0.5), arm(2, avg_score=0.75, n=12)])
    finished(prompt["id"], None, status="running", finished_at=None)
    score = client.get(f"{PROMPTS}/{prompt['id']}").json()["last_score"]
    listed = client.get(PROMPTS).json()["items"][0]["last_score"]

    assert score == listed
    assert {
        "experiment_id": str(newest),
        "version_number": 2,
        "mean": 0.75,
        "interval": [0.7, 0.9],
        "n": 12,
    } == {key: value for key, value in score.items() if key != "finished_at"}
    finished(prompt["id"], [arm(1, avg_score=None, score_interval=None, n=0)])
    assert client.get(f"{PROMPTS}/{prompt['id']}").json()["last_score"] is None


def test_examples_are_counted(client, prompt):
    """The card says how many golden examples stand behind the prompt."""
    url = f"{PROMPTS}/{prompt['id']}"
    for question in ("Why?", "How?"):
        client.post(f"{url}/golden-examples", json={"input_data": {"question": question}})

    assert 2 == client.get(url).json()["golden_count"]
