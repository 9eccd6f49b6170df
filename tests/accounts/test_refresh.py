"""Staying signed in: refresh tokens rotate, two tabs agree, and a stolen one ends the family."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select

from app.core.database import unit_of_work
from app.models import AuditEvent
from tests.accounts.people import log_in, sql

STORED = "SELECT * FROM login_sessions WHERE user_id = :id"


def refresh(client, token: str):
    return client.post("/api/v1/auth/refresh", json={"refresh_token": token})


def open_to(client, tokens: dict) -> bool:
    """Whether the access token still opens anything."""
    headers = {"authorization": f"Bearer {tokens['access_token']}"}
    return client.get("/api/v1/me", headers=headers).is_success


@pytest.fixture
def tokens(visitor, person) -> dict:
    return log_in(visitor, person.username).json()


def test_a_refresh_gives_new_tokens(visitor, person, tokens):
    """Both are new, the person is the same, and the session is still one."""
    answer = refresh(visitor, tokens["refresh_token"])
    renewed = answer.json()

    assert 200 == answer.status_code
    assert tokens["refresh_token"] != renewed["refresh_token"]
    assert tokens["access_token"] != renewed["access_token"]
    assert tokens["user"] == renewed["user"]
    assert 1 == len(sql(STORED, id=person.id))
    assert open_to(visitor, renewed)


def test_a_chain_of_refreshes_holds(visitor, tokens):
    """Day after day, each with the token of the one before."""
    token = tokens["refresh_token"]
    seen = {token}
    for _ in range(5):
        token = refresh(visitor, token).json()["refresh_token"]
        seen.add(token)

    assert 6 == len(seen)


def test_fifty_at_once_get_the_same_successor(visitor, person, tokens):
    """Two tabs, or fifty: one rotation, one family alive, nobody is signed out."""
    with ThreadPoolExecutor(50) as threads:
        answers = list(threads.map(lambda _: refresh(visitor, tokens["refresh_token"]), range(50)))
    successors = {answer.json()["refresh_token"] for answer in answers}
    (row,) = sql(STORED, id=person.id)

    assert {200} == {answer.status_code for answer in answers}
    assert 1 == len(successors)
    assert row.revoked_at is None
    assert 200 == refresh(visitor, successors.pop()).status_code


def test_a_lost_answer_can_be_asked_for_again(visitor, tokens):
    """Within ten seconds the old token gives the same successor, as often as it is sent."""
    first, second, third = (
        refresh(visitor, tokens["refresh_token"]).json()["refresh_token"] for _ in range(3)
    )

    assert first == second == third


def test_a_token_used_twice_ends_the_family(visitor, person, tokens, workspace):
    """Ten seconds later it was stolen, by one of the two: both are out, and it is on record."""
    renewed = refresh(visitor, tokens["refresh_token"]).json()
    sql(
        "UPDATE login_sessions SET rotated_at = rotated_at - interval '11 s' WHERE user_id = :id",
        id=person.id,
    )
    reused = refresh(visitor, tokens["refresh_token"])
    with unit_of_work(workspace) as session:
        tags = list(session.scalars(select(AuditEvent.tag).order_by(AuditEvent.number)))

    assert 401 == reused.status_code
    assert "This session has ended; sign in again." == reused.json()["detail"]
    assert 401 == refresh(visitor, renewed["refresh_token"]).status_code
    assert not open_to(visitor, renewed)
    assert not open_to(visitor, tokens)
    assert ["account:session:open", "account:session:revoke_family"] == tags


def test_other_sessions_of_the_person_go_on(visitor, person, tokens):
    """One stolen telephone does not sign the laptop out."""
    laptop = log_in(visitor, person.username).json()
    refresh(visitor, tokens["refresh_token"])
    sql(
        "UPDATE login_sessions SET rotated_at = rotated_at - interval '11 s'"
        " WHERE user_id = :id AND rotated_at IS NOT NULL",
        id=person.id,
    )
    refresh(visitor, tokens["refresh_token"])

    assert open_to(visitor, laptop)
    assert 200 == refresh(visitor, laptop["refresh_token"]).status_code


@pytest.mark.parametrize(
    "change",
    [
        "expires_at = clock_timestamp() - interval '1 s'",
        "absolute_expires_at = clock_timestamp() - interval '1 s'",
        "revoked_at = clock_timestamp()",
    ],
    ids=["a week unused", "a month old", "revoked"],
)
def test_a_session_has_an_end(visitor, person, tokens, change):
    """Seven days without use, thirty days in any case, at once when revoked."""
    sql(f"UPDATE login_sessions SET {change} WHERE user_id = :id", id=person.id)

    assert 401 == refresh(visitor, tokens["refresh_token"]).status_code


def test_a_refresh_never_outlives_the_month(visitor, person, tokens):
    """Seven more days, but not beyond the thirtieth."""
    sql(
        "UPDATE login_sessions SET absolute_expires_at = clock_timestamp() + interval '1 day'"
        " WHERE user_id = :id",
        id=person.id,
    )
    refresh(visitor, tokens["refresh_token"])
    (row,) = sql(STORED, id=person.id)

    assert row.absolute_expires_at == row.expires_at


@pytest.mark.parametrize(
    "end",
    [
        "UPDATE users SET is_active = false WHERE id = :id",
        "DELETE FROM memberships WHERE user_id = :id",
        "DELETE FROM users WHERE id = :id",
    ],
    ids=["deactivated", "left", "erased"],
)
def test_who_is_gone_is_signed_out(visitor, person, tokens, end):
    """Neither token of theirs is good for anything."""
    sql(end, id=person.id)

    assert not open_to(visitor, tokens)
    assert 401 == refresh(visitor, tokens["refresh_token"]).status_code


def test_signing_out_ends_both_tokens(visitor, tokens):
    """At once, and saying it twice is no error."""
    body = {"refresh_token": tokens["refresh_token"]}
    before = open_to(visitor, tokens)
    statuses = [visitor.post("/api/v1/auth/logout", json=body).status_code for _ in range(2)]

    assert before
    assert [204, 204] == statuses
    assert not open_to(visitor, tokens)
    assert 401 == refresh(visitor, tokens["refresh_token"]).status_code


def test_signing_out_with_the_token_before_ends_the_session(visitor, tokens):
    """A tab that missed the rotation can still sign out."""
    renewed = refresh(visitor, tokens["refresh_token"]).json()
    visitor.post("/api/v1/auth/logout", json={"refresh_token": tokens["refresh_token"]})

    assert not open_to(visitor, renewed)


@pytest.mark.parametrize("token", ["x", "a" * 200, "eyJhbGciOiJub25lIn0.e30."])
def test_a_token_nobody_was_given(visitor, token):
    """No refresh, no error when signing out, and nothing told."""
    assert 401 == refresh(visitor, token).status_code
    assert 204 == visitor.post("/api/v1/auth/logout", json={"refresh_token": token}).status_code


def test_no_kind_of_token_passes_for_another(visitor, tokens):
    """An access token refreshes nothing, a refresh token opens nothing."""
    swapped = {"access_token": tokens["refresh_token"]}

    assert 401 == refresh(visitor, tokens["access_token"][:200]).status_code
    assert not open_to(visitor, swapped)


def test_tokens_are_stored_as_hashes(person, tokens):
    """The one that must be shown again is encrypted, the others are hashed."""
    stored = sql("SELECT t::text FROM login_sessions t WHERE user_id = :id", id=person.id)

    assert tokens["refresh_token"] not in stored[0][0]
    assert tokens["access_token"] not in stored[0][0]


def test_refreshing_is_limited_by_address(visitor):
    """Guessing at tokens is refused as well, later than guessing at passwords."""
    statuses = [refresh(visitor, f"guess-{number}").status_code for number in range(121)]

    assert {401} == set(statuses[:120])
    assert 429 == statuses[120]
