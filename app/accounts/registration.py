"""How people get in: the first admin by a set-up link, others by invitation or open sign-up."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app import audit
from app.accounts import links, membership
from app.accounts.membership import Member, Visit, acting
from app.accounts.passwords import refuse_weak
from app.accounts.subject import Subject
from app.audit import AuditTag
from app.core import security
from app.core.clock import new_id, now
from app.core.config import get_settings
from app.core.errors import Conflict, Forbidden, invalid
from app.models import LinkKind, Membership, OneTimeLink, Role, User, Workspace


class SignUpClosed(Forbidden):
    message = (
        "Sign-up is closed here. Ask an administrator for an invitation, "
        "or use the set-up link that `llmops up` printed."
    )


class NameTaken(Conflict):
    message = "This e-mail address or user name is taken."


@dataclass(frozen=True, kw_only=True)
class NewPerson:
    email: str
    username: str
    password: str
    language: str = "en"
    time_zone: str = "UTC"


@dataclass(frozen=True, kw_only=True)
class Entry:
    """What somebody registers with: one of the two tokens, or none where sign-up is open."""

    setup_token: str | None = None
    invite_token: str | None = None


@dataclass(frozen=True, kw_only=True)
class _Place:
    workspace_id: UUID
    role: Role
    by: str  # the link's kind, for the audit log


def first_workspace(session: Session) -> Workspace:
    """The workspace of a fresh installation; made on first use, once if two ask at a time."""
    workspace = _oldest_workspace(session)
    if workspace is not None:
        return workspace
    made = insert(Workspace).values(id=new_id(), name="Main", slug="main")
    session.execute(made.on_conflict_do_nothing())
    return session.scalars(select(Workspace).order_by(Workspace.created_at).limit(1)).one()


def _oldest_workspace(session: Session) -> Workspace | None:
    return session.scalar(select(Workspace).order_by(Workspace.created_at).limit(1))


def is_first_run(session: Session) -> bool:
    """Whether nobody owns the first workspace yet."""
    workspace = _oldest_workspace(session)
    return workspace is None or workspace.owner_id is None


def offer_setup(session: Session, subject: Subject) -> links.Offered | None:
    """A one-time link for the first admin; None when there is one."""
    if not is_first_run(session):
        return None
    offered = links.offer(session, subject, kind=LinkKind.setup)
    after = {"kind": LinkKind.setup}
    audit.record(session, subject, AuditTag.link_made, object_id=offered.row.id, after=after)
    return offered


def register(session: Session, person: NewPerson, entry: Entry, *, visit: Visit) -> Member:
    """A new person, or with an invitation one who is known elsewhere and proves it.

    Raises Invalid for a weak password or a link that is used up, SignUpClosed, and NameTaken.
    """
    refuse_weak(person.password, username=person.username, email=person.email)
    place = _place_of(session, person, entry)
    user = _known(session, person) if entry.invite_token is not None else None
    if user is None:
        user = _made(session, person)
    _join(session, user, place)
    workspace = session.get_one(Workspace, place.workspace_id)
    if place.by == LinkKind.setup and workspace.owner_id is None:
        workspace.owner_id = user.id
    member = Member(user, workspace, place.role)
    audit.record(
        session,
        acting(member, visit),
        AuditTag.user_registered,
        object_id=user.id,
        after={"role": place.role, "by": place.by},
    )
    return member


def _place_of(session: Session, person: NewPerson, entry: Entry) -> _Place:
    if entry.setup_token is not None and entry.invite_token is not None:
        raise invalid("#/invite_token", "Send the token of a set-up link or of an invitation.")
    if entry.setup_token is not None:
        workspace_id = _use_setup_token(session, entry.setup_token)
        return _Place(workspace_id=workspace_id, role=Role.admin, by=LinkKind.setup)
    if entry.invite_token is not None:
        return _accept(session, person, entry.invite_token)
    if not get_settings().signup_open:
        raise SignUpClosed
    workspace_id = first_workspace(session).id
    return _Place(workspace_id=workspace_id, role=Role.user, by="sign_up")


def _use_setup_token(session: Session, token: str) -> UUID:
    """Ends every open link: one of them made the first admin, none may make a second."""
    ended = session.scalars(
        update(OneTimeLink)
        .where(*links.is_open(LinkKind.setup))
        .values(used_at=now())
        .returning(OneTimeLink)
    )
    digest = security.hash_token(token)
    for used in ended.all():
        if used.token_hash == digest:
            return used.workspace_id
    raise links.ended(LinkKind.setup, "#/setup_token")


def _accept(session: Session, person: NewPerson, token: str) -> _Place:
    invite = links.use(session, kind=LinkKind.invite, token=token, pointer="#/invite_token")
    if invite.email is not None and invite.email.lower() != person.email.lower():
        raise invalid("#/email", "This invitation is for another e-mail address.")
    role = Role(invite.role or Role.user)
    return _Place(workspace_id=invite.workspace_id, role=role, by=LinkKind.invite)


def _known(session: Session, person: NewPerson) -> User | None:
    """Who has an account already keeps it, given its address, name and password."""
    user = membership.named(session, person.email)
    if user is None or not user.is_active:
        return None
    same_name = user.username.lower() == person.username.lower()
    right = security.verify_password(person.password, user.password_hash)
    return user if same_name and right else None


def _made(session: Session, person: NewPerson) -> User:
    user = User(
        email=person.email,
        username=person.username,
        password_hash=security.hash_password(person.password),
        language=person.language,
        time_zone=person.time_zone,
    )
    try:
        with session.begin_nested():
            session.add(user)
    except IntegrityError as error:
        raise NameTaken from error
    return user


def _join(session: Session, user: User, place: _Place) -> None:
    joined = Membership(workspace_id=place.workspace_id, user_id=user.id, role=place.role)
    try:
        with session.begin_nested():
            session.add(joined)
    except IntegrityError as error:  # a member already
        raise NameTaken from error
