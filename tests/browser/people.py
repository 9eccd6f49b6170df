"""Somebody at a browser: a user of a workspace with a session, as signing in would have made."""

from dataclasses import dataclass
from typing import cast
from uuid import UUID

from playwright._impl._api_structures import SetCookieParam

from app.accounts import browser
from app.accounts.membership import Member, Visit
from app.accounts.subject import SCOPES_OF, Subject, SubjectKind
from app.core import security
from app.core.clock import new_id
from app.core.database import system_unit_of_work
from app.models import Membership, Role, User, Workspace

PASSWORD = "a quiet harbour at dawn"


@dataclass(frozen=True)
class Person:
    username: str
    subject: Subject
    secret: str

    def cookie(self, site: str) -> SetCookieParam:
        made = {"name": "llmops", "value": self.secret, "url": site, "httpOnly": True}
        return cast("SetCookieParam", made)


def make_person(workspace_id: UUID, role: Role = Role.admin, name: str | None = None) -> Person:
    """A member with a password and an open session."""
    username = name or f"person-{new_id().hex[-12:]}"
    with system_unit_of_work() as session:
        user = User(
            email=f"{username}@example.org",
            username=username,
            password_hash=security.hash_password(PASSWORD),
        )
        session.add(user)
        session.flush()
        session.add(Membership(workspace_id=workspace_id, user_id=user.id, role=role))
        session.flush()
        workspace = session.get_one(Workspace, workspace_id)
        member = Member(user=user, workspace=workspace, role=role)
        visit = Visit(address="127.0.0.1", user_agent="Chromium", request_id=None)
        opened = browser.open_for(session, member, visit)
        return Person(username, _subject(user, workspace, role, opened.session_id), opened.cookie)


def _subject(user: User, workspace: Workspace, role: Role, session_id: UUID) -> Subject:
    return Subject(
        kind=SubjectKind.session,
        id=session_id,
        label=user.username,
        workspace_id=workspace.id,
        workspace_name=workspace.name,
        role=role,
        scopes=SCOPES_OF[role],
        user_id=user.id,
        username=user.username,
    )
