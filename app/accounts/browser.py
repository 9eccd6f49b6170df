"""Browsers stay signed in by a cookie: an opaque token, stored as a hash, in one row.

A session ends seven days after its last use and thirty days after its first, whichever is sooner,
and at once when it is revoked. Each sign-in makes a token of its own; none is taken from a request.
"""

from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import func, or_, select, update
from sqlalchemy.orm import Session

from app import audit
from app.accounts import links, membership
from app.accounts.membership import Member, Visit, acting
from app.accounts.sessions import ABSOLUTE_LIFE, REFRESH_LIFE
from app.accounts.subject import SCOPES_OF, Subject, SubjectKind
from app.audit import AuditTag
from app.core import security
from app.core.clock import new_id, now
from app.core.database import system_unit_of_work
from app.models import LinkKind, LoginSession, Membership, Role, User, Workspace

SEEN_EVERY = timedelta(minutes=5)


class Opened(NamedTuple):
    """`cookie` is the secret: its hash is in the row, itself nowhere."""

    cookie: str
    session_id: UUID
    member: Member


def open_for(session: Session, member: Member, visit: Visit) -> Opened:
    """A new session of a person who has just proved who they are."""
    cookie, at = security.new_token(), now()
    opened = LoginSession(
        id=new_id(),
        user_id=member.user.id,
        workspace_id=member.workspace.id,
        cookie_hash=security.hash_token(cookie),
        created_at=at,
        last_seen_at=at,
        address=visit.address,
        user_agent=visit.user_agent,
        expires_at=at + REFRESH_LIFE,
        absolute_expires_at=at + ABSOLUTE_LIFE,
    )
    session.add(opened)
    session.flush()
    return Opened(cookie, opened.id, member)


def sign_in(session: Session, *, name: str, password: str, visit: Visit) -> Opened:
    """By user name or e-mail address; raises WrongCredentials."""
    member = membership.by_password(session, name=name, password=password)
    return _noted(session, open_for(session, member, visit), visit, by="password")


def follow(session: Session, *, token: str, visit: Visit) -> Opened:
    """By a link that the command line made; raises Invalid when it is used up."""
    link = links.use(session, kind=LinkKind.sign_in, token=token)
    member = membership.find(session, link.user_id, link.workspace_id) if link.user_id else None
    if member is None:
        raise links.ended(LinkKind.sign_in)
    return _noted(session, open_for(session, member, visit), visit, by="link")


def _noted(session: Session, opened: Opened, visit: Visit, *, by: str) -> Opened:
    actor = acting(opened.member, visit, session_id=opened.session_id)
    user_id = opened.member.user.id
    audit.record(session, actor, AuditTag.session_opened, object_id=user_id, after={"by": by})
    return opened


def close(session: Session, *, cookie: str, visit: Visit) -> None:
    """Ends the session of a cookie; an unknown one is ended already."""
    ended = session.scalar(
        update(LoginSession)
        .where(
            LoginSession.cookie_hash == security.hash_token(cookie),
            LoginSession.revoked_at.is_(None),
        )
        .values(revoked_at=now())
        .returning(LoginSession)
    )
    member = membership.find(session, ended.user_id, ended.workspace_id) if ended else None
    if ended and member:
        actor = acting(member, visit, session_id=ended.id)
        audit.record(session, actor, AuditTag.session_closed, object_id=ended.user_id)


def rotate(session: Session, session_id: UUID) -> str | None:
    """Another cookie for the same session; None where the session is none of a browser."""
    cookie = security.new_token()
    changed = session.scalar(
        update(LoginSession)
        .where(LoginSession.id == session_id, LoginSession.cookie_hash.is_not(None))
        .values(cookie_hash=security.hash_token(cookie))
        .returning(LoginSession.id)
    )
    return cookie if changed else None


def identify(cookie: str, *, address: str, request_id: str | None) -> Subject | None:
    """The person behind a cookie; None when it is unknown, ended or revoked."""
    with system_unit_of_work() as session:
        at = now()
        found = session.execute(
            select(LoginSession, User.username, Membership.role, Workspace.name)
            .join(User, User.id == LoginSession.user_id)
            .join(Workspace, Workspace.id == LoginSession.workspace_id)
            .join(
                Membership,
                (Membership.user_id == User.id) & (Membership.workspace_id == Workspace.id),
            )
            .where(
                LoginSession.cookie_hash == security.hash_token(cookie),
                LoginSession.revoked_at.is_(None),
                LoginSession.expires_at > at,
                LoginSession.absolute_expires_at > at,
                User.is_active,
            )
        ).one_or_none()
        if found is None:
            return None
        opened, role = found.LoginSession, Role(found.role)
        _note_use(session, opened.id, at, address)
    return Subject(
        kind=SubjectKind.session,
        id=opened.id,
        label=found.username,
        workspace_id=opened.workspace_id,
        workspace_name=found.name,
        role=role,
        scopes=SCOPES_OF[role],
        user_id=opened.user_id,
        username=found.username,
        address=address,
        request_id=request_id,
    )


def _note_use(session: Session, session_id: UUID, at: datetime, address: str) -> None:
    """Seven more days, but not beyond the thirtieth."""
    stale = or_(LoginSession.last_seen_at.is_(None), LoginSession.last_seen_at < at - SEEN_EVERY)
    session.execute(
        update(LoginSession)
        .where(LoginSession.id == session_id, stale)
        .values(
            last_seen_at=at,
            address=address,
            expires_at=func.least(at + REFRESH_LIFE, LoginSession.absolute_expires_at),
        )
    )
