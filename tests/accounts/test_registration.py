"""How people get in: the first admin by a one-time link, others where sign-up is open."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import UUID

import pytest

from app.accounts import registration, service
from app.accounts.membership import Visit
from app.core import security
from app.core.clock import new_id, now
from app.core.config import get_settings
from app.core.database import system_unit_of_work
from app.models import LinkKind, OneTimeLink
from tests.accounts.people import PASSWORD, log_in, sql
from tests.support.apart import database_apart
from tests.support.fixtures import eventually


@pytest.fixture
def open_house(monkeypatch) -> None:
    """Anybody may register."""
    monkeypatch.setattr(get_settings(), "signup_open", True)


def body(**changes: object) -> dict[str, object]:
    name = f"n{new_id().hex[-12:]}"
    return {"email": f"{name}@example.org", "username": name, "password": PASSWORD} | changes


def register(visitor, **changes: object):
    return visitor.post("/api/v1/auth/register", json=body(**changes))


def offer_link(workspace_id: UUID, minutes: int = 30) -> str:
    token = security.new_token()
    with system_unit_of_work() as session:
        session.add(
            OneTimeLink(
                kind=LinkKind.setup,
                created_by="test",
                workspace_id=workspace_id,
                token_hash=security.hash_token(token),
                expires_at=now() + timedelta(minutes=minutes),
            )
        )
    return token


def test_the_link_makes_the_first_admin(visitor, workspace):
    """An admin of the workspace the link is for, its owner, and signed in."""
    answer = register(visitor, setup_token=offer_link(workspace), username="first.Admin")
    made = answer.json()
    me = visitor.get(
        "/api/v1/me", headers={"authorization": f"Bearer {made['access_token']}"}
    ).json()

    assert 201 == answer.status_code
    assert "admin" == made["role"] == me["role"]
    assert str(workspace) == made["workspace"]["id"]
    assert [(UUID(made["user"]["id"]),)] == sql(
        "SELECT owner_id FROM workspaces WHERE id = :id", id=workspace
    )
    assert 1_800 == made["expires_in"]


def test_the_link_works_once(visitor, workspace):
    """Whoever finds it later in a terminal or a chat gets nothing."""
    link = offer_link(workspace)
    first, second = register(visitor, setup_token=link), register(visitor, setup_token=link)

    assert [201, 422] == [first.status_code, second.status_code]
    assert ["#/setup_token"] == [error["pointer"] for error in second.json()["errors"]]


def test_using_one_link_ends_the_others(visitor, workspace):
    """Each start without an admin prints a link; one admin ends them all."""
    earlier, later = offer_link(workspace), offer_link(workspace)

    assert 201 == register(visitor, setup_token=later).status_code
    assert 422 == register(visitor, setup_token=earlier).status_code


def test_the_link_signs_a_browser_in(tab, workspace):
    """The page it leads to makes the first admin, who owns the workspace, with a cookie."""
    token = offer_link(workspace)
    answer = tab.post("/api/v1/auth/session/register", json=body(setup_token=token))
    me = tab.get("/api/v1/me").json()

    assert (201, "admin") == (answer.status_code, answer.json()["role"])
    assert token not in answer.text
    assert (answer.json()["user"]["id"], str(workspace)) == (me["user_id"], me["workspace"]["id"])
    assert [(UUID(me["user_id"]),)] == sql(
        "SELECT owner_id FROM workspaces WHERE id = :id", id=workspace
    )


@pytest.mark.parametrize("signup", [True, False])
def test_a_visitor_learns_which_page_comes_first(visitor, monkeypatch, signup):
    """Whether there is an owner, whether anybody may register, and nothing about anybody."""
    monkeypatch.setattr(get_settings(), "signup_open", signup)
    told = visitor.get("/api/v1/auth/setup").json()
    with system_unit_of_work() as session:
        first_run = registration.is_first_run(session)

    assert {"first_run", "signup_open", "product", "version"} == set(told)
    assert (first_run, signup, "llmops") == tuple(
        told[name] for name in ("first_run", "signup_open", "product")
    )


@pytest.mark.parametrize("link", ["", "x", "a" * 200])
def test_a_link_that_was_made_up_opens_nothing(visitor, workspace, link):
    """And ends no real one."""
    real = offer_link(workspace)

    assert 422 == register(visitor, setup_token=link).status_code
    assert 201 == register(visitor, setup_token=real).status_code


def test_a_link_ends_after_half_an_hour(visitor, workspace):
    """It is printed to be used now."""
    assert 422 == register(visitor, setup_token=offer_link(workspace, minutes=-1)).status_code


def test_a_mistake_does_not_use_up_the_link(visitor, workspace):
    """A name that is taken or a weak password can be corrected."""
    link = offer_link(workspace)
    assert 201 == register(visitor, setup_token=offer_link(workspace), username="taken").status_code
    link = offer_link(workspace)
    taken = register(visitor, setup_token=link, username="TAKEN")
    weak = register(visitor, setup_token=link, password="password1")

    assert [409, 422] == [taken.status_code, weak.status_code]
    assert 201 == register(visitor, setup_token=link).status_code


def test_sign_up_is_closed(visitor):
    """Off unless the operator opens it; the sentence says what to do instead."""
    answer = register(visitor)

    assert 403 == answer.status_code
    assert "Ask an administrator for an invitation" in answer.json()["detail"]


def test_where_it_is_open_people_begin_as_users(visitor, open_house):
    """In the first workspace, with the weakest role."""
    answer = register(visitor, language="de").json()

    assert "user" == answer["role"]
    assert "de" == answer["user"]["language"]
    with system_unit_of_work() as session:
        assert str(registration.first_workspace(session).id) == answer["workspace"]["id"]


@pytest.mark.parametrize("field", ["username", "email"])
def test_a_name_is_taken_in_any_case(visitor, open_house, field):
    """Ann and ann would be one person to everybody who reads it."""
    first = body()
    second = body(**{field: str(first[field]).upper()})
    visitor.post("/api/v1/auth/register", json=first)
    answer = visitor.post("/api/v1/auth/register", json=second)

    assert 409 == answer.status_code
    assert "This e-mail address or user name is taken." == answer.json()["detail"]


@pytest.mark.parametrize(
    "password",
    ["short1!", "a" * 129, "password", "Passw0rd123", "QWERTZ2026!", "aaaaaaaaaaaa", "12345678",
     "letmein!!!", "the.name", "the.name1234", "the-mail@example.org", "the-mail77", "        "],
)  # fmt: skip
def test_a_password_anybody_would_guess_is_refused(visitor, open_house, password):
    """Too short, too long, in every leak, or one's own name with digits."""
    answer = register(visitor, username="the.name", email="the-mail@example.org", password=password)

    assert 422 == answer.status_code
    assert ["#/password"] == [error["pointer"] for error in answer.json()["errors"]]


