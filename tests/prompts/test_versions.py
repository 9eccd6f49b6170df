"""Versions over HTTP: saved once, numbered without gaps, found by name, tried out."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.prompts.conftest import PROMPTS, arm


def url_of(prompt) -> str:
    return f"{PROMPTS}/{prompt['id']}/versions"


def test_a_chat_version_keeps_what_was_sent(client, prompt):
    """Messages, model, parameters and schema come back; the variables were found in the text."""
    body = {
        "messages": [
            {
                "role": "system",
                "content": "Answer in {{ lang }}.{% if tone is defined %}!{% endif %}",
            },
            {"role": "user", "content": "{{ question }}"},
        ],
        "model": "openai:gpt-5-mini",
        "parameters": {"temperature": 0.2, "max_tokens": 400, "stop": ["\n"], "seed": None},
        "response_schema": {"type": "object", "properties": {"a": {"type": "string"}}},
        "variables": ["lang", {"name": "question", "required": True}, {"name": "tone"}],
        "message": "Now a chat.",
    }
    made = client.post(url_of(prompt), json=body)
    answer = made.json()

    assert 201 == made.status_code, made.text
    assert f"{url_of(prompt)}/{answer['id']}" == made.headers["location"]
    assert f'"{answer["content_hash"]}"' == made.headers["etag"]
    for key in ("messages", "model", "response_schema", "message"):
        assert body[key] == answer[key]
    assert {"temperature": 0.2, "max_tokens": 400, "stop": ["\n"]} == answer["parameters"]
    assert [
        {"name": "lang", "required": True},
        {"name": "question", "required": True},
        {"name": "tone", "required": False},
    ] == answer["variables"]
    assert (2, 1, None, False) == tuple(
        answer[key] for key in ("number", "parent_number", "template", "is_active")
    )
    assert answer == client.get(made.headers["location"]).json()


def test_the_simple_format_reads_names_in_braces(add_version):
    """`fstring` is chosen per version."""
    made = add_version("{question} {{literal}}", template_format="fstring")

    assert [{"name": "question", "required": True}] == made["variables"]


def test_identical_content_is_not_saved_twice(client, prompt, add_version):
    """The refusal names the version that says it already, also when it is not the latest."""
    first = add_version("Same", parameters={"temperature": 1}, message="one")
    add_version("Other")
    refused = client.post(
        url_of(prompt), json={"template": "Same", "parameters": {"temperature": 1.0}}
    )

    assert (409, "same_content") == (refused.status_code, refused.json()["code"])
    assert (first["id"], 2) == (refused.json()["version_id"], refused.json()["number"])
    assert 4 == add_version("Same", parameters={"temperature": 0.5})["number"]


def test_the_second_of_two_writers_hears_of_the_first(client, prompt, add_version):
    """Number or ETag of what the change was based on; stale ones are refused with the newest."""
    etag = client.get(f"{PROMPTS}/{prompt['id']}").json()["latest_version"]["content_hash"]
    saved = add_version("Two", parent_version=1)
    by_number = client.post(url_of(prompt), json={"template": "Three", "parent_version": 1})
    by_etag = client.post(
        url_of(prompt), json={"template": "Three"}, headers={"If-Match": f'"{etag}"'}
    )
    fresh = client.post(
        url_of(prompt),
        json={"template": "Three"},
        headers={"If-Match": f'"x", "{saved["content_hash"]}"'},
    )

    for refused in (by_number, by_etag):
        assert (412, 2, saved["id"]) == (
            refused.status_code,
            refused.json()["number"],
            refused.json()["version_id"],
        )
    assert (201, 3) == (fresh.status_code, fresh.json()["number"])


def test_eight_writers_at_once_get_eight_numbers(client, prompt):
    """Numbers have no gaps and no doubles, whoever comes first."""
    with ThreadPoolExecutor(8) as pool:
        answers = list(
            pool.map(lambda n: client.post(url_of(prompt), json={"template": f"T{n}"}), range(8))
        )

    assert list(range(2, 10)) == sorted(answer.json()["number"] for answer in answers)
    assert 9 == client.get(url_of(prompt)).json()["total"]


@pytest.mark.parametrize(
    ("body", "pointer", "line"),
    [
        ({}, "#/template", None),
        ({"template": "a", "messages": [{"role": "user", "content": "b"}]}, "#/template", None),
        ({"template": ""}, "#/template", None),
        ({"template": "a\nb\0"}, "#/template", 2),
        ({"template": "a" * 1_000_000}, "#/template", None),
        ({"template": "a\n{{ x"}, "#/template", 2),
        ({"template": "\n\n{% include 'x' %}"}, "#/template", 3),
        ({"template": "{a.b}", "template_format": "fstring"}, "#/template", 1),
        ({"template": "a", "template_format": "mustache"}, "#/template_format", None),
        ({"messages": []}, "#/messages", None),
        ({"messages": [{"role": "tool", "content": "a"}]}, "#/messages/0/role", None),
        (
            {"messages": [{"role": "user", "content": c} for c in ("a", "\n{% bad %}")]},
            "#/messages/1/content",
            2,
        ),
        (
            {"messages": [{"role": "user", "content": "a" * 40_000}] * 2},
            "#/messages",
            None,
        ),
        ({"template": "a", "model": "gpt-5"}, "#/model", None),
        ({"template": "a", "model": "nobody:gpt-5"}, "#/model", None),
        ({"template": "a", "parameters": {"temprature": 1}}, "#/parameters/temprature", None),
        ({"template": "a", "parameters": {"top_p": 2}}, "#/parameters/top_p", None),
        ({"template": "a", "response_schema": {"type": "objekt"}}, "#/response_schema/type", None),
        ({"template": "a", "response_schema": {"enum": ["a" * 40_000]}}, "#/response_schema", None),
        ({"template": "{{ a }}", "variables": ["b"]}, "#/variables", None),
        (
            {"template": "{{ a }}", "variables": [{"name": "a", "required": False}]},
            "#/variables",
            None,
        ),
        ({"template": "a", "message": "a\0"}, "#/message", None),
        ({"template": "a", "response_schema": {"a\0": 1}}, "#/response_schema", None),
        ({"template": "a", "parent_version": 2**40}, "#/parent_version", None),
        ({"template": "a", "tempalte": "b"}, "#/tempalte", None),
    ],
    ids=lambda value: str(value)[:60] if isinstance(value, dict) else "",
)
def test_what_cannot_be_a_version_is_refused_with_its_place(client, prompt, body, pointer, line):
    """Every mistake is told by a pointer into the body, in templates with the line."""
    refused = client.post(url_of(prompt), json=body)
    problem = refused.json()

    assert 422 == refused.status_code
    assert pointer in [error["pointer"] for error in problem["errors"]]
    assert line == problem.get("line")
    assert 1 == client.get(url_of(prompt)).json()["total"]


def test_half_a_character_and_nan_never_reach_the_database(client, prompt):
    """What JSON libraries let through and PostgreSQL refuses is a 422."""
    for body in (
        b'{"template": "\\ud800"}',
        b'{"template": "a", "response_schema": {"default": NaN}}',
        b'{"template": "a", "response_schema": {"default": [1e999]}}',
        b'{"template": "a", "parameters": {"temperature": Infinity}}',
    ):
        answer = client.post(
            url_of(prompt), content=body, headers={"content-type": "application/json"}
        )
        assert 422 == answer.status_code, body


def test_an_unknown_parameter_is_answered_with_the_nearest_name(client, prompt):
    """A typo costs one look, not a silent default."""
    refused = client.post(url_of(prompt), json={"template": "a", "parameters": {"temprature": 0.1}})

    assert "'temperature'" in refused.json()["errors"][0]["detail"]


def test_versions_are_listed_newest_first_in_pages(client, prompt, add_version):
    """Each with its labels and its newest score; pages follow each other without overlap."""
    for number in range(2, 6):
        add_version(f"T{number}")
    page = client.get(url_of(prompt), params={"limit": 2})
    numbers = [item["number"] for item in page.json()["items"]]
    while "next" in page.links:
        page = client.get(page.links["next"]["url"])
        numbers += [item["number"] for item in page.json()["items"]]

    assert [5, 4, 3, 2, 1] == numbers
    assert 5 == page.json()["total"]


def test_a_version_shows_the_newest_score_it_got(client, prompt, add_version, finished):
    """Its own, from the last experiment that judged it, with n and interval."""
    second = add_version("Two")
    old = finished(prompt["id"], [arm(1, avg_score=0.2), arm(2, avg_score=0.3)])
    new = finished(prompt["id"], [arm(1, avg_score=0.4), arm(2, avg_score=None)])
    finished(prompt["id"], [arm(1, avg_score=0.9)], status="cancelled")
    client.post(f"{url_of(prompt)}/{second['id']}/activate")
    two, one = client.get(url_of(prompt)).json()["items"]

    assert (0.3, str(old)) == (two["last_score"]["mean"], two["last_score"]["experiment_id"])
    assert (0.4, str(new), [0.7, 0.9], 40) == tuple(
        one["last_score"][key] for key in ("mean", "experiment_id", "interval", "n")
    )
    assert (["production"], True) == (two["labels"], two["is_active"])
    assert ([], False) == (one["labels"], one["is_active"])


def test_a_version_of_another_prompt_is_not_found(client, prompt):
    """A version is found under its own prompt only."""
    other = client.post(PROMPTS, json={"name": "other", "template": "x"}).json()
    mixed = f"{url_of(other)}/{prompt['latest_version']['id']}"

    assert 404 == client.get(mixed).status_code
    assert 404 == client.post(f"{mixed}/activate").status_code
    assert 404 == client.post(f"{mixed}/render", json={}).status_code
