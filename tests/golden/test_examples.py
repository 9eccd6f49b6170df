"""Golden examples over HTTP, one by one."""

import pytest
from sqlalchemy import select

from app.core.database import unit_of_work
from app.models import AuditEvent
from tests.golden.conftest import PROMPTS


def audit_of(subject):
    with unit_of_work(subject.workspace_id) as session:
        return list(session.scalars(select(AuditEvent).order_by(AuditEvent.number)))


def test_an_example_keeps_all_it_is_given(client, examples, subject):
    """Every field comes back as sent, whatever JSON an input is."""
    body = {
        "input_data": {"question": {"text": "Why?", "n": [1, 2.5, None, True]}, "lang": None},
        "expected_output": "Because.",
        "context": "=SUM(A1)",
        "criteria": "Names the reason",
        "tags": ["b", "a", "b"],
        "split": "train",
        "weight": 2.5,
        "critical": True,
        "source": "chat:42",
    }
    made = client.post(examples, json=body)
    answer = made.json()

    assert 201 == made.status_code, made.text
    assert {**body, "tags": ["b", "a"]} == {key: answer[key] for key in body}
    assert '"1"' == made.headers["etag"]
    assert answer == client.get(made.headers["location"]).json()
    event = audit_of(subject)[-1]
    assert "golden:example:create" == event.tag
    assert "Because." not in str(event.after)


def test_what_is_left_out_has_a_plain_default(add):
    """One input is enough."""
    made = add()

    assert ("test", 1.0, False, [], None) == tuple(
        made[key] for key in ("split", "weight", "critical", "tags", "expected_output")
    )


@pytest.mark.parametrize(
    ("body", "pointers"),
    [
        ({}, {"#/input_data"}),
        ({"input_data": {}}, {"#/input_data/question"}),
        ({"input_data": {"qestion": 1}}, {"#/input_data/question", "#/input_data/qestion"}),
        ({"input_data": {"question": "a\0"}}, {"#/input_data"}),
        ({"input_data": {"question": 1}, "weight": 0}, {"#/weight"}),
        ({"input_data": {"question": 1}, "weight": 1_000.5}, {"#/weight"}),
        ({"input_data": {"question": 1}, "weight": "2"}, {"#/weight"}),
        ({"input_data": {"question": 1}, "critical": 1}, {"#/critical"}),
        ({"input_data": {"question": 1}, "split": ""}, {"#/split"}),
        ({"input_data": {"question": 1}, "tags": ["a" * 65]}, {"#/tags/0"}),
        ({"input_data": {"question": 1}, "context": "a" * 100_001}, {"#/context"}),
        ({"input_data": {"question": 1}, "expected": "x"}, {"#/expected"}),
    ],
    ids=lambda value: str(value) if isinstance(value, dict) else "",  # a set has no order
)
def test_what_cannot_be_an_example_is_refused_by_name(client, examples, body, pointers):
    """Missing and unknown inputs are named, and every bound tells its field."""
    refused = client.post(examples, json=body)

    assert 422 == refused.status_code
    assert pointers == {error["pointer"] for error in refused.json()["errors"]}


@pytest.mark.parametrize("number", ["NaN", "Infinity", "1e999", "[-1e999]"])
def test_numbers_that_json_does_not_have_are_refused(client, examples, number):
    """They are 422 at the edge, not an error of the database."""
    for body in (
        f'{{"input_data": {{"question": {number}}}}}',
        f'{{"input_data": {{"question": 1}}, "weight": {number}}}',
    ):
        answer = client.post(
            examples, content=body.encode(), headers={"content-type": "application/json"}
        )
        assert 422 == answer.status_code


def test_a_prompt_without_a_version_takes_any_input(client):
    """Examples may be collected first; keys that cannot be stored are refused all the same."""
    made = client.post(PROMPTS, json={"name": "later"}).json()
    url = f"{PROMPTS}/{made['id']}/golden-examples"

    assert 201 == client.post(url, json={"input_data": {"any": 1}}).status_code
    assert 422 == client.post(url, json={"input_data": {"a\0": 1}}).status_code


def test_inputs_are_those_of_the_newest_version(client, prompt, examples, add):
    """A new version that reads more asks for more; what is there stays readable."""
    old = add()
    client.post(f"{PROMPTS}/{prompt['id']}/versions", json={"template": "{{ question }}{{ who }}"})

    assert 422 == client.post(examples, json={"input_data": {"question": 1}}).status_code
    assert 201 == client.post(examples, json={"input_data": {"question": 1, "who": 2}}).status_code
    assert 200 == client.get(f"{examples}/{old['id']}").status_code
    assert 200 == client.patch(f"{examples}/{old['id']}", json={"critical": True}).status_code


def test_a_change_changes_what_is_sent(client, examples, add, subject):
    """The rest stays; null empties a text; the revision guards the second writer."""
    made = add(expected_output="Old", tags=["a"], weight=2)
    url = f"{examples}/{made['id']}"
    first = client.patch(
        url, json={"expected_output": None, "critical": True}, headers={"If-Match": '"1"'}
    )
    second = client.patch(url, json={"weight": 3}, headers={"If-Match": '"1"'})
    same = client.patch(url, json={"critical": True, "tags": ["a"]})

    assert (200, '"2"') == (first.status_code, first.headers["etag"])
    assert (None, True, ["a"], 2.0) == tuple(
        first.json()[key] for key in ("expected_output", "critical", "tags", "weight")
    )
    assert (412, "out_of_date") == (second.status_code, second.json()["code"])
    assert 2 == same.json()["revision"]
    event = audit_of(subject)[-1]
    assert ({"critical": False}, True) == (event.before, event.after["critical"])


