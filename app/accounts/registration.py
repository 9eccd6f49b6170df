"""How people get in: the first admin by a one-time link, others where sign-up is open."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app import audit
from app.accounts.passwords import refuse_weak
from app.accounts.sessions import Tokens, actor_of, open_for
from app.audit import AuditTag
from app.core import security
from app.core.clock import now
from app.core.config import get_settings
from app.core.errors import Conflict, Forbidden, invalid
from app.models import Membership, Role, SetupToken, User, Workspace

SETUP_LIFE = timedelta(minutes=30)


class SignUpClosed(Forbidden):
    message = (
        "Sign-up is closed here. Ask an administrator for an invitation, "
        "or use the set-up link that `llmops up` printed."
    )


class NameTaken(Conflict):
    message = "This e-mail address or user name is taken."


def first_workspace(session: Session) -> Workspace:
    """The workspace of a fresh installation; made on first use."""
    workspace = session.scalar(select(Workspace).order_by(Workspace.created_at).limit(1))
    if workspace is None:
        workspace = Workspace(name="Main", slug="main")
        session.add(workspace)
        session.flush()
    return workspace


def offer_setup(session: Session) -> str | None:
    """A one-time token for the first admin; None when somebody has registered already."""
    if session.scalar(select(func.count()).select_from(User)):
        return None
    token = security.new_token()
    session.add(
        SetupToken(
            token_hash=security.hash_token(token),
            workspace_id=first_workspace(session).id,
            expires_at=now() + SETUP_LIFE,
        )
    )
    return token


def _use_setup_token(session: Session, token: str) -> UUID:
    """Ends every open link: one of them made the first admin, none may make a second."""
    ended = session.execute(
        update(SetupToken)
        .where(SetupToken.used_at.is_(None), SetupToken.expires_at > now())
        .values(used_at=now())
        .returning(SetupToken.token_hash, SetupToken.workspace_id)
    )
    digest = security.hash_token(token)
    for used in ended:
        if used.token_hash == digest:
            workspace_id: UUID = used.workspace_id
            return workspace_id
    raise invalid("#/setup_token", "The set-up link is used up or older than 30 minutes.")


def register(
    session: Session,
    *,
    email: str,
    username: str,
    password: str,
    language: str,
    setup_token: str | None,
    address: str,
) -> Tokens:
    """A new person: the first admin by a set-up token, else a user where sign-up is open."""
    refuse_weak(password, username=username, email=email)
    if setup_token is None and not get_settings().signup_open:
        raise SignUpClosed
    if setup_token is not None:
        workspace_id, role = _use_setup_token(session, setup_token), Role.admin
    else:
        workspace_id, role = first_workspace(session).id, Role.user
    user = User(
        email=email,
        username=username,
        password_hash=security.hash_password(password),
        language=language,
    )
    try:
        with session.begin_nested():
            session.add(user)
    except IntegrityError as error:
        raise NameTaken from error
    session.add(Membership(workspace_id=workspace_id, user_id=user.id, role=role))
    session.flush()
    workspace = session.get_one(Workspace, workspace_id)
    if role is Role.admin and workspace.owner_id is None:
        workspace.owner_id = user.id
    tokens = open_for(session, user, workspace, role)
    audit.record(session, actor_of(tokens, address), AuditTag.user_registered, object_id=user.id)
    return tokens
