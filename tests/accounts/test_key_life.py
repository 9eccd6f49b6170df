"""What a key may do at this moment, and how it ends."""

from datetime import datetime

import pytest

from app.accounts import keys
from app.accounts.subject import SCOPES_OF, Scope
from app.core.database import unit_of_work
from app.models import Role
from tests.accounts.people import KEYS, make, scopes_of, sql
from tests.support.fixtures import make_key, make_subject


@pytest.mark.parametrize("role", Role)
def test_a_key_shrinks_with_its_maker(client_of, subject, role):
    """Scopes are those of the key that the person's role has at this moment."""
    client = client_of(make_key(subject))
    sql("UPDATE memberships SET role = :role WHERE user_id = :id", role=role, id=subject.user_id)

    assert sorted(SCOPES_OF[role]) == scopes_of(client)


def test_a_key_grows_back_but_never_beyond_itself(client_of, subject):
    """A promotion gives a key nothing it was not made with."""
    client = client_of(make_key(subject, frozenset({Scope.read, Scope.write})))
    change = "UPDATE memberships SET role = :role WHERE user_id = :id"
    sql(change, role="user", id=subject.user_id)
    small = scopes_of(client)
    sql(change, role="admin", id=subject.user_id)

    assert ["read"] == small
    assert ["read", "write"] == scopes_of(client)


@pytest.mark.parametrize(
    "end",
    [
        "UPDATE users SET is_active = false WHERE id = :id",
        "DELETE FROM memberships WHERE user_id = :id",
        "DELETE FROM users WHERE id = :id",
    ],
    ids=["deactivated", "left", "erased"],
)
def test_a_key_ends_with_its_maker(client_of, subject, end):
    """Whoever is gone has no key left."""
    client = client_of(make_key(subject))
    before = scopes_of(client)
    sql(end, id=subject.user_id)

    assert sorted(Scope) == before
    assert 401 == scopes_of(client)


def test_a_revoked_key_ends_at_once(client, client_of):
    """The next request is refused; revoking it again is no error."""
    made = make(client, scopes=["read"])
    holder = client_of(made["key"])
    before = scopes_of(holder)
    first = client.delete(f"{KEYS}/{made['id']}")
    second = client.delete(f"{KEYS}/{made['id']}")

    assert ["read"] == before
    assert [204, 204] == [first.status_code, second.status_code]
    assert 401 == scopes_of(holder)


def test_an_expired_key_is_none(client, client_of):
    """To the second."""
    made = make(client, scopes=["read"], expires_in_days=1)
    holder = client_of(made["key"])
    change = "UPDATE api_keys SET expires_at = clock_timestamp() + :s * interval '1 s' WHERE id=:id"
    sql(change, s=60, id=made["id"])
    before = scopes_of(holder)
    sql(change, s=-1, id=made["id"])

    assert ["read"] == before
    assert 401 == scopes_of(holder)


def test_a_rotated_key_has_a_day_left(client, client_of):
    """The successor has the same rights; both work until the old one's day is over."""
    old = make(client, name="deploy", scopes=["read", "ci"], rate_limit_per_minute=7)
    new = client.post(f"{KEYS}/{old['id']}/rotate").json()
    both = [scopes_of(client_of(key["key"])) for key in (old, new)]
    left = sql(
        "SELECT extract(epoch FROM expires_at - clock_timestamp()) FROM api_keys WHERE id = :id",
        id=old["id"],
    )[0][0]
    sql("UPDATE api_keys SET expires_at = clock_timestamp() WHERE id = :id", id=old["id"])

    assert [["ci", "read"]] * 2 == both
    assert keys.OVERLAP.total_seconds() - 60 < left <= keys.OVERLAP.total_seconds()
    assert old["id"] == new["replaces_id"]
    assert ("deploy", 7) == (new["name"], new["rate_limit_per_minute"])
    assert 401 == scopes_of(client_of(old["key"]))
    assert ["ci", "read"] == scopes_of(client_of(new["key"]))


def test_rotating_makes_no_key_live_longer(client):
    """One that ends in an hour still ends in an hour."""
    old = make(client)
    sooner = "clock_timestamp() + interval '1 hour'"
    sql(f"UPDATE api_keys SET expires_at = {sooner} WHERE id = :id", id=old["id"])
    client.post(f"{KEYS}/{old['id']}/rotate")

    left = f"SELECT expires_at < {sooner} FROM api_keys WHERE id = :id"
    assert [(True,)] == sql(left, id=old["id"])


def test_a_revoked_key_has_no_successor(client):
    """Else rotating would be a way to bring it back."""
    made = make(client)
    client.delete(f"{KEYS}/{made['id']}")

    assert 422 == client.post(f"{KEYS}/{made['id']}/rotate").status_code


def test_use_is_noted_every_five_minutes_at_most(client, client_of):
    """Enough to find forgotten keys, and no write for each request."""
    made = make(client)
    holder = client_of(made["key"])

    def note() -> datetime:
        scopes_of(holder)
        return sql("SELECT last_used_at FROM api_keys WHERE id = :id", id=made["id"])[0][0]

    first, second = note(), note()
    back = "UPDATE api_keys SET last_used_at = last_used_at - interval '301 s' WHERE id = :id"
    sql(back, id=made["id"])
    third = note()

    assert first == second
    assert third > second


def test_active_keys_are_counted(workspace):
    """Of one workspace, and without the revoked."""
    admin = make_subject(workspace)
    make_key(admin)
    make_key(admin)
    with unit_of_work(workspace) as session:
        keys.revoke(session, admin, keys.page(session, admin)[0].id)

        assert 1 == keys.count_active(session, workspace)