@pytest.mark.parametrize(
    "body", [{"split": None}, {"weight": None}, {"tags": None}, {"input_data": {"x": 1}}, {"a": 1}]
)
def test_a_change_is_checked_like_a_new_example(client, examples, add, body):
    """Null is no split, unknown inputs are named."""
    url = f"{examples}/{add()['id']}"

    assert 422 == client.patch(url, json=body).status_code
    assert 1 == client.get(url).json()["revision"]


def test_a_removed_example_is_gone(client, examples, add, subject):
    """For good, with a trace of who did it."""
    url = f"{examples}/{add()['id']}"

    assert (204, 404, 404) == (
        client.delete(url).status_code,
        client.get(url).status_code,
        client.delete(url).status_code,
    )
    assert "golden:example:delete" == audit_of(subject)[-1].tag


def test_an_example_is_found_under_its_own_prompt_only(client, add):
    """Another prompt of the same workspace does not have it."""
    made = add()
    other = client.post(PROMPTS, json={"name": "other"}).json()

    assert 404 == client.get(f"{PROMPTS}/{other['id']}/golden-examples/{made['id']}").status_code


def test_filters_find_and_leave_out(client, examples, add):
    """By all tags, split, critical, and text in inputs, nested ones and answers."""
    add({"deep": ["Zebra"]}, tags=["a", "b"])
    add("Tiger 100%", tags=["a"], split="train", critical=True)
    add("Lion", expected_output='says "roar"', context="Savanna", criteria="loud")

    def found(**params):
        answer = client.get(examples, params=params)
        assert 200 == answer.status_code, answer.text
        assert len(answer.json()["items"]) == answer.json()["total"]
        return [item["input_data"]["question"] for item in answer.json()["items"]]

    assert [{"deep": ["Zebra"]}, "Tiger 100%", "Lion"] == found()
    assert ["Lion", "Tiger 100%", {"deep": ["Zebra"]}] == found(sort="-created_at")
    assert [{"deep": ["Zebra"]}, "Tiger 100%"] == found(tags="a")
    assert [{"deep": ["Zebra"]}] == found(tags=["b", "a"])
    assert ["Tiger 100%"] == found(split="train")
    assert ["Tiger 100%"] == found(critical=True)
    assert [{"deep": ["Zebra"]}, "Lion"] == found(critical=False)
    assert [{"deep": ["Zebra"]}] == found(q="zebra")
    assert ["Tiger 100%"] == found(q="0%")
    for text in ('"roar"', "savanna", "LOUD"):
        assert ["Lion"] == found(q=text)
    assert [] == found(q="question")
    assert [] == found(lacks="question")
    assert 3 == len(found(lacks="lang"))


def test_facets_count_all_examples(client, prompt, examples, add):
    """Tags and splits in use, and what the newest version lacks; empty is as good as missing."""
    add(tags=["b", "a"], split="train", critical=True)
    add(tags=["a"])
    add("")
    version = {"template": "{{ question }}{{ tone }}{{ lang|default('en') }}"}
    url = f"{PROMPTS}/{prompt['id']}/versions"
    assert 201 == client.post(url, json=version).status_code
    whole = {"question": "Why?", "tone": "kind", "lang": "de"}
    assert 201 == client.post(examples, json={"input_data": whole}).status_code
    told = client.get(f"{examples}/facets").json()

    assert (4, 1, 2) == (told["total"], told["critical"], told["version_number"])
    assert [{"name": "a", "count": 2}, {"name": "b", "count": 1}] == told["tags"]
    assert [{"name": "test", "count": 3}, {"name": "train", "count": 1}] == told["splits"]
    assert {"question": True, "tone": True, "lang": False} == {
        variable["name"]: variable["required"] for variable in told["variables"]
    }
    lacking = {lack["variable"]: lack["count"] for lack in told["lacking"]}
    assert {"question": 1, "tone": 3, "lang": 3} == lacking
    for variable, count in lacking.items():
        assert count == client.get(examples, params={"lacks": variable}).json()["total"]
    exported = client.get(f"{examples}/export", params={"lacks": "question"})
    assert 1 == len(exported.text.splitlines())


def test_a_prompt_without_a_version_has_facets_without_variables(client, stranger):
    """Nothing can lack what nothing asks for; another workspace finds no such prompt."""
    prompt = client.post(PROMPTS, json={"name": "empty"}).json()
    url = f"{PROMPTS}/{prompt['id']}/golden-examples/facets"
    nothing = {
        "total": 0,
        "critical": 0,
        "tags": [],
        "splits": [],
        "version_number": None,
        "variables": [],
        "lacking": [],
    }

    assert nothing == client.get(url).json()
    assert 404 == stranger.get(url).status_code


@pytest.mark.parametrize("sort", ["created_at", "-created_at"])
def test_pages_are_a_partition(client, examples, add, sort):
    """Page by page gives every example once, in order."""
    made = [add(number)["id"] for number in range(5)]
    page = client.get(examples, params={"sort": sort, "limit": 2})
    walked = [item["id"] for item in page.json()["items"]]
    while "next" in page.links:
        page = client.get(page.links["next"]["url"])
        walked += [item["id"] for item in page.json()["items"]]

    assert (made if sort == "created_at" else made[::-1]) == walked
    assert 5 == page.json()["total"]
