"""From a secret to a subject: API keys and access tokens, one indexed query each."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import and_, or_, select, update
from sqlalchemy.orm import Session

from app.accounts.subject import SCOPES_OF, Scope, Subject, SubjectKind
from app.core import security
from app.core.clock import now
from app.core.database import system_unit_of_work
from app.models import ApiKey, LoginSession, Membership, Role, User, Workspace

LAST_USED_EVERY = timedelta(minutes=5)


def identify(secret: str, *, address: str, request_id: str | None) -> Subject | None:
    """The subject behind a key or token, or None; a typo costs no query."""
    if secret.startswith("llmops_"):
        public_id = security.public_id_of(secret)
        if public_id is None:
            return None
        with system_unit_of_work() as session:
            return _by_key(session, secret, public_id, address, request_id)
    claims = security.read_access_token(secret)
    if claims is None:
        return None
    with system_unit_of_work() as session:
        return _by_token(session, claims, address, request_id)


def _by_key(
    session: Session, secret: str, public_id: str, address: str, request_id: str | None
) -> Subject | None:
    found = session.execute(
        select(ApiKey, Workspace.name, User.username, User.is_active, Membership.role)
        .join(Workspace, Workspace.id == ApiKey.workspace_id)
        .outerjoin(User, User.id == ApiKey.user_id)
        .outerjoin(
            Membership,
            and_(
                Membership.user_id == ApiKey.user_id,
                Membership.workspace_id == ApiKey.workspace_id,
            ),
        )
        .where(ApiKey.public_id == public_id)
    ).one_or_none()
    if found is None or not security.is_hash_of(found.ApiKey.digest, secret):
        return None
    key, at = found.ApiKey, now()
    if not key.is_active or (key.expires_at and key.expires_at <= at):
        return None
    role = Role.admin  # made on the command line of the machine itself: nobody stands above
    if key.user_id is not None:
        if not found.is_active or found.role is None:
            return None
        role = Role(found.role)
    _note_use(session, key.id, at)
    return Subject(
        kind=SubjectKind.key,
        id=key.id,
        label=f"key:{key.name}",
        workspace_id=key.workspace_id,
        workspace_name=found.name,
        role=role,
        scopes=frozenset(Scope(scope) for scope in key.scopes) & SCOPES_OF[role],
        user_id=key.user_id,
        username=found.username,
        rate_limit_per_minute=key.rate_limit_per_minute,
        address=address,
        request_id=request_id,
    )


def _note_use(session: Session, key_id: UUID, at: datetime) -> None:
    stale = or_(ApiKey.last_used_at.is_(None), ApiKey.last_used_at < at - LAST_USED_EVERY)
    session.execute(update(ApiKey).where(ApiKey.id == key_id, stale).values(last_used_at=at))


def _by_token(
    session: Session, claims: security.AccessClaims, address: str, request_id: str | None
) -> Subject | None:
    found = session.execute(
        select(User.username, User.token_version, Membership.role, Workspace.name)
        .join(LoginSession, LoginSession.user_id == User.id)
        .join(Membership, Membership.user_id == User.id)
        .join(Workspace, Workspace.id == Membership.workspace_id)
        .where(
            User.id == claims.user_id,
            User.is_active,
            LoginSession.id == claims.session_id,
            LoginSession.revoked_at.is_(None),
            Membership.workspace_id == claims.workspace_id,
        )
    ).one_or_none()
    if found is None or found.token_version != claims.token_version:
        return None
    role = Role(found.role)
    return Subject(
        kind=SubjectKind.session,
        id=claims.session_id,
        label=found.username,
        workspace_id=claims.workspace_id,
        workspace_name=found.name,
        role=role,
        scopes=SCOPES_OF[role],
        user_id=claims.user_id,
        username=found.username,
        address=address,
        request_id=request_id,
    )
