"""Signing in: who may, what a stranger learns, and how often one may try."""

import pytest
from pydantic import SecretStr
from sqlalchemy import select

from app import audit
from app.accounts.throttle import ATTEMPTS_PER_ACCOUNT, ATTEMPTS_PER_ADDRESS
from app.core import rate_limit, redis
from app.core.config import get_settings
from app.core.database import unit_of_work
from app.models import AuditEvent
from tests.accounts.people import PASSWORD, at_own_address, log_in, make_person, sql


def test_by_name_or_address_in_any_case(visitor, person):
    """What people type on a telephone."""
    names = [person.username, person.username.upper(), person.email, f" {person.email.lower()} "]
    answers = [log_in(visitor, name) for name in names]

    assert [200] * 4 == [answer.status_code for answer in answers]
    assert {person.email} == {answer.json()["user"]["email"] for answer in answers}


def test_the_answer_says_who_and_where(visitor, person, workspace):
    """Tokens, the person, the workspace and the role in it."""
    answer = log_in(visitor, person.username).json()

    assert "bearer" == answer["token_type"]
    assert 1_800 == answer["expires_in"]
    assert "editor" == answer["role"]
    assert str(workspace) == answer["workspace"]["id"]


def test_the_short_address_is_the_same(visitor, person):
    """`/login` for those who know the field's usual names."""
    body = {"username": person.username, "password": PASSWORD}

    assert 200 == visitor.post("/api/v1/login", json=body).status_code


@pytest.mark.parametrize(
    "who", ["wrong password", "unknown name", "deactivated", "of no workspace", "empty name"]
)
def test_a_stranger_learns_nothing(visitor, person, who):
    """The same body and status for a wrong password and for nobody, whatever the reason."""
    name, password = person.username, PASSWORD
    if who == "wrong password":
        password = "wrong horse 7"
    if who == "unknown name":
        name = "nobody.of.that.name"
    if who == "empty name":
        name = " "
    if who == "deactivated":
        sql("UPDATE users SET is_active = false WHERE id = :id", id=person.id)
    if who == "of no workspace":
        name = make_person(None).username
    answer = log_in(visitor, name, password)
    told = answer.json() | {"request_id": "", "instance": ""}
    plain = log_in(visitor, person.username, "another one 8").json()

    assert 401 == answer.status_code
    assert plain | {"request_id": "", "instance": ""} == told
    assert "The user name or the password is wrong." == told["detail"]


def test_signing_in_and_out_is_in_the_audit_log(visitor, person, workspace):
    """Who, when and from where; a token that ended already is no second row."""
    tokens = log_in(visitor, person.username).json()
    ended = {"refresh_token": tokens["refresh_token"]}
    statuses = [visitor.post("/api/v1/auth/logout", json=ended).status_code for _ in range(2)]
    with unit_of_work(workspace) as session:
        rows = session.scalars(select(AuditEvent).order_by(AuditEvent.number)).all()
        broken_at = audit.verify(session, workspace)

    assert [204, 204] == statuses
    assert ["account:session:open", "account:session:close"] == [row.tag for row in rows]
    assert {person.username} == {row.actor for row in rows}
    assert {visitor._transport.client[0]} == {row.address for row in rows}
    assert broken_at is None


# --- how often ---


def test_five_tries_a_minute_for_one_account(visitor, person):
    """Then 429 with Retry-After, also with the right password."""
    tries = [log_in(visitor, person.username, "wrong one 9").status_code for _ in range(5)]
    refused = log_in(visitor, person.username)

    assert [401] * ATTEMPTS_PER_ACCOUNT == tries
    assert 429 == refused.status_code
    assert 1 <= int(refused.headers["retry-after"]) <= 60


def test_the_owner_is_not_locked_out_by_a_stranger(server, visitor, person):
    """The count is per account and address: from elsewhere the door is open."""
    for _ in range(8):
        log_in(visitor, person.username, "wrong one 9")

    assert 200 == log_in(at_own_address(server), person.username).status_code


def test_spellings_of_a_name_are_one_account(visitor, person):
    """Blanks and capitals give nobody five more tries."""
    name = person.username
    spellings = [name, name.upper(), f" {name}", f"{name} ", name.swapcase(), name]
    tries = [log_in(visitor, spelling, "wrong one 9").status_code for spelling in spellings]

    assert [401] * 5 + [429] == tries


def test_thirty_tries_a_minute_from_one_address(visitor):
    """Many names from one place are guessing too."""
    tries = [
        log_in(visitor, f"guess.{n}", "wrong one 9").status_code
        for n in range(ATTEMPTS_PER_ADDRESS + 1)
    ]

    assert {401} == set(tries[:-1])
    assert 429 == tries[-1]


def test_nobody_signs_in_while_nobody_counts(visitor, person, monkeypatch, tmp_path):
    """Without Redis the door stays shut: an outage must not open it to guessing."""
    away = SecretStr(f"unix://{tmp_path}/nobody.sock")
    monkeypatch.setattr(get_settings(), "redis_url", away)
    monkeypatch.setattr(rate_limit, "_limiter", rate_limit._limiter.__wrapped__)
    try:
        refused = log_in(visitor, person.username)
        again = log_in(visitor, person.username)
    finally:
        redis.outage.end()

    assert [503, 503] == [refused.status_code, again.status_code]
    assert "5" == refused.headers["retry-after"]
