"""People with passwords, and clients that come from addresses of their own."""

from itertools import count
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import text
from starlette.testclient import TestClient

from app.core.clock import new_id
from app.core.database import system_unit_of_work
from app.core.security import hash_password
from app.models import Membership, Role, User

KEYS = "/api/v1/api-keys"
REGISTER = "/api/v1/auth/session/register"
INVITATIONS = "/api/v1/invitations"
PASSWORD = "correct horse 7"
HASH = hash_password(PASSWORD)  # one for all: it costs 19 MiB and some time
_addresses = count(1)


class Person(NamedTuple):
    id: UUID
    username: str
    email: str


def make_person(workspace_id: UUID | None, role: Role = Role.editor) -> Person:
    """Somebody with a password, and a place in the workspace if there is one."""
    name = f"p{new_id().hex[-12:]}"
    with system_unit_of_work() as session:
        user = User(email=f"{name}@Example.org", username=f"{name}.X", password_hash=HASH)
        session.add(user)
        session.flush()
        if workspace_id:
            session.add(Membership(workspace_id=workspace_id, user_id=user.id, role=role))
        return Person(user.id, user.username, user.email)


def at_own_address(server: TestClient) -> TestClient:
    """A client whose address no other test uses: limits are counted by address."""
    number = next(_addresses)
    address = f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"
    client = TestClient(server.app, raise_server_exceptions=False, client=(address, 1))
    client.portal = server.portal
    return client


def browser(server: TestClient, *, scheme: str = "http") -> TestClient:
    """A browser on one of the platform's own pages; its cookies stay in it."""
    client = at_own_address(server)
    client.base_url = f"{scheme}://testserver"
    client.headers["origin"] = f"{scheme}://testserver"
    return client


def enter(client: TestClient, name: str, password: str = PASSWORD) -> Any:
    """Signs a browser in."""
    return client.post("/api/v1/auth/session", json={"username": name, "password": password})


def signed_in(server: TestClient, name: str) -> TestClient:
    client = browser(server)
    answer = enter(client, name)
    assert answer.is_success, answer.text
    return client


def tags_of(workspace_id: UUID) -> list[str]:
    """What the audit log of a workspace says was done, in order."""
    rows = sql(
        "SELECT tag FROM audit_events WHERE workspace_id = :id ORDER BY number", id=workspace_id
    )
    return [row[0] for row in rows]


def log_in(client: TestClient, name: str, password: str = PASSWORD) -> Any:
    return client.post("/api/v1/auth/login", json={"username": name, "password": password})


def sql(statement: str, **values: object) -> list[Any]:
    """One statement over all workspaces; its rows, if it gives any."""
    with system_unit_of_work() as session:
        found = session.execute(text(statement), values)
        return list(found) if found.returns_rows else []


def make(client: TestClient, **body: object) -> dict[str, Any]:
    """A new API key, as the answer shows it."""
    made = client.post(KEYS, json={"name": "made", **body})
    assert 201 == made.status_code, made.text
    answer: dict[str, Any] = made.json()
    return answer


def scopes_of(client: TestClient) -> list[str] | int:
    """What the client may now; the status if it is refused."""
    answer = client.get("/api/v1/me")
    return answer.json()["scopes"] if answer.is_success else answer.status_code


def newcomer(**changes: object) -> dict[str, object]:
    """What somebody new registers with."""
    name = f"n{new_id().hex[-12:]}"
    return {"email": f"{name}@example.org", "username": name, "password": PASSWORD} | changes


def invitation(client: TestClient, **body: object) -> dict[str, Any]:
    """An open invitation, as the answer shows it."""
    answer = client.post(INVITATIONS, json={"role": "editor"} | body)
    assert 201 == answer.status_code, answer.text
    made: dict[str, Any] = answer.json()
    return made
