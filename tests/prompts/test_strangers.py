"""Who may do what: another workspace's admin finds nothing, a reader changes nothing."""

import pytest

from app.accounts.subject import Scope
from tests.prompts.conftest import PROMPTS
from tests.support.fixtures import make_key

VERSION = {"template": "New"}
EXAMPLE = {"input_data": {"question": "Why?"}}
CSV = {"file": ("a.csv", b"question\nWhy?\n")}

READS = [
    ("GET", "", {}),
    ("GET", "/versions", {}),
    ("GET", "/versions/{version}", {}),
    ("GET", "/labels", {}),
    ("GET", "/labels/production/history", {}),
    ("GET", "/golden-examples", {}),
    ("GET", "/golden-examples/{example}", {}),
    ("GET", "/golden-examples/export", {}),
    ("POST", "/versions/{version}/render", {"json": {"variables": {"question": "Why?"}}}),
]
WRITES = [
    ("PATCH", "", {"json": {"name": "mine"}}),
    ("POST", "/versions", {"json": VERSION}),
    ("POST", "/versions/{version}/activate", {}),
    ("POST", "/golden-examples", {"json": EXAMPLE}),
    ("POST", "/golden-examples/import", {"files": CSV}),
    ("PATCH", "/golden-examples/{example}", {"json": {"critical": True}}),
    ("DELETE", "/golden-examples/{example}", {}),
    ("DELETE", "", {"params": {"erase": True}}),
    ("DELETE", "", {}),
]


@pytest.fixture
def places(client, prompt):
    """How the paths above are filled in."""
    example = client.post(f"{PROMPTS}/{prompt['id']}/golden-examples", json=EXAMPLE).json()
    return {"version": prompt["latest_version"]["id"], "example": example["id"]}


@pytest.mark.parametrize(("method", "path", "content"), READS + WRITES)
def test_another_workspace_s_prompt_is_not_there(
    client, stranger, client_of, prompt, places, method, path, content
):
    """The same request: 404 for a stranger, 401 for nobody, and 2xx for the owner."""
    url = f"{PROMPTS}/{prompt['id']}{path.format(**places)}"
    strange = stranger.request(method, url, **content)
    unknown = client_of(None).request(method, url, **content)
    own = client.request(method, url, **content)

    assert (404, 401) == (strange.status_code, unknown.status_code)
    assert own.status_code in {200, 201, 204}, own.text
    assert "application/problem+json" == strange.headers["content-type"]


def test_a_stranger_lists_names_and_compares_nothing(client, stranger, prompt):
    """Lists are empty, names unknown, versions not there to compare."""
    version = prompt["latest_version"]["id"]
    mine = stranger.post(PROMPTS, json={"name": "own", "template": "x"}).json()
    own = mine["latest_version"]["id"]

    assert ["own"] == [item["name"] for item in stranger.get(PROMPTS).json()["items"]]
    assert 404 == stranger.get(f"{PROMPTS}/by-name/support/answer@latest").status_code
    assert 200 == client.get(f"{PROMPTS}/by-name/support/answer@latest").status_code
    for pair in ({"from": version, "to": version}, {"from": own, "to": version}):
        assert 404 == stranger.get(f"{PROMPTS}/diff", params=pair).status_code


@pytest.mark.parametrize(("method", "path", "content"), READS + WRITES)
def test_a_reader_reads_only(client_of, subject, prompt, places, method, path, content):
    """The scope `read` is enough for every read and for no write."""
    reader = client_of(make_key(subject, frozenset({Scope.read})))
    url = f"{PROMPTS}/{prompt['id']}{path.format(**places)}"
    answer = reader.request(method, url, **content)

    assert ((method, path, content) in READS) is (answer.status_code == 200)
    assert answer.status_code in {200, 403}
