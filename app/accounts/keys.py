"""API keys: made, listed, rotated, revoked. The secret is shown once and stored as a keyed hash."""

from datetime import timedelta
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app import audit
from app.accounts.subject import SCOPES_OF, Scope, Subject
from app.audit import AuditTag
from app.core import security
from app.core.clock import now
from app.core.config import Environment, get_settings
from app.core.errors import NotFound, invalid
from app.models import ApiKey

OVERLAP = timedelta(hours=24)
LONGEST_LIFE_DAYS = 365


class KeyNotFound(NotFound):
    message = "There is no API key with this id in your workspace."


class NewKey(NamedTuple):
    row: ApiKey
    secret: str


def create(
    session: Session,
    subject: Subject,
    *,
    name: str,
    scopes: frozenset[Scope],
    expires_in_days: int | None = 90,
    rate_limit_per_minute: int | None = None,
) -> NewKey:
    """A new key of the subject's workspace, never wider than the subject itself."""
    made = _make(
        session,
        subject,
        name=name,
        scopes=scopes,
        expires_in_days=expires_in_days,
        rate_limit_per_minute=rate_limit_per_minute,
    )
    key = made.row
    audit.record(
        session,
        subject,
        AuditTag.key_created,
        object_id=key.id,
        after={"name": name, "scopes": key.scopes, "expires_at": key.expires_at},
    )
    return made


def _make(
    session: Session,
    subject: Subject,
    *,
    name: str,
    scopes: frozenset[Scope],
    expires_in_days: int | None = 90,
    rate_limit_per_minute: int | None = None,
    replaces_id: UUID | None = None,
) -> NewKey:
    beyond = scopes - (subject.scopes & SCOPES_OF[subject.role])
    if beyond:
        raise invalid(
            "#/scopes", f"You cannot give what you do not have: {', '.join(sorted(beyond))}."
        )
    secret = security.new_api_key(live=get_settings().environment is Environment.production)
    key = ApiKey(
        workspace_id=subject.workspace_id,
        name=name,
        public_id=secret.public_id,
        digest=secret.digest,
        last_four=secret.last_four,
        scopes=sorted(scope.value for scope in scopes),
        user_id=subject.user_id,
        created_by=subject.label,
        expires_at=now() + timedelta(days=expires_in_days) if expires_in_days else None,
        rate_limit_per_minute=rate_limit_per_minute,
        replaces_id=replaces_id,
    )
    session.add(key)
    session.flush()
    session.refresh(key)
    return NewKey(key, secret.text)


def page(session: Session, subject: Subject) -> list[ApiKey]:
    """All keys, newest first."""
    mine = select(ApiKey).where(ApiKey.workspace_id == subject.workspace_id)
    return list(session.scalars(mine.order_by(ApiKey.id.desc())))


def get(session: Session, subject: Subject, key_id: UUID) -> ApiKey:
    key = session.scalar(
        select(ApiKey).where(ApiKey.workspace_id == subject.workspace_id, ApiKey.id == key_id)
    )
    if key is None:
        raise KeyNotFound
    return key


def revoke(session: Session, subject: Subject, key_id: UUID) -> None:
    key = get(session, subject, key_id)
    key.is_active = False
    audit.record(session, subject, AuditTag.key_revoked, object_id=key.id)


def rotate(session: Session, subject: Subject, key_id: UUID) -> NewKey:
    """A successor with the same rights; the old key goes on working for 24 hours."""
    old = get(session, subject, key_id)
    if not old.is_active:
        raise invalid("#", "A revoked key cannot be rotated; create a new one.")
    made = _make(
        session,
        subject,
        name=old.name,
        scopes=frozenset(Scope(scope) for scope in old.scopes),
        rate_limit_per_minute=old.rate_limit_per_minute,
        replaces_id=old.id,
    )
    old.expires_at = min(old.expires_at or now() + OVERLAP, now() + OVERLAP)
    session.flush()
    audit.record(
        session, subject, AuditTag.key_rotated, object_id=old.id, after={"successor": made.row.id}
    )
    return made


def count_active(session: Session, workspace_id: UUID) -> int:
    active = select(func.count()).where(ApiKey.workspace_id == workspace_id, ApiKey.is_active)
    return session.scalar(active) or 0
