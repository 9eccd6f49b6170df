"""API keys through HTTP: how one is sent, made and listed."""

from datetime import datetime, timedelta

import pytest

from app.accounts import service
from app.accounts.subject import Scope
from app.core import security
from tests.accounts.people import KEYS, make, scopes_of, sql
from tests.support.fixtures import make_key


def test_a_key_says_who_it_belongs_to(client):
    """The endpoint every integration tries first tells subject, workspace and scopes."""
    answer = client.get("/api/v1/protected").json()

    assert "key:test" == answer["subject"]
    assert "key" == answer["kind"]
    assert "Test" == answer["workspace"]["name"]
    assert sorted(Scope) == answer["scopes"]


def test_without_a_key_nothing_is_told(client_of):
    """No credential, no answer but how to send one."""
    answer = client_of(None).get("/api/v1/protected")

    assert 401 == answer.status_code
    assert "application/problem+json" == answer.headers["content-type"]
    assert "Bearer" == answer.headers["www-authenticate"]


def test_both_headers_are_ways_to_send_a_key(client_of, subject):
    """`X-API-Key` for those whose proxy keeps Authorization; the same key in both is one."""
    key = make_key(subject)
    nobody = client_of(None)

    assert 200 == nobody.get("/api/v1/me", headers={"X-API-Key": key}).status_code
    assert 200 == client_of(key).get("/api/v1/me", headers={"X-API-Key": key}).status_code


def test_two_different_credentials_are_none(client, subject):
    """Which one counts would be a guess, and a way around a revoked key."""
    answer = client.get("/api/v1/me", headers={"X-API-Key": make_key(subject)})

    assert 400 == answer.status_code


@pytest.mark.parametrize(
    "spoil",
    [
        lambda key: key[:-1],
        lambda key: key + "x",
        lambda key: key[:30] + ("a" if key[30] != "a" else "b") + key[31:],
        lambda key: key.replace("llmops_test", "llmops_live"),
        lambda key: key.lower(),
        lambda key: "llmops_" + key,
    ],
    ids=["short", "long", "typo", "kind", "case", "prefix"],
)
def test_a_typo_is_refused_without_a_query(client_of, subject, queries, spoil):
    """The checksum inside the key answers; the database is not asked."""
    client = client_of(spoil(make_key(subject)))
    with queries.counted() as statements:
        answer = client.get("/api/v1/me")

    assert 401 == answer.status_code
    assert [] == statements


def test_the_right_id_with_another_secret_is_refused(client_of, subject):
    """Well-formed, of a key there is, and still not that key."""
    key = make_key(subject)
    other = security.new_api_key(live=False).text
    forged = f"llmops_test_{key.split('_')[2]}_{other.split('_', 3)[3][:43]}"

    assert 401 == scopes_of(client_of(f"{forged}_{security._checksum(forged)}"))


def test_a_key_is_made_with_safe_defaults(client):
    """Reading and running, for 90 days."""
    made = make(client)
    life = datetime.fromisoformat(made["expires_at"]) - datetime.fromisoformat(made["created_at"])

    assert ["read", "run"] == made["scopes"]
    assert timedelta(days=89, hours=23) < life <= timedelta(days=90)
    assert made["key"].endswith(made["last_four"])
    assert made["public_id"] == security.public_id_of(made["key"])


def test_the_secret_is_shown_once_and_stored_nowhere(client):
    """Not in the list, not in the database, in no column of any row."""
    made = make(client)
    listed = client.get(KEYS)
    stored = sql("SELECT t::text FROM api_keys t WHERE id = :id", id=made["id"])

    assert made["id"] in listed.text
    assert made["key"] not in listed.text
    assert made["key"] not in stored[0][0]
    assert made["key"].split("_", 3)[3].rpartition("_")[0] not in stored[0][0]


def test_keys_are_listed_newest_first(client):
    """With all that one needs to find the one to revoke."""
    made = [make(client, name=f"number {number}") for number in range(3)]
    listed = client.get(KEYS).json()

    assert [key["id"] for key in reversed(made)] == [key["id"] for key in listed["items"][:3]]
    assert len(listed["items"]) == listed["total"]
    assert "key" not in listed["items"][0]


@pytest.mark.parametrize(
    "wrong",
    [
        {"scopes": []},
        {"scopes": ["root"]},
        {"expires_in_days": 0},
        {"expires_in_days": 366},
        {"expires_in_days": None},
        {"rate_limit_per_minute": 0},
        {"name": ""},
        {"workspace_id": "01a1fc7b-6e1f-753e-818c-e53fcb7057a5"},
    ],
    ids=str,
)
def test_a_key_needs_a_name_scopes_and_an_end(client, wrong):
    """No key without an expiry through the API, none without scopes, none for elsewhere."""
    assert 422 == client.post(KEYS, json={"name": "made", **wrong}).status_code


def test_nobody_gives_what_he_does_not_have(client_of, subject):
    """A key that may administer keys, and not write, makes none that may write."""
    client = client_of(make_key(subject, frozenset({Scope.admin, Scope.read})))
    refused = client.post(KEYS, json={"name": "wider", "scopes": ["read", "write", "run"]})

    assert 422 == refused.status_code
    assert "You cannot give what you do not have: run, write." == refused.json()["detail"]
    assert 201 == client.post(KEYS, json={"name": "same", "scopes": ["read"]}).status_code


def test_the_command_line_makes_keys_of_nobody(client_of):
    """On the machine itself there is no person; the key is an admin's of the first workspace."""
    made = service.create_key("by hand", frozenset({Scope.read, Scope.admin}), expires_in_days=None)
    answer = client_of(made.secret).get("/api/v1/me").json()

    assert made.row.expires_at is None
    assert answer["user"] is None
    assert ["admin", "read"] == answer["scopes"]
