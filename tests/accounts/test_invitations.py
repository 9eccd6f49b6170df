"""Invitations: into one workspace, with one role, for one person, by somebody who may."""

import pytest

from app.models import Role
from tests.accounts.people import (
    INVITATIONS,
    PASSWORD,
    REGISTER,
    invitation,
    make_person,
    newcomer,
    signed_in,
    sql,
    tags_of,
)


def test_an_invitation_makes_a_member(client, tab, workspace):
    """With the role it was made with, in the workspace it is for, signed in, and once."""
    made = invitation(client)
    body = newcomer(invite_token=made["token"], language="de", time_zone="Europe/Berlin")
    answer = tab.post(REGISTER, json=body)
    again = tab.post(REGISTER, json=newcomer(invite_token=made["token"]))
    me = tab.get("/api/v1/me").json()

    assert [201, 422] == [answer.status_code, again.status_code]
    assert ["#/invite_token"] == [error["pointer"] for error in again.json()["errors"]]
    assert ("editor", str(workspace)) == (me["role"], me["workspace"]["id"])
    assert ("de", "Europe/Berlin") == (me["language"], me["time_zone"])
    assert "account:user:register" == tags_of(workspace)[-1]


def test_an_invitation_serves_the_tokens_of_programs_too(client, visitor):
    """`/auth/register` takes the same two tokens."""
    body = newcomer(invite_token=invitation(client, role="moderator")["token"])
    answer = visitor.post("/api/v1/auth/register", json=body)

    assert (201, "moderator") == (answer.status_code, answer.json()["role"])


def test_the_url_comes_from_the_settings(client):
    """Not from the Host of the request, which whoever asks may choose."""
    answer = client.post(INVITATIONS, json={"role": "user"}, headers={"host": "evil.example"})
    made = answer.json()

    assert f"http://127.0.0.1:8000/invite#{made['token']}" == made["url"]


def test_an_invitation_is_listed_without_its_token_and_can_be_withdrawn(client, tab):
    """Newest first; afterwards it is neither listed nor good for anything."""
    first, second = invitation(client), invitation(client, role="user", email="ann@example.org")
    listed = client.get(INVITATIONS)
    gone = [client.delete(f"{INVITATIONS}/{second['id']}").status_code for _ in range(2)]
    body = newcomer(invite_token=second["token"], email="ann@example.org")

    assert [second["id"], first["id"]] == [item["id"] for item in listed.json()["items"]]
    assert second["token"] not in listed.text
    assert ("user", "ann@example.org", "key:test") == tuple(
        listed.json()["items"][0][name] for name in ("role", "email", "created_by")
    )
    assert [204, 404] == gone
    assert [first["id"]] == [item["id"] for item in client.get(INVITATIONS).json()["items"]]
    assert 422 == tab.post(REGISTER, json=body).status_code


def test_an_invitation_lasts_seven_days(client, tab):
    """Longer than other links: it waits in somebody's mail."""
    made = invitation(client)
    left = "SELECT expires_at - created_at < interval '7 days 1 s' FROM one_time_links"
    assert [(True,)] == sql(f"{left} WHERE id = :id", id=made["id"])
    sql("UPDATE one_time_links SET expires_at = clock_timestamp() WHERE id = :id", id=made["id"])

    assert 422 == tab.post(REGISTER, json=newcomer(invite_token=made["token"])).status_code
    assert [] == client.get(INVITATIONS).json()["items"]


def test_an_invitation_with_an_address_is_for_that_address(client, tab):
    """In any case of letters; somebody else's mistake does not use it up."""
    token = invitation(client, email="Bea.Example@example.org")["token"]
    wrong = tab.post(REGISTER, json=newcomer(invite_token=token))
    sql("DELETE FROM users WHERE lower(email) = 'bea.example@example.org'")
    right = tab.post(REGISTER, json=newcomer(invite_token=token, email="bea.example@example.org"))

    assert [422, 201] == [wrong.status_code, right.status_code]
    assert ["#/email"] == [error["pointer"] for error in wrong.json()["errors"]]


def test_who_has_an_account_joins_with_it(client, tab, workspace):
    """Given its address, name and password: that is how people come back, too."""
    known = make_person(None)
    token = invitation(client)["token"]
    body = {"email": known.email, "username": known.username, "invite_token": token}
    wrong = tab.post(REGISTER, json={**body, "password": "some other horse"})
    right = tab.post(REGISTER, json={**body, "password": PASSWORD})

    assert [409, 201] == [wrong.status_code, right.status_code]
    assert str(known.id) == right.json()["user"]["id"]
    assert str(workspace) == right.json()["workspace"]["id"]


def test_a_member_is_not_invited_twice(client, tab, person):
    """The membership there is stays as it is, and so does the invitation."""
    token = invitation(client, role="admin")["token"]
    body = {"email": person.email, "username": person.username, "password": PASSWORD}
    answer = tab.post(REGISTER, json={**body, "invite_token": token})

    assert 409 == answer.status_code
    assert [("editor",)] == sql("SELECT role FROM memberships WHERE user_id = :id", id=person.id)
    assert 1 == client.get(INVITATIONS).json()["total"]


def test_two_tokens_are_one_too_many(client, tab):
    """Which of them decides the role would be a guess."""
    token = invitation(client)["token"]
    answer = tab.post(REGISTER, json=newcomer(invite_token=token, setup_token="x"))

    assert 422 == answer.status_code


@pytest.mark.parametrize("end", ["demoted", "removed"])
def test_invitations_end_with_the_admin_who_made_them(server, client, tab, workspace, end):
    """Else a demoted admin would come back by a link kept in a drawer."""
    admin = make_person(workspace, Role.admin)
    kept = invitation(signed_in(server, admin.username), role="admin")["token"]
    path = f"/api/v1/members/{admin.id}"
    done = client.patch(path, json={"role": "editor"}) if end == "demoted" else client.delete(path)

    assert done.is_success
    assert 422 == tab.post(REGISTER, json=newcomer(invite_token=kept)).status_code
