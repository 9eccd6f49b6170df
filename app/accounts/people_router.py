"""One's own profile and sessions; the members of the workspace, and who is invited."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter

from app.accounts import members, person
from app.accounts.access import Zone, requires
from app.accounts.people_schemas import (
    InvitationCreate,
    InvitationList,
    InvitationMade,
    InvitationRead,
    MemberChange,
    MemberList,
    MemberRead,
    OpenSessionList,
    OpenSessionRead,
    ProfileChange,
)
from app.accounts.schemas import ProtectedRead, whoami
from app.accounts.subject import Scope, Subject
from app.core.config import get_settings
from app.core.database import system_unit_of_work
from app.core.problems import EVERYWHERE, responses

router = APIRouter(tags=["account"], responses=EVERYWHERE)

Person = Annotated[Subject, requires(Scope.read)]
Admin = Annotated[Subject, requires(Scope.admin)]
Inviter = Annotated[Subject, requires(Scope.admin, zone=Zone.secrets)]


@router.patch("/me", responses=responses(409))
def change_me(body: ProfileChange, subject: Person) -> ProtectedRead:
    """Changes one's own address, language or time zone."""
    with system_unit_of_work() as session:
        user = person.change(session, subject, body.model_dump(exclude_none=True))
        return whoami(subject, user)


@router.get("/me/sessions")
def list_my_sessions(subject: Person) -> OpenSessionList:
    """Where one is signed in, newest first; a key is signed in nowhere."""
    with system_unit_of_work() as session:
        items = [
            OpenSessionRead(
                id=row.id,
                created_at=row.created_at,
                last_seen_at=seen_at,
                address=row.address,
                user_agent=row.user_agent,
                current=row.id == subject.id,
                kind="browser" if row.cookie_hash else "token",
            )
            for row, seen_at in person.sessions(session, subject)
        ]
    return OpenSessionList(items=items, next_cursor=None, total=len(items))


@router.delete("/me/sessions/{session_id}", status_code=204, responses=responses(404))
def revoke_my_session(session_id: UUID, subject: Person) -> None:
    """Signs one out there, at once."""
    with system_unit_of_work() as session:
        person.revoke_session(session, subject, session_id)


@router.get("/members")
def list_members(subject: Admin) -> MemberList:
    """Everybody who belongs to the workspace, by name."""
    with system_unit_of_work() as session:
        items = [MemberRead.model_validate(row) for row in members.page(session, subject)]
    return MemberList(items=items, next_cursor=None, total=len(items))


@router.patch("/members/{user_id}", responses=responses(404, 409))
def change_member(user_id: UUID, body: MemberChange, subject: Admin) -> MemberRead:
    """Gives a member another role; it counts from the next request."""
    with system_unit_of_work() as session:
        row = members.change_role(session, subject, user_id, role=body.role)
        return MemberRead.model_validate(row)


@router.delete("/members/{user_id}", status_code=204, responses=responses(404, 409))
def remove_member(user_id: UUID, subject: Admin) -> None:
    """Ends a membership, with the member's sessions, keys and invitations; their work stays."""
    with system_unit_of_work() as session:
        members.remove(session, subject, user_id)


@router.get("/invitations")
def list_invitations(subject: Admin) -> InvitationList:
    """Invitations that can still be accepted, newest first, without their tokens."""
    with system_unit_of_work() as session:
        items = [
            InvitationRead.model_validate(row) for row in members.invitations(session, subject)
        ]
    return InvitationList(items=items, next_cursor=None, total=len(items))


@router.post("/invitations", status_code=201)
def create_invitation(body: InvitationCreate, subject: Inviter) -> InvitationMade:
    """A link for one person and 7 days; the answer is the only place it ever appears."""
    with system_unit_of_work() as session:
        offered = members.invite(session, subject, role=body.role, email=body.email)
        return InvitationMade(
            **InvitationRead.model_validate(offered.row).model_dump(),
            url=offered.url(get_settings().public_url),
            token=offered.token,
        )


@router.delete("/invitations/{invitation_id}", status_code=204, responses=responses(404))
def withdraw_invitation(invitation_id: UUID, subject: Admin) -> None:
    """Ends an invitation that nobody has accepted."""
    with system_unit_of_work() as session:
        members.withdraw(session, subject, invitation_id)
