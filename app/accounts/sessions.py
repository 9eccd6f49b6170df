"""Signing in and staying signed in: passwords, access tokens, rotated refresh tokens.

The refresh token is opaque and hashed. One conditional UPDATE swaps it, so that of fifty parallel
refreshes one wins; the loser, if it comes within ten seconds, gets the same successor (two tabs),
later it means a stolen token and the whole family is revoked.
"""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import func, or_, select, update
from sqlalchemy.orm import Session

from app import audit
from app.accounts import membership
from app.accounts.membership import Visit, acting
from app.audit import AuditTag
from app.core import security
from app.core.clock import new_id, now
from app.core.errors import Unauthenticated
from app.models import LoginSession, Role, User, Workspace

REFRESH_LIFE = timedelta(days=7)
ABSOLUTE_LIFE = timedelta(days=30)
SAME_SUCCESSOR = timedelta(seconds=10)


class SessionEnded(Unauthenticated):
    message = "This session has ended; sign in again."


@dataclass(frozen=True, slots=True)
class Tokens:
    access_token: str
    refresh_token: str
    session_id: UUID
    user: User
    workspace: Workspace
    role: Role


def log_in(session: Session, *, name: str, password: str, visit: Visit) -> Tokens:
    """By e-mail address or user name; raises WrongCredentials."""
    member = membership.by_password(session, name=name, password=password)
    tokens = open_for(session, *member, visit=visit)
    actor = acting(member, visit, session_id=tokens.session_id)
    audit.record(session, actor, AuditTag.session_opened, object_id=member.user.id)
    return tokens


def open_for(
    session: Session,
    user: User,
    workspace: Workspace,
    role: Role,
    *,
    visit: Visit | None = None,
) -> Tokens:
    """A new session of a person who has just proved who they are."""
    refresh, at = security.new_token(), now()
    opened = LoginSession(
        id=new_id(),
        user_id=user.id,
        workspace_id=workspace.id,
        current_hash=security.hash_token(refresh),
        address=visit and visit.address,
        user_agent=visit and visit.user_agent,
        expires_at=at + REFRESH_LIFE,
        absolute_expires_at=at + ABSOLUTE_LIFE,
    )
    session.add(opened)
    session.flush()
    return _tokens(opened, refresh, user, workspace, role)


def _tokens(
    opened: LoginSession, refresh: str, user: User, workspace: Workspace, role: Role
) -> Tokens:
    claims = security.AccessClaims(user.id, opened.id, workspace.id, user.token_version)
    access = security.issue_access_token(claims)
    return Tokens(access, refresh, opened.id, user, workspace, role)


def refresh(session: Session, *, token: str, visit: Visit) -> Tokens | None:
    """New tokens for a refresh token; None when it is unknown, ended or was used long ago.

    None rather than an error, so that the revocation of a stolen family is committed.
    """
    digest, successor, at = security.hash_token(token), security.new_token(), now()
    alive = (LoginSession.revoked_at.is_(None), LoginSession.expires_at > at)
    swapped = session.scalar(
        update(LoginSession)
        .where(LoginSession.current_hash == digest, *alive, LoginSession.absolute_expires_at > at)
        .values(
            previous_hash=digest,
            current_hash=security.hash_token(successor),
            successor=security.seal(successor),
            rotated_at=at,
            expires_at=func.least(at + REFRESH_LIFE, LoginSession.absolute_expires_at),
        )
        .returning(LoginSession)
    )
    if swapped is None:
        swapped = session.scalar(
            select(LoginSession).where(LoginSession.previous_hash == digest, *alive)
        )
        if swapped is None or swapped.rotated_at is None or swapped.successor is None:
            return None
        if at - swapped.rotated_at > SAME_SUCCESSOR:
            _revoke_family(session, swapped, visit)
            return None
        successor = security.unseal(swapped.successor)
    return _renewed(session, swapped, successor)


def _renewed(session: Session, opened: LoginSession, refresh_token: str) -> Tokens | None:
    member = membership.find(session, opened.user_id, opened.workspace_id)
    return _tokens(opened, refresh_token, *member) if member else None


def _revoke_family(session: Session, opened: LoginSession, visit: Visit) -> None:
    opened.revoked_at = now()
    why = {"why": "a refresh token was used twice"}
    _note_end(session, opened, visit, AuditTag.session_family_revoked, why)


def log_out(session: Session, *, token: str, visit: Visit) -> None:
    """Ends the session of a refresh token; an unknown one is ended already."""
    digest = security.hash_token(token)
    ended = session.scalar(
        update(LoginSession)
        .where(
            or_(LoginSession.current_hash == digest, LoginSession.previous_hash == digest),
            LoginSession.revoked_at.is_(None),
        )
        .values(revoked_at=now())
        .returning(LoginSession)
    )
    _note_end(session, ended, visit, AuditTag.session_closed)


def _note_end(
    session: Session,
    ended: LoginSession | None,
    visit: Visit,
    tag: AuditTag,
    after: dict[str, str] | None = None,
) -> None:
    member = membership.find(session, ended.user_id, ended.workspace_id) if ended else None
    if ended and member:
        actor = acting(member, visit, session_id=ended.id)
        audit.record(session, actor, tag, object_id=ended.user_id, after=after)
