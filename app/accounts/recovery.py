"""Another password: by the one it replaces, or by a link. Either ends the other sessions."""

from uuid import UUID

from sqlalchemy import update
from sqlalchemy.orm import Session

from app import audit
from app.accounts import browser, links, membership, person
from app.accounts.browser import Opened
from app.accounts.membership import Visit, acting
from app.accounts.passwords import refuse_weak
from app.accounts.subject import Subject
from app.audit import AuditTag
from app.core import security
from app.core.clock import now
from app.core.errors import invalid
from app.models import LinkKind, LoginSession, User

NEW = "#/new_password"


def change_password(
    session: Session, subject: Subject, *, current_password: str, new_password: str
) -> str | None:
    """Ends every other session; another cookie for this one, None where it is no browser's."""
    user = person.get(session, subject)
    if not security.verify_password(current_password, user.password_hash):
        raise invalid("#/current_password", "The current password is wrong.")
    _set(session, user, new_password)
    _end_sessions(session, user.id, but=subject.id)
    audit.record(session, subject, AuditTag.password_changed, object_id=user.id)
    return browser.rotate(session, subject.id) if subject.id else None


def reset_password(session: Session, *, token: str, new_password: str, visit: Visit) -> Opened:
    """By a reset link: ends every session, and opens one."""
    link = links.use(session, kind=LinkKind.reset, token=token)
    member = membership.find(session, link.user_id, link.workspace_id) if link.user_id else None
    if member is None:
        raise links.ended(LinkKind.reset)
    _set(session, member.user, new_password)
    member.user.token_version += 1
    _end_sessions(session, member.user.id, but=None)
    opened = browser.open_for(session, member, visit)
    actor = acting(member, visit, session_id=opened.session_id)
    audit.record(session, actor, AuditTag.password_reset, object_id=member.user.id)
    return opened


def _set(session: Session, user: User, password: str) -> None:
    refuse_weak(password, username=user.username, email=user.email, pointer=NEW)
    user.password_hash = security.hash_password(password)
    links.end_of(session, user.id)


def _end_sessions(session: Session, user_id: UUID, *, but: UUID | None) -> None:
    statement = update(LoginSession).where(
        LoginSession.user_id == user_id, LoginSession.revoked_at.is_(None)
    )
    if but:
        statement = statement.where(LoginSession.id != but)
    session.execute(statement.values(revoked_at=now()))
