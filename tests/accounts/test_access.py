"""Access tokens through HTTP: checked against the row behind them at every request."""

from datetime import timedelta

import jwt
import pytest

from app.accounts import access
from app.accounts.subject import SCOPES_OF
from app.core.clock import new_id, now
from app.core.security import AUDIENCE, ISSUER, derived_key
from app.models import Role
from tests.accounts.people import at_own_address, log_in, make_person, sql
from tests.support.fixtures import make_workspace


@pytest.fixture
def tokens(visitor, person) -> dict:
    return log_in(visitor, person.username).json()


def status(client, token: str) -> int:
    return client.get("/api/v1/me", headers={"authorization": f"Bearer {token}"}).status_code


def altered(token: str, key: bytes | None = None, **changes: object) -> str:
    """The same token with other claims, signed again; None leaves a claim out."""
    claims = jwt.decode(token, options={"verify_signature": False}) | changes
    kept = {name: value for name, value in claims.items() if value is not None}
    return jwt.encode(kept, key or derived_key("access tokens"), algorithm="HS256")


def test_a_token_tells_who_is_calling(visitor, person, tokens):
    """The person, not a key; with the scopes of the role."""
    headers = {"authorization": f"Bearer {tokens['access_token']}"}
    me = visitor.get("/api/v1/me", headers=headers).json()

    assert ("session", person.username, person.username) == (me["kind"], me["user"], me["subject"])
    assert sorted(SCOPES_OF[Role.editor]) == me["scopes"]


@pytest.mark.parametrize(
    "change",
    [
        {"exp": None},
        {"exp": int((now() - timedelta(seconds=1)).timestamp())},
        {"aud": "llmops:refresh"},
        {"aud": None},
        {"iss": "elsewhere"},
        {"jti": None},
        {"ver": 1},
        {"sub": str(new_id())},
        {"sid": str(new_id())},
        {"wid": str(new_id())},
        {"key": b"x" * 32},
    ],
    ids=lambda change: next(iter(change)),
)
def test_a_token_that_was_not_issued_so_is_refused(visitor, tokens, change):
    """Signed with the right key or not: each claim is held against what is known."""
    assert 200 == status(visitor, altered(tokens["access_token"]))
    assert 401 == status(visitor, altered(tokens["access_token"], **change))


def test_a_token_without_signature_is_refused(visitor, tokens):
    """`alg: none`, and the real one with its signature cut off."""
    claims = jwt.decode(tokens["access_token"], options={"verify_signature": False})
    body = tokens["access_token"].rpartition(".")[0]

    assert 401 == status(visitor, jwt.encode(claims, None, algorithm="none"))
    assert 401 == status(visitor, f"{body}.")
    assert {AUDIENCE, ISSUER} == {claims["aud"], claims["iss"]}


def test_a_person_of_two_workspaces_is_in_the_one_signed_in_to(visitor, person, tokens):
    """A token of one workspace with the other's id in it is no token of the other's."""
    other = make_workspace()
    sql(
        "INSERT INTO memberships (id, workspace_id, user_id, role) VALUES (:id, :w, :u, 'admin')",
        id=new_id(),
        w=other,
        u=person.id,
    )
    headers = {"authorization": f"Bearer {tokens['access_token']}"}
    me = visitor.get("/api/v1/me", headers=headers).json()

    assert tokens["workspace"]["id"] == me["workspace"]["id"]
    assert "editor" == me["role"]


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE users SET token_version = token_version + 1 WHERE id = :id",
        "UPDATE users SET is_active = false WHERE id = :id",
        "UPDATE login_sessions SET revoked_at = clock_timestamp() WHERE user_id = :id",
        "DELETE FROM login_sessions WHERE user_id = :id",
        "DELETE FROM memberships WHERE user_id = :id",
    ],
    ids=["password changed", "deactivated", "session revoked", "session gone", "left"],
)
def test_a_token_ends_when_its_ground_is_gone(visitor, person, tokens, change):
    """At the next request, not when the half hour is over."""
    before = status(visitor, tokens["access_token"])
    sql(change, id=person.id)

    assert [200, 401] == [before, status(visitor, tokens["access_token"])]


def test_a_role_counts_from_the_next_request(visitor, person, tokens):
    """A demotion needs no new sign-in."""
    headers = {"authorization": f"Bearer {tokens['access_token']}"}
    before = visitor.post("/api/v1/prompts", json={"name": "a"}, headers=headers)
    sql("UPDATE memberships SET role = 'user' WHERE user_id = :id", id=person.id)
    after = visitor.post("/api/v1/prompts", json={"name": "b"}, headers=headers)

    assert [201, 403] == [before.status_code, after.status_code]


@pytest.mark.parametrize(
    "header",
    ["Basic YTpi", "Bearer", "Bearer ", "bearer  x y", "Token abc", "", "Bearer null"],
)
def test_other_ways_to_say_who_one_is(visitor, header):
    """Not understood is not known: 401, whatever the scheme."""
    assert 401 == visitor.get("/api/v1/me", headers={"authorization": header}).status_code


def test_a_key_and_a_token_in_one_request_are_refused(visitor, tokens, client):
    """Two credentials are one too many, also of two kinds."""
    headers = {
        "authorization": f"Bearer {tokens['access_token']}",
        "x-api-key": client.headers["authorization"].removeprefix("Bearer "),
    }

    assert 400 == visitor.get("/api/v1/me", headers=headers).status_code


def test_wrong_credentials_are_limited_by_address(server, monkeypatch):
    """Guessing at keys is refused after a while, and nobody else is."""
    monkeypatch.setattr(access, "FAILURES_PER_MINUTE", 5)
    guesser, other = at_own_address(server), at_own_address(server)
    tries = [status(guesser, f"guess-{number}") for number in range(7)]

    assert [401] * 5 + [429] * 2 == tries
    assert 401 == status(other, "guess")


def test_a_good_key_works_from_an_address_of_guessers(server, monkeypatch, person):
    """The count is of failures: an office behind one address is not locked out by one of them."""
    monkeypatch.setattr(access, "FAILURES_PER_MINUTE", 2)
    office = at_own_address(server)
    token = log_in(office, make_person(make_workspace()).username).json()["access_token"]
    for number in range(4):
        status(office, f"guess-{number}")

    assert 200 == status(office, token)
