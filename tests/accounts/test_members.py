"""Who belongs to a workspace: roles change, people leave, and somebody can always administer."""

from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import pytest

from app.core.clock import new_id
from app.models import Role
from tests.accounts.people import (
    PASSWORD,
    browser,
    enter,
    log_in,
    make,
    make_person,
    signed_in,
    sql,
    tags_of,
)
from tests.support.fixtures import make_key, make_subject, make_workspace

MEMBERS = "/api/v1/members"
OWN = "UPDATE workspaces SET owner_id = :user WHERE id = :id"


def role_of(user_id: UUID | None) -> list:
    return [row[0] for row in sql("SELECT role FROM memberships WHERE user_id = :id", id=user_id)]


def test_members_are_listed_by_name(client, server, subject, workspace):
    """Address, role, since when, and when last seen here; null for who never was."""
    seen, unseen = make_person(workspace), make_person(workspace, Role.user)
    make_person(make_workspace())
    sql(OWN, user=seen.id, id=workspace)
    signed_in(server, seen.username)
    listed = client.get(MEMBERS).json()
    found = {item["user_id"]: item for item in listed["items"]}
    names = [item["username"] for item in listed["items"]]

    assert {str(seen.id), str(unseen.id), str(subject.user_id)} == set(found)
    assert sorted(names, key=str.lower) == names
    assert 3 == listed["total"]
    assert (True, "editor", seen.email) == tuple(
        found[str(seen.id)][name] for name in ("is_owner", "role", "email")
    )
    assert found[str(seen.id)]["last_seen_at"] >= found[str(seen.id)]["joined_at"]
    assert (False, "user", None) == tuple(
        found[str(unseen.id)][name] for name in ("is_owner", "role", "last_seen_at")
    )


def test_a_role_is_changed_and_counts_at_once(client, server, person, workspace):
    """In the browser that is open; the record says from what to what."""
    tab = signed_in(server, person.username)
    answer = client.patch(f"{MEMBERS}/{person.id}", json={"role": "moderator"})
    same = client.patch(f"{MEMBERS}/{person.id}", json={"role": "moderator"})
    (row,) = sql("SELECT * FROM audit_events WHERE tag = 'account:member:change'"
                 " AND workspace_id = :id", id=workspace)  # fmt: skip

    assert ("moderator", "moderator") == (answer.json()["role"], same.json()["role"])
    assert "moderator" == tab.get("/api/v1/me").json()["role"]
    assert ({"role": "editor"}, {"role": "moderator"}) == (row.before, row.after)
    assert person.id == row.object_id


def test_who_is_removed_is_out(client, client_of, server, visitor, person, workspace):
    """Browser, tokens and keys end; back again, the old keys stay ended."""
    tab = signed_in(server, person.username)
    tokens = log_in(visitor, person.username).json()
    bearer = {"authorization": f"Bearer {tokens['access_token']}"}
    sql("UPDATE memberships SET role = 'admin' WHERE user_id = :id", id=person.id)
    key = client_of(make(tab)["key"])
    answer = client.delete(f"{MEMBERS}/{person.id}")
    statuses = [
        tab.get("/api/v1/me").status_code,
        visitor.get("/api/v1/me", headers=bearer).status_code,
        key.get("/api/v1/me").status_code,
        enter(browser(server), person.username).status_code,
    ]
    invited = client.post("/api/v1/invitations", json={"role": "user"}).json()["token"]
    body = {"email": person.email, "username": person.username, "password": PASSWORD}
    back = browser(server).post(
        "/api/v1/auth/session/register", json={**body, "invite_token": invited}
    )

    assert 204 == answer.status_code
    assert [401] * 4 == statuses
    assert 201 == back.status_code
    assert [401, 401] == [opened.get("/api/v1/me").status_code for opened in (tab, key)]
    assert "account:member:remove" in tags_of(workspace)


def test_the_owner_stays_an_admin(client, subject, workspace):
    """Neither another admin nor the owner can change that."""
    owner = make_person(workspace, Role.admin)
    sql(OWN, user=owner.id, id=workspace)
    path = f"{MEMBERS}/{owner.id}"
    statuses = [
        client.patch(path, json={"role": "user"}).status_code,
        client.delete(path).status_code,
        client.patch(path, json={"role": "admin"}).status_code,
    ]

    assert [409, 409, 200] == statuses
    assert ["admin"] == role_of(owner.id)


@pytest.mark.parametrize("method", ["PATCH", "DELETE"])
def test_the_last_admin_cannot_leave(client, subject, person, method):
    """Nobody could let anybody in any more; a deactivated admin does not count."""
    resting = make_person(subject.workspace_id, Role.admin)
    sql("UPDATE users SET is_active = false WHERE id = :id", id=resting.id)
    body = {"role": "user"} if method == "PATCH" else None
    refused = client.request(method, f"{MEMBERS}/{subject.user_id}", json=body)
    client.patch(f"{MEMBERS}/{person.id}", json={"role": "admin"})
    after = client.request(method, f"{MEMBERS}/{subject.user_id}", json=body)

    assert 409 == refused.status_code
    assert "make somebody else an admin first" in refused.json()["detail"]
    assert after.is_success


def test_two_admins_cannot_remove_each_other(client_of):
    """They are handled one after the other, and the second one is the last."""
    workspace = make_workspace()
    pair = [make_subject(workspace), make_subject(workspace)]
    clients = [client_of(make_key(subject)) for subject in pair]
    with ThreadPoolExecutor(2) as threads:
        answers = list(
            threads.map(
                lambda at: clients[at].delete(f"{MEMBERS}/{pair[1 - at].user_id}").status_code,
                range(2),
            )
        )

    assert 204 in answers
    assert 1 == len(sql("SELECT FROM memberships WHERE workspace_id = :id", id=workspace))


@pytest.mark.parametrize("method", ["PATCH", "DELETE"])
def test_members_of_other_workspaces_are_nobody(client, method):
    """The same 404 as for an id that nobody has, and they stay what they are."""
    other = make_person(make_workspace())
    body = {"role": "user"} if method == "PATCH" else None
    answers = [
        client.request(method, f"{MEMBERS}/{user_id}", json=body)
        for user_id in (other.id, new_id())
    ]

    assert [404, 404] == [answer.status_code for answer in answers]
    assert 1 == len({answer.json()["detail"] for answer in answers})
    assert ["editor"] == role_of(other.id)


@pytest.mark.parametrize("role", [Role.user, Role.moderator, Role.editor])
def test_only_admins_administer(server, workspace, role):
    """Not even to look: addresses are in the list."""
    tab = signed_in(server, make_person(workspace, role).username)

    assert {403} == {
        tab.get(MEMBERS).status_code,
        tab.get("/api/v1/invitations").status_code,
        tab.post("/api/v1/invitations", json={"role": "user"}).status_code,
    }
