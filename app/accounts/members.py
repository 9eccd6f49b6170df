"""Who belongs to the workspace, with which role; invitations for those who do not yet.

`session` is one of the system's, as people belong to no workspace; every statement names it. The
owner stays an admin, and so there is always one; the rule of the last admin covers a workspace
without an owner.
"""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from app import audit
from app.accounts import links
from app.accounts.links import Offered
from app.accounts.person import seen_at
from app.accounts.subject import Subject
from app.audit import AuditTag
from app.core.clock import now
from app.core.errors import Conflict, NotFound
from app.models import (
    ApiKey,
    LinkKind,
    LoginSession,
    Membership,
    OneTimeLink,
    Role,
    User,
    Workspace,
)


class MemberNotFound(NotFound):
    message = "Nobody with this id belongs to your workspace."


class InvitationNotFound(NotFound):
    message = "There is no open invitation with this id in your workspace."


class OwnerStays(Conflict):
    message = "The owner of a workspace stays its admin; give it another owner first."


class LastAdmin(Conflict):
    message = "This is the last admin; make somebody else an admin first."


class MemberRow(NamedTuple):
    user_id: UUID
    username: str
    email: str
    role: Role
    is_owner: bool
    joined_at: datetime
    last_seen_at: datetime | None


def page(session: Session, subject: Subject) -> list[MemberRow]:
    """Everybody, by name; `last_seen_at` is of a sign-in to this workspace."""
    seen = (
        select(LoginSession.user_id, func.max(seen_at()).label("at"))
        .where(LoginSession.workspace_id == subject.workspace_id)
        .group_by(LoginSession.user_id)
        .subquery()
    )
    found = session.execute(
        select(
            User.id,
            User.username,
            User.email,
            Membership.role,
            func.coalesce(Workspace.owner_id == User.id, False),
            Membership.created_at,
            seen.c.at,
        )
        .join(Membership, Membership.user_id == User.id)
        .join(Workspace, Workspace.id == Membership.workspace_id)
        .outerjoin(seen, seen.c.user_id == User.id)
        .where(Membership.workspace_id == subject.workspace_id)
        .order_by(func.lower(User.username))
    )
    return [MemberRow(row[0], row[1], row[2], Role(row[3]), *row[4:]) for row in found]


def get(session: Session, subject: Subject, user_id: UUID) -> MemberRow:
    found = next((row for row in page(session, subject) if row.user_id == user_id), None)
    if found is None:
        raise MemberNotFound
    return found


def change_role(session: Session, subject: Subject, user_id: UUID, *, role: Role) -> MemberRow:
    """Counts from the member's next request; raises OwnerStays and LastAdmin."""
    held = _locked(session, subject, user_id)
    before = Role(held.role)
    if before is not role:
        _refuse_without_admin(session, subject, held)
        held.role = role
        session.flush()
        if before is Role.admin:
            links.end_invitations_by(session, user_id, workspace_id=subject.workspace_id)
        audit.record(
            session,
            subject,
            AuditTag.member_changed,
            object_id=user_id,
            before={"role": before},
            after={"role": role},
        )
    return get(session, subject, user_id)


def remove(session: Session, subject: Subject, user_id: UUID) -> None:
    """Ends the member's sessions, keys, links and invitations here; what they made stays."""
    held = _locked(session, subject, user_id)
    _refuse_without_admin(session, subject, held)
    here = {"workspace_id": subject.workspace_id, "user_id": user_id}
    session.delete(held)
    session.execute(
        update(LoginSession)
        .filter_by(**here)
        .where(LoginSession.revoked_at.is_(None))
        .values(revoked_at=now())
    )
    session.execute(update(ApiKey).filter_by(**here).values(is_active=False))
    links.end_of(session, user_id, workspace_id=subject.workspace_id)
    links.end_invitations_by(session, user_id, workspace_id=subject.workspace_id)
    before = {"role": held.role}
    audit.record(session, subject, AuditTag.member_removed, object_id=user_id, before=before)


def _locked(session: Session, subject: Subject, user_id: UUID) -> Membership:
    """One change at a time, so that two admins cannot remove each other."""
    mine = Workspace.id == subject.workspace_id
    session.execute(select(Workspace.id).where(mine).with_for_update())
    held = session.scalar(
        select(Membership).where(
            Membership.workspace_id == subject.workspace_id, Membership.user_id == user_id
        )
    )
    if held is None:
        raise MemberNotFound
    return held


def _refuse_without_admin(session: Session, subject: Subject, held: Membership) -> None:
    """For a change that takes the role away from whoever holds it."""
    if held.role != Role.admin:
        return
    owner_id = session.get_one(Workspace, subject.workspace_id).owner_id
    if owner_id == held.user_id:
        raise OwnerStays
    admins = session.scalar(
        select(func.count())
        .select_from(Membership)
        .join(User, User.id == Membership.user_id)
        .where(
            Membership.workspace_id == subject.workspace_id,
            Membership.role == Role.admin,
            User.is_active,
        )
    )
    if (admins or 0) < 2:
        raise LastAdmin


def invitations(session: Session, subject: Subject) -> list[OneTimeLink]:
    """Those that can still be accepted, newest first."""
    mine = select(OneTimeLink).where(
        OneTimeLink.workspace_id == subject.workspace_id, *links.is_open(LinkKind.invite)
    )
    return list(session.scalars(mine.order_by(OneTimeLink.id.desc())))


def invite(session: Session, subject: Subject, *, role: Role, email: str | None) -> Offered:
    """A link that makes whoever follows it a member; with an address, only that address."""
    offered = links.offer(session, subject, kind=LinkKind.invite, role=role, email=email)
    audit.record(
        session,
        subject,
        AuditTag.member_invited,
        object_id=offered.row.id,
        after={"role": role, "email": email, "expires_at": offered.row.expires_at},
    )
    return offered


def withdraw(session: Session, subject: Subject, invitation_id: UUID) -> None:
    withdrawn = session.scalar(
        update(OneTimeLink)
        .where(
            OneTimeLink.id == invitation_id,
            OneTimeLink.workspace_id == subject.workspace_id,
            *links.is_open(LinkKind.invite),
        )
        .values(used_at=now())
        .returning(OneTimeLink.id)
    )
    if withdrawn is None:
        raise InvitationNotFound
    audit.record(session, subject, AuditTag.invitation_withdrawn, object_id=invitation_id)