@pytest.mark.parametrize(
    "password", ["correct horse", "пароль-мой-длинный", "x7!x7!x7!ab", "🐎🔋📎🪜✨🫖🧦🪁"]
)
def test_length_is_what_makes_a_password(visitor, open_house, password):
    """No rules on the mix of characters, and every script; it signs one in afterwards."""
    made = register(visitor, password=password)

    assert 201 == made.status_code, made.text
    assert 200 == log_in(visitor, made.json()["user"]["username"], password).status_code


@pytest.mark.parametrize(
    "wrong",
    [
        {"email": "no-at-sign"},
        {"email": "a@b"},
        {"email": "a b@example.org"},
        {"email": "a@" + "b" * 260 + ".org"},
        {"username": "a"},
        {"username": "with space"},
        {"username": "new\nline"},
        {"username": "name\n"},
        {"username": "ünicode"},
        {"language": "german"},
        {"password": "x" * 513},
        {"role": "admin"},
    ],
    ids=str,
)
def test_what_is_no_person_is_refused(visitor, open_house, wrong):
    """Addresses, names and languages have a form; a role is not for the asking."""
    assert 422 == register(visitor, **wrong).status_code


def test_the_answer_holds_no_hash(visitor, open_house):
    """Neither the password nor anything made of it comes back."""
    told = register(visitor).text

    assert "argon2" not in told
    assert PASSWORD not in told


def test_the_first_start_of_an_empty_database(stack):
    """A workspace is made and a link offered; with the first admin there, no link any more."""
    with database_apart(stack, "first_start") as beside, beside.used():
        link = service.setup_link("https://llm.example")
        address, _, token = link.partition("#")
        person = registration.NewPerson(**body())
        entry = registration.Entry(setup_token=token)
        with system_unit_of_work() as session:
            first_run = registration.is_first_run(session)
            made = registration.register(session, person, entry, visit=Visit("127.0.0.1"))
            name, role = made.workspace.name, made.role
            again = registration.is_first_run(session)
        stored = beside.sql("SELECT token_hash FROM one_time_links")
        later = service.setup_link("https://llm.example")

    assert "https://llm.example/welcome" == address
    assert ("Main", "admin") == (name, role)
    assert [True, False] == [first_run, again]
    assert [(security.hash_token(token),)] == stored
    assert later is None


def test_two_who_ask_first_get_one_workspace(stack):
    """The command line and the API start together; whoever is second waits and finds the row."""
    with database_apart(stack, "two_starts") as beside, beside.used():
        with system_unit_of_work() as session, ThreadPoolExecutor() as other:
            first = registration.first_workspace(session).id
            second = other.submit(_first_workspace_id)
            eventually(lambda: beside.sql("SELECT 1 FROM pg_locks WHERE NOT granted"))
            session.commit()
            found = second.result()
        count = beside.sql("SELECT count(*) FROM workspaces")

    assert first == found
    assert [(1,)] == count


def _first_workspace_id() -> UUID:
    with system_unit_of_work() as session:
        return registration.first_workspace(session).id
