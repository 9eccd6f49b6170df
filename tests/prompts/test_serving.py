"""Versions as clients use them: found by name, tried out with variables."""

import pytest

from tests.prompts.conftest import PROMPTS


def url_of(prompt) -> str:
    return f"{PROMPTS}/{prompt['id']}/versions"


@pytest.mark.parametrize(
    ("selector", "number"),
    [("latest", 2), ("2", 2), ("1", 1), ("production", 1), ("0001", 1)],
)
def test_a_client_gets_its_version_by_name(client, prompt, add_version, selector, number):
    """Label, number or latest; the answer may be kept for a minute and is cheap to ask again."""
    add_version("Two")
    first = client.get(url_of(prompt)).json()["items"][1]
    client.post(f"{url_of(prompt)}/{first['id']}/activate")
    url = f"{PROMPTS}/by-name/support/answer@{selector}"
    served = client.get(url)
    again = client.get(url, headers={"If-None-Match": f'W/{served.headers["etag"]}, "x"'})
    other = client.get(url, headers={"If-None-Match": '"x"'})

    assert (200, number, "support/answer") == (
        served.status_code,
        served.json()["number"],
        served.json()["name"],
    )
    assert f'"{served.json()["content_hash"]}"' == served.headers["etag"]
    assert "private, max-age=60" == served.headers["cache-control"]
    assert (304, b"", served.headers["etag"]) == (
        again.status_code,
        again.content,
        again.headers["etag"],
    )
    assert (200, served.json()) == (other.status_code, other.json())


@pytest.mark.parametrize(
    "place",
    [
        "support/answer@3",
        "support/answer@0",
        "support/answer@99999999999999999999",
        "support/answer@4294967297",
        "support/answer@staging",
        "support/answer@٣",
        "support/answer@a%00",
        "support@latest",
        "support/%00@latest",
        "@latest",
    ],
)
def test_what_no_name_and_selector_means_is_not_found(client, prompt, place):
    """Unknown, impossible and hostile are the same 404."""
    assert 404 == client.get(f"{PROMPTS}/by-name/{place}").status_code


def test_a_version_is_tried_out_without_a_model(client, prompt):
    """The messages as they would be sent, and as one text."""
    url = f"{url_of(prompt)}/{prompt['latest_version']['id']}/render"
    answer = client.post(url, json={"variables": {"question": "Why?", "tone": "dry"}})
    text = "Answer.\nQuestion: Why?\ndry"

    assert 200 == answer.status_code
    assert {"messages": [{"role": "user", "content": text}], "text": text} == answer.json()


def test_trying_out_names_what_does_not_fit(client, prompt, add_version):
    """Missing and unknown variables by pointer; a template that fails by its line."""
    url = f"{url_of(prompt)}/{prompt['latest_version']['id']}/render"
    wrong = client.post(url, json={"variables": {"qestion/~": 1}})
    divides = add_version("\n{{ 1 / n }}")
    failed = client.post(f"{url_of(prompt)}/{divides['id']}/render", json={"variables": {"n": 0}})

    assert 422 == wrong.status_code
    assert {("#/variables/question", "missing"), ("#/variables/qestion~1~0", "unknown")} == {
        (error["pointer"], error["code"]) for error in wrong.json()["errors"]
    }
    assert (422, "#/variables", 2) == (
        failed.status_code,
        failed.json()["errors"][0]["pointer"],
        failed.json()["line"],
    )
