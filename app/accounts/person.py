"""What people see and change of themselves: profile, and where they are signed in.

These read tables that are closed to the application's role: `session` is one of the system's, and
every statement names the person.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app import audit
from app.accounts.registration import NameTaken
from app.accounts.subject import Subject, SubjectKind
from app.audit import AuditTag
from app.core.clock import now
from app.core.errors import Conflict, NotFound
from app.models import LoginSession, User


class NobodySignedIn(Conflict):
    message = "A key has no profile and no password; sign in as the person."


class SessionNotFound(NotFound):
    message = "You have no session with this id."


def find(session: Session, subject: Subject) -> User | None:
    """Who is signed in; None for a key, which is nobody."""
    if subject.kind is not SubjectKind.session or subject.user_id is None:
        return None
    return session.get(User, subject.user_id)


def get(session: Session, subject: Subject) -> User:
    found = find(session, subject)
    if found is None:
        raise NobodySignedIn
    return found


def change(session: Session, subject: Subject, changes: dict[str, str]) -> User:
    """`changes` may hold email, language and time_zone. Raises NameTaken."""
    user = get(session, subject)
    before = {name: getattr(user, name) for name in changes}
    if before == changes:
        return user
    try:
        with session.begin_nested():
            for name, value in changes.items():
                setattr(user, name, value)
    except IntegrityError as error:
        raise NameTaken from error
    audit.record(
        session,
        subject,
        AuditTag.profile_changed,
        object_id=user.id,
        before=before,
        after=changes,
    )
    return user


def seen_at() -> ColumnElement[datetime]:
    """When a session was last used, as far as it is noted: a refresh counts as use."""
    return func.coalesce(
        LoginSession.last_seen_at, LoginSession.rotated_at, LoginSession.created_at
    )


def sessions(session: Session, subject: Subject) -> list[tuple[LoginSession, datetime]]:
    """The person's open sessions and when each was last used, newest first; none of a key."""
    if subject.kind is not SubjectKind.session:
        return []
    at = now()
    found = session.execute(
        select(LoginSession, seen_at())
        .where(
            LoginSession.user_id == subject.user_id,
            LoginSession.revoked_at.is_(None),
            LoginSession.expires_at > at,
            LoginSession.absolute_expires_at > at,
        )
        .order_by(LoginSession.id.desc())
    )
    return [(row[0], row[1]) for row in found]


def revoke_session(session: Session, subject: Subject, session_id: UUID) -> None:
    """Ends one of the person's own sessions at once."""
    found = session.scalar(
        select(LoginSession).where(
            LoginSession.id == session_id, LoginSession.user_id == subject.user_id
        )
    )
    if found is None or subject.kind is not SubjectKind.session:
        raise SessionNotFound
    if found.revoked_at is None:
        found.revoked_at = now()
        audit.record(session, subject, AuditTag.session_revoked, object_id=found.id)
