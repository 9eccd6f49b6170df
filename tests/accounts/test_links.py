"""One-time links: in, once, soon, and by nothing that was overheard."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from app.accounts import service
from app.core.security import hash_token
from app.models import LinkKind
from tests.accounts.people import (
    REGISTER,
    browser,
    enter,
    invitation,
    log_in,
    make_person,
    newcomer,
    signed_in,
    sql,
    tags_of,
)

HERE = "https://llm.example"
LINK = "/api/v1/auth/session/link"
RESET = "/api/v1/auth/password/reset"
NEW = "brisk herons at nine"


def token_of(url: str) -> str:
    return url.partition("#")[2]


# --- the links themselves ---


@pytest.mark.parametrize(
    ("make", "page"),
    [(service.sign_in_link, "/sign-in"), (service.reset_link, "/reset")],
    ids=["sign in", "reset"],
)
def test_the_token_travels_in_the_fragment(person, make, page):
    """Which no browser sends and no server logs; stored is its hash alone."""
    url = make(HERE, person.email.upper())
    where, _, token = url.partition("#")
    rows = sql("SELECT t::text FROM one_time_links t WHERE user_id = :id", id=person.id)

    assert f"{HERE}{page}" == where
    assert 43 == len(token)
    assert [1] == [row[0].count(hash_token(token)) for row in rows]
    assert token not in rows[0][0]


@pytest.mark.parametrize("name", ["nobody.of.that.name", "", " "])
def test_there_is_no_link_for_nobody(name):
    """The sentence says how to find out who there is."""
    with pytest.raises(service.PersonNotFound, match="llmops users list"):
        service.sign_in_link(HERE, name)


def test_nor_for_who_belongs_nowhere():
    """It would open nothing."""
    with pytest.raises(service.PersonNotFound):
        service.reset_link(HERE, make_person(None).username)


def test_making_a_link_is_on_record(person, workspace):
    """For whom and of which kind, without the token."""
    token = token_of(service.sign_in_link(HERE, person.username))
    (row,) = sql("SELECT * FROM audit_events WHERE workspace_id = :id", id=workspace)

    assert ("account:link:create", "command line") == (row.tag, row.actor)
    assert {"kind": "sign_in", "user": person.username} == row.after
    assert token not in str(row)


# --- signing in ---


def test_a_link_signs_in_once(server, tab, person, workspace):
    """The second one to follow it is told to ask for another."""
    body = {"token": token_of(service.sign_in_link(HERE, person.username))}
    first, second = tab.post(LINK, json=body), browser(server).post(LINK, json=body)

    assert [200, 422] == [first.status_code, second.status_code]
    assert person.username == tab.get("/api/v1/me").json()["user"]
    assert ["#/token"] == [error["pointer"] for error in second.json()["errors"]]
    assert ["account:link:create", "account:session:open"] == tags_of(workspace)


def test_of_twenty_at_once_one_gets_in(server, person):
    """One conditional UPDATE decides."""
    body = {"token": token_of(service.sign_in_link(HERE, person.username))}
    tabs = [browser(server) for _ in range(20)]
    with ThreadPoolExecutor(20) as threads:
        answers = list(threads.map(lambda tab: tab.post(LINK, json=body).status_code, tabs))

    assert [200, *[422] * 19] == sorted(answers)


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE one_time_links SET expires_at = clock_timestamp() WHERE user_id = :id",
        "UPDATE one_time_links SET used_at = clock_timestamp() WHERE user_id = :id",
        "DELETE FROM memberships WHERE user_id = :id",
        "UPDATE users SET is_active = false WHERE id = :id",
        "DELETE FROM users WHERE id = :id",
    ],
    ids=["half an hour old", "used", "left", "deactivated", "erased"],
)
def test_a_link_that_has_ended_opens_nothing(tab, person, change):
    """The same sentence, whatever the reason."""
    token = token_of(service.sign_in_link(HERE, person.username))
    sql(change, id=person.id)
    answer = tab.post(LINK, json={"token": token})

    assert 422 == answer.status_code
    assert (
        "The sign-in link is used up or older than 30 minutes; ask for another."
        == (answer.json()["detail"])
    )
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize("kind", LinkKind)
def test_a_link_of_one_kind_is_none_of_another(tab, person, client, kind):
    """An invitation signs nobody in, a sign-in link changes no password."""
    tokens = {
        LinkKind.setup: "unknown",
        LinkKind.sign_in: token_of(service.sign_in_link(HERE, person.username)),
        LinkKind.invite: invitation(client)["token"],
        LinkKind.reset: token_of(service.reset_link(HERE, person.username)),
    }
    tries = {
        LinkKind.setup: (REGISTER, newcomer(), "setup_token"),
        LinkKind.sign_in: (LINK, {}, "token"),
        LinkKind.invite: (REGISTER, newcomer(), "invite_token"),
        LinkKind.reset: (RESET, {"new_password": NEW}, "token"),
    }
    path, body, field = tries.pop(kind)
    others = [token for name, token in tokens.items() if name is not kind]
    statuses = [tab.post(path, json={**body, field: token}).status_code for token in others]

    assert [422] * 3 == statuses


def test_links_are_throttled_by_address(tab):
    """They cannot be guessed, and nobody may try for long."""
    statuses = [tab.post(LINK, json={"token": f"guess-{n}"}).status_code for n in range(31)]

    assert [422] * 30 + [429] == statuses


# --- another password ---


def test_a_reset_ends_every_session_and_opens_one(server, tab, visitor, person, workspace):
    """Whoever had the old password is out: browsers, tokens and links alike."""
    other = signed_in(server, person.username)
    tokens = log_in(visitor, person.username).json()
    bearer = {"authorization": f"Bearer {tokens['access_token']}"}
    spare = token_of(service.sign_in_link(HERE, person.username))
    token = token_of(service.reset_link(HERE, person.username))
    answer = tab.post(RESET, json={"token": token, "new_password": NEW})

    assert 200 == answer.status_code
    assert [200, 401] == [client.get("/api/v1/me").status_code for client in (tab, other)]
    assert 401 == visitor.get("/api/v1/me", headers=bearer).status_code
    refreshed = visitor.post(
        "/api/v1/auth/refresh", json={"refresh_token": tokens["refresh_token"]}
    )
    assert 401 == refreshed.status_code
    assert 422 == browser(server).post(LINK, json={"token": spare}).status_code
    assert 401 == enter(browser(server), person.username).status_code
    assert 200 == enter(browser(server), person.username, NEW).status_code
    assert "account:password:reset" in tags_of(workspace)


def test_a_reset_works_once_and_a_weak_password_does_not_use_it_up(server, tab, person):
    """A mistake can be corrected, a found link is worth nothing."""
    body = {"token": token_of(service.reset_link(HERE, person.username)), "new_password": NEW}
    weak = tab.post(RESET, json={**body, "new_password": "password1"})
    first, second = tab.post(RESET, json=body), browser(server).post(RESET, json=body)

    assert [422, 200, 422] == [answer.status_code for answer in (weak, first, second)]
    assert ["#/new_password"] == [error["pointer"] for error in weak.json()["errors"]]


def test_a_reset_of_somebody_who_left_is_none(tab, person):
    """There is nothing to sign in to."""
    token = token_of(service.reset_link(HERE, person.username))
    sql("DELETE FROM memberships WHERE user_id = :id", id=person.id)

    assert 422 == tab.post(RESET, json={"token": token, "new_password": NEW}).status_code
