"""What comes from fuzzers and typing errors: a 4xx with a reason, never a 5xx."""

import pytest

from tests.prompts.conftest import PROMPTS

HUGE = "9" * 30
BAD_QUERIES = [
    {"limit": "0"},
    {"limit": "1001"},
    {"limit": HUGE},
    {"limit": "x"},
    {"cursor": "\0"},
    {"cursor": "x" * 5_000},
    {"cursor": "null"},
    {"q": "a\0"},
    {"q": "a" * 201},
    {"tag": "a\0"},
    {"tag": ""},
    {"tag": ["a"] * 21},
    {"label": "A"},
    {"label": "a\0"},
    {"sort": "password"},
    {"archived": "maybe"},
]


@pytest.mark.parametrize("params", BAD_QUERIES, ids=str)
def test_a_bad_query_of_the_library_says_so(client, prompt, params):
    """Every filter has bounds, and a value outside them is named."""
    answer = client.get(PROMPTS, params=params)

    assert answer.status_code in {400, 422}
    assert "application/problem+json" == answer.headers["content-type"]


@pytest.mark.parametrize("path", ["versions", "golden-examples", "labels/production/history"])
@pytest.mark.parametrize("params", [{"limit": HUGE}, {"limit": "201"}, {"cursor": "\0"}], ids=str)
def test_a_bad_query_of_a_list_says_so(client, prompt, path, params):
    """The lists inside a prompt have the same bounds."""
    answer = client.get(f"{PROMPTS}/{prompt['id']}/{path}", params=params)

    assert answer.status_code in {400, 422}


@pytest.mark.parametrize("value", ["", "*", "W/", '"', '"1", W/"2"', "\xff", "x" * 900])
def test_strange_entity_tags_are_no_match_or_a_star(client, prompt, value):
    """If-Match is compared, not parsed into anything that could break."""
    answer = client.patch(
        f"{PROMPTS}/{prompt['id']}",
        json={"description": "x"},
        headers={"If-Match": value.encode("latin-1")},
    )

    assert answer.status_code == (200 if value in {"*", '"1", W/"2"'} else 412)


@pytest.mark.parametrize("path", ["x", "x/versions", HUGE, "%00", "diff/versions"])
def test_ids_are_uuids(client, path):
    """What is no id is a 422, also where the path looks like another endpoint."""
    assert 422 == client.get(f"{PROMPTS}/{path}").status_code


def test_a_body_that_is_no_object_is_refused(client, prompt):
    """Lists, numbers, nesting without end and bytes that are no JSON."""
    for body in (b"[]", b"1", b"{", b"\xff", b'{"template":' + b"[" * 50_000):
        for url in (PROMPTS, f"{PROMPTS}/{prompt['id']}/versions"):
            answer = client.post(url, content=body, headers={"content-type": "application/json"})
            assert answer.status_code in {400, 422}, body[:20]


def test_deep_and_long_json_is_refused_before_it_is_walked(client, prompt):
    """A schema may be nested as deep as a person would read, and as long."""
    deep: dict = {}
    for _ in range(70):
        deep = {"properties": {"a": deep}}
    answer = client.post(
        f"{PROMPTS}/{prompt['id']}/versions", json={"template": "x", "response_schema": deep}
    )

    assert 422 == answer.status_code
