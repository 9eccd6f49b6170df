"""Browsers sign in by a cookie that no script reads, and stay signed in for as long as it says."""

import pytest

from app.accounts.subject import SCOPES_OF
from app.core.config import get_settings
from app.core.security import hash_token
from app.models import Role
from tests.accounts.people import PASSWORD, browser, enter, log_in, make_person, sql, tags_of

SESSION = "/api/v1/auth/session"
STORED = "SELECT * FROM login_sessions WHERE user_id = :id"


def me(client) -> int:
    return client.get("/api/v1/me").status_code


def test_the_answer_says_who_and_the_cookie_opens_the_api(tab, person, workspace):
    """Person, workspace, role and scopes; no token in the body."""
    answer = enter(tab, person.username)
    told = answer.json()

    assert 200 == answer.status_code
    assert {"user", "workspace", "role", "scopes"} == set(told)
    assert {
        "id": str(person.id),
        "username": person.username,
        "email": person.email,
        "language": "en",
        "time_zone": "UTC",
    } == told["user"]
    assert (str(workspace), "editor") == (told["workspace"]["id"], told["role"])
    assert sorted(SCOPES_OF[Role.editor]) == told["scopes"]
    assert tab.cookies["llmops"] not in answer.text
    assert "session" == tab.get("/api/v1/me").json()["kind"]


@pytest.mark.parametrize(
    ("scheme", "name", "secure"), [("http", "llmops", False), ("https", "__Host-llmops", True)]
)
def test_the_cookie_has_its_flags(server, person, scheme, name, secure):
    """HttpOnly, Lax, for the whole host; over TLS `Secure` and a name that browsers guard."""
    tab = browser(server, scheme=scheme)
    cookie, *flags = enter(tab, person.username).headers["set-cookie"].split("; ")
    expected = {"HttpOnly", "Max-Age=2592000", "Path=/", "SameSite=lax"}

    assert name == cookie.partition("=")[0]
    assert expected | ({"Secure"} if secure else set()) == set(flags)
    assert 200 == me(tab)


def test_behind_a_proxy_the_settings_know_of_tls(tab, person, monkeypatch):
    """The connection is plain there; the name in front of it is not."""
    monkeypatch.setattr(get_settings(), "public_url", "https://llm.example")
    tab.headers["origin"] = "https://llm.example"

    assert enter(tab, person.username).headers["set-cookie"].startswith("__Host-llmops=")


def test_over_tls_the_plain_cookie_is_nothing(server, person):
    """Who can only speak http could plant one, and with it a session of his own."""
    plain, secure = browser(server), browser(server, scheme="https")
    enter(plain, person.username)
    secure.headers["cookie"] = f"llmops={plain.cookies['llmops']}"

    assert 401 == me(secure)


def test_only_a_hash_is_stored(own_tab, person):
    """A stolen table signs nobody in."""
    cookie = own_tab.cookies["llmops"]
    (row,) = sql("SELECT t::text FROM login_sessions t WHERE user_id = :id", id=person.id)

    assert cookie not in row[0]
    assert hash_token(cookie) in row[0]


def test_nobody_chooses_the_session(tab, person):
    """A cookie that was planted before the sign-in is not the one after it."""
    body = {"username": person.username, "password": PASSWORD}
    answer = tab.post(SESSION, json=body, headers={"cookie": "llmops=planted"})
    (row,) = sql(STORED, id=person.id)

    assert 200 == answer.status_code
    assert hash_token("planted") != row.cookie_hash
    assert hash_token(tab.cookies["llmops"]) == row.cookie_hash


def test_signing_in_again_ends_the_session_before(own_tab, person, workspace):
    """One browser, one session; the old cookie opens nothing."""
    before = own_tab.cookies["llmops"]
    enter(own_tab, person.username)
    after = own_tab.cookies["llmops"]
    own_tab.cookies.clear()
    own_tab.headers["cookie"] = f"llmops={before}"

    assert before != after
    assert 401 == me(own_tab)
    opened = "account:session:open"
    assert [opened, opened, "account:session:close"] == tags_of(workspace)


def test_signing_out_ends_the_session_and_the_cookie(own_tab, workspace):
    """In the browser and on the server; saying it twice is no error."""
    cookie = own_tab.cookies["llmops"]
    first, second = own_tab.delete(SESSION), own_tab.delete(SESSION)
    left = dict(own_tab.cookies)
    own_tab.headers["cookie"] = f"llmops={cookie}"

    assert [204, 204] == [first.status_code, second.status_code]
    assert {} == left
    assert 401 == me(own_tab)
    assert ["account:session:open", "account:session:close"] == tags_of(workspace)


