"""Somebody with a place in a workspace: found by password or by id."""

from typing import NamedTuple
from uuid import UUID

from sqlalchemy import Row, Select, func, or_, select
from sqlalchemy.orm import Session

from app.accounts.subject import SCOPES_OF, Subject, SubjectKind
from app.core import security
from app.core.errors import Unauthenticated
from app.models import Membership, Role, User, Workspace


class WrongCredentials(Unauthenticated):
    message = "The user name or the password is wrong."


class Member(NamedTuple):
    user: User
    workspace: Workspace
    role: Role


class Visit(NamedTuple):
    """Where a request comes from."""

    address: str
    user_agent: str | None = None
    request_id: str | None = None


def by_password(session: Session, *, name: str, password: str) -> Member:
    """By e-mail address or user name; the same answer and the same work for an unknown one."""
    user = named(session, name)
    right = security.verify_password(password, user.password_hash if user else None)
    if user is None or not right:
        raise WrongCredentials
    member = first_of(session, user.id)
    if member is None:
        raise WrongCredentials
    return member


def named(session: Session, name: str) -> User | None:
    wanted = name.strip().lower()
    return session.scalar(
        select(User).where(
            or_(func.lower(User.email) == wanted, func.lower(User.username) == wanted)
        )
    )


def first_of(session: Session, user_id: UUID) -> Member | None:
    """Where somebody belongs longest; None for who is deactivated or belongs nowhere."""
    return _member(session.execute(_of(user_id).order_by(Membership.created_at).limit(1)).first())


def find(session: Session, user_id: UUID, workspace_id: UUID) -> Member | None:
    wanted = _of(user_id).where(Workspace.id == workspace_id)
    return _member(session.execute(wanted).one_or_none())


def _of(user_id: UUID) -> Select[User, Workspace, Role]:
    return (
        select(User, Workspace, Membership.role)
        .join(Membership, Membership.user_id == User.id)
        .join(Workspace, Workspace.id == Membership.workspace_id)
        .where(User.id == user_id, User.is_active)
    )


def _member(row: Row[User, Workspace, Role] | None) -> Member | None:
    return Member(row[0], row[1], Role(row[2])) if row else None


def acting(member: Member, visit: Visit, *, session_id: UUID | None = None) -> Subject:
    """The member as the audit log sees whoever acts."""
    return Subject(
        kind=SubjectKind.session,
        id=session_id,
        label=member.user.username,
        workspace_id=member.workspace.id,
        workspace_name=member.workspace.name,
        role=member.role,
        scopes=SCOPES_OF[member.role],
        user_id=member.user.id,
        username=member.user.username,
        address=visit.address,
        request_id=visit.request_id,
    )
