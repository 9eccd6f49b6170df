"""What people change of themselves: profile, password, and where they are signed in."""

import pytest

from app.core.clock import new_id
from tests.accounts.people import (
    PASSWORD,
    browser,
    enter,
    log_in,
    make_person,
    signed_in,
    sql,
    tags_of,
)

ME = "/api/v1/me"
SESSIONS = "/api/v1/me/sessions"
CHANGE = "/api/v1/auth/password"
NEW = "brisk herons at nine"


def change(client, current: str = PASSWORD, new: str = NEW):
    return client.post(CHANGE, json={"current_password": current, "new_password": new})


# --- profile ---


def test_a_profile_is_changed_in_parts(own_tab, person, workspace):
    """What is left out stays; the answer is the one of `GET /me`; the same again is no change."""
    first = own_tab.patch(ME, json={"time_zone": "Europe/Berlin"})
    second = own_tab.patch(ME, json={"language": "de", "email": "new-" + person.email})
    third = own_tab.patch(ME, json={"language": "de"})
    me = own_tab.get(ME).json()

    assert [200] * 3 == [answer.status_code for answer in (first, second, third)]
    assert me == third.json()
    assert (str(person.id), "new-" + person.email, "de", "Europe/Berlin") == tuple(
        me[name] for name in ("user_id", "email", "language", "time_zone")
    )
    assert ["account:user:change"] * 2 == tags_of(workspace)[1:]


@pytest.mark.parametrize(
    "wrong",
    [
        {"email": "none"},
        {"language": "german"},
        {"time_zone": "Europe/Nowhere"},
        {"time_zone": "../../etc/passwd"},
        {"username": "other"},
        {"role": "admin"},
    ],
    ids=str,
)
def test_what_is_no_profile_is_refused(own_tab, wrong):
    """Zones are those of the IANA; a name and a role are not for the asking."""
    assert 422 == own_tab.patch(ME, json=wrong).status_code


def test_an_address_belongs_to_one_person(own_tab, workspace):
    """In any case of letters."""
    taken = make_person(workspace).email
    answer = own_tab.patch(ME, json={"email": taken.upper()})

    assert 409 == answer.status_code
    assert "This e-mail address or user name is taken." == answer.json()["detail"]


def test_a_key_has_no_profile(client):
    """Whoever made it: it is told nothing of the person and changes nothing."""
    me = client.get(ME).json()
    answers = [client.patch(ME, json={"language": "de"}), change(client)]

    assert [None] * 4 == [me[name] for name in ("user_id", "email", "language", "time_zone")]
    assert [409, 409] == [answer.status_code for answer in answers]


# --- sessions ---


def test_sessions_are_listed_newest_first(server, own_tab, visitor, person):
    """Browsers and tokens, with what helps to tell them apart; which one asks is marked."""
    log_in(visitor, person.username)
    other = browser(server)
    other.headers["user-agent"] = "Lynx " + "x" * 400
    enter(other, person.username)
    listed = own_tab.get(SESSIONS).json()
    kinds = [(item["kind"], item["current"]) for item in listed["items"]]
    newest = listed["items"][0]

    assert [("browser", False), ("token", False), ("browser", True)] == kinds
    assert 3 == listed["total"]
    assert other._transport.client[0] == newest["address"]
    assert 300 == len(newest["user_agent"])
    assert newest["last_seen_at"] >= newest["created_at"]


def test_a_session_is_ended_from_another(server, own_tab, person, workspace):
    """At once, and it is gone from the list; twice is no error."""
    other = signed_in(server, person.username)
    (theirs,) = [item for item in own_tab.get(SESSIONS).json()["items"] if not item["current"]]
    first, second = (own_tab.delete(f"{SESSIONS}/{theirs['id']}").status_code for _ in range(2))

    assert [204, 204] == [first, second]
    assert 401 == other.get(ME).status_code
    assert 1 == own_tab.get(SESSIONS).json()["total"]
    assert 1 == tags_of(workspace).count("account:session:revoke")


def test_sessions_that_ended_are_not_listed(server, own_tab, person):
    """Neither revoked ones nor those whose time is over."""
    for column in ("revoked_at", "expires_at", "absolute_expires_at"):
        signed_in(server, person.username)
        newest = "SELECT id FROM login_sessions WHERE user_id = :id ORDER BY id DESC LIMIT 1"
        sql(
            f"UPDATE login_sessions SET {column} = clock_timestamp() WHERE id = ({newest})",
            id=person.id,
        )

    assert 1 == own_tab.get(SESSIONS).json()["total"]


def test_nobody_ends_or_sees_the_sessions_of_others(server, own_tab, workspace, client):
    """Of a colleague as little as of nobody; a key has none."""
    colleague = make_person(workspace)
    other = signed_in(server, colleague.username)
    (theirs,) = other.get(SESSIONS).json()["items"]
    (mine,) = own_tab.get(SESSIONS).json()["items"]
    statuses = [
        own_tab.delete(f"{SESSIONS}/{theirs['id']}").status_code,
        own_tab.delete(f"{SESSIONS}/{new_id()}").status_code,
        client.delete(f"{SESSIONS}/{theirs['id']}").status_code,
    ]

    assert theirs["id"] != mine["id"]
    assert [404] * 3 == statuses
    assert 0 == client.get(SESSIONS).json()["total"]
    assert 200 == other.get(ME).status_code


# --- password ---


def test_another_password_ends_the_other_sessions(server, own_tab, visitor, person, workspace):
    """This browser goes on with another cookie: a stolen copy of the old one is worth nothing."""
    other = signed_in(server, person.username)
    tokens = log_in(visitor, person.username).json()
    bearer = {"authorization": f"Bearer {tokens['access_token']}"}
    before = own_tab.cookies["llmops"]
    answer = change(own_tab)
    thief = browser(server)
    thief.headers["cookie"] = f"llmops={before}"

    assert 204 == answer.status_code
    assert [200, 401, 401] == [tab.get(ME).status_code for tab in (own_tab, other, thief)]
    assert 401 == visitor.get(ME, headers=bearer).status_code
    assert 401 == enter(browser(server), person.username).status_code
    assert 200 == enter(browser(server), person.username, NEW).status_code
    assert "account:password:change" in tags_of(workspace)


def test_with_a_token_the_password_changes_too(visitor, person):
    """The session that asked goes on, and no cookie is set for it."""
    tokens = log_in(visitor, person.username).json()
    visitor.headers["authorization"] = f"Bearer {tokens['access_token']}"
    answer = change(visitor)

    assert 204 == answer.status_code
    assert "set-cookie" not in answer.headers
    assert 200 == visitor.get(ME).status_code


@pytest.mark.parametrize(
    ("current", "new", "pointer"),
    [("wrong one 9", NEW, "#/current_password"), (PASSWORD, "password1", "#/new_password")],
)
def test_the_current_password_and_a_strong_one_are_asked_for(
    own_tab, server, person, current, new, pointer
):
    """Refused, nothing changes, and nobody is signed out."""
    answer = change(own_tab, current, new)

    assert 422 == answer.status_code
    assert [pointer] == [error["pointer"] for error in answer.json()["errors"]]
    assert 200 == own_tab.get(ME).status_code
    assert 200 == enter(browser(server), person.username).status_code


def test_guessing_the_current_password_is_throttled(own_tab):
    """A stolen session is not a way to find it out; the sign-in before counts."""
    statuses = [change(own_tab, "wrong one 9").status_code for _ in range(5)]

    assert [422] * 4 + [429] == statuses