@pytest.mark.parametrize(
    "end",
    [
        "UPDATE login_sessions SET revoked_at = clock_timestamp() WHERE user_id = :id",
        "UPDATE login_sessions SET expires_at = clock_timestamp() WHERE user_id = :id",
        "UPDATE login_sessions SET absolute_expires_at = clock_timestamp() WHERE user_id = :id",
        "DELETE FROM memberships WHERE user_id = :id",
        "UPDATE users SET is_active = false WHERE id = :id",
        "DELETE FROM users WHERE id = :id",
    ],
    ids=["revoked", "a week unused", "a month old", "left", "deactivated", "erased"],
)
def test_a_session_ends_at_the_next_request(own_tab, person, end):
    """And says so in a sentence for people."""
    before = me(own_tab)
    sql(end, id=person.id)
    answer = own_tab.get("/api/v1/me")

    assert [200, 401] == [before, answer.status_code]
    assert "This session has ended; sign in again." == answer.json()["detail"]


def test_a_role_counts_from_the_next_request(own_tab, person):
    """A demotion needs no new sign-in."""
    sql("UPDATE memberships SET role = 'user' WHERE user_id = :id", id=person.id)

    assert "user" == own_tab.get("/api/v1/me").json()["role"]
    assert 403 == own_tab.post("/api/v1/prompts", json={"name": "x"}).status_code


def test_use_gives_seven_more_days_but_never_more_than_thirty(own_tab, person):
    """Noted every five minutes at most, so that reading costs no writing."""
    me(own_tab)
    (fresh,) = sql(STORED, id=person.id)
    back = (
        "UPDATE login_sessions SET last_seen_at = last_seen_at - interval '301 s',"
        " expires_at = expires_at - interval '2 days' WHERE user_id = :id"
    )
    sql(back, id=person.id)
    me(own_tab)
    (used,) = sql(STORED, id=person.id)
    sql(back, id=person.id)
    sql(
        "UPDATE login_sessions SET absolute_expires_at = clock_timestamp() + interval '1 day'"
        " WHERE user_id = :id",
        id=person.id,
    )
    me(own_tab)
    (old,) = sql(STORED, id=person.id)

    assert fresh.created_at.date() == fresh.last_seen_at.date()
    assert used.last_seen_at > fresh.last_seen_at
    assert used.expires_at > fresh.expires_at
    assert old.absolute_expires_at == old.expires_at


def test_a_second_request_writes_nothing(own_tab, person):
    """Within five minutes the row stays as it is."""
    me(own_tab)
    before = sql(STORED, id=person.id)
    me(own_tab)

    assert before == sql(STORED, id=person.id)


def test_a_cookie_and_another_credential_are_one_too_many(own_tab, client):
    """Which one counts would be a guess, with an API key as with a token."""
    key = client.headers["authorization"]
    bearer = own_tab.get("/api/v1/me", headers={"authorization": key})
    header = own_tab.get("/api/v1/me", headers={"x-api-key": key.removeprefix("Bearer ")})

    assert [400, 400] == [bearer.status_code, header.status_code]


def test_a_cookie_nobody_was_given(tab):
    """Unknown, or a token of another kind; an empty one is none."""
    for value, status in (("x", 401), ("llmops_test_x", 401), ("", 401)):
        tab.headers["cookie"] = f"llmops={value}"

        assert status == me(tab)


def test_no_kind_of_secret_passes_for_another(server, visitor, own_tab, person):
    """A refresh token is no cookie, a cookie no bearer token and no refresh token."""
    tokens = log_in(visitor, person.username).json()
    other = browser(server)
    other.headers["cookie"] = f"llmops={tokens['refresh_token']}"
    cookie = own_tab.cookies["llmops"]
    bearer = visitor.get("/api/v1/me", headers={"authorization": f"Bearer {cookie}"})
    renewed = visitor.post("/api/v1/auth/refresh", json={"refresh_token": cookie})

    assert [401, 401, 401] == [me(other), bearer.status_code, renewed.status_code]


def test_guessing_is_throttled_as_elsewhere(tab, person):
    """Five tries for an account, together with those for tokens."""
    statuses = [enter(tab, person.username, "wrong one 9").status_code for _ in range(4)]
    statuses.append(log_in(tab, person.username, "wrong one 9").status_code)

    assert [401] * 5 == statuses
    assert 429 == enter(tab, person.username, PASSWORD).status_code


def test_who_belongs_nowhere_gets_no_session(tab):
    """The same answer as for a wrong password."""
    answer = enter(tab, make_person(None).username)

    assert 401 == answer.status_code
    assert "The user name or the password is wrong." == answer.json()["detail"]
    assert "set-cookie" not in answer.headers
