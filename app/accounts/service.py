"""What the command line does with accounts, on the machine itself."""

from app import audit
from app.accounts import keys, links, members, membership
from app.accounts.keys import NewKey
from app.accounts.members import MemberRow
from app.accounts.registration import first_workspace, offer_setup
from app.accounts.subject import Scope, Subject, SubjectKind
from app.audit import AuditTag
from app.core import security
from app.core.database import system_unit_of_work
from app.core.errors import NotFound
from app.models import LinkKind, Membership, Role, User, Workspace


class PersonNotFound(NotFound):
    message = "Nobody is called {name!r} here; `llmops users list` names everybody."


def operator() -> Subject:
    """The person at the machine's command line, in the first workspace."""
    with system_unit_of_work() as session:
        return _operator_in(first_workspace(session))


def _operator_in(workspace: Workspace) -> Subject:
    return Subject(
        kind=SubjectKind.system,
        id=None,
        label="command line",
        workspace_id=workspace.id,
        workspace_name=workspace.name,
        role=Role.admin,
        scopes=frozenset(Scope),
    )


def create_key(
    name: str,
    scopes: frozenset[Scope],
    *,
    expires_in_days: int | None = 90,
    rate_limit_per_minute: int | None = None,
) -> NewKey:
    """An API key of the first workspace; its secret is in the answer and nowhere else."""
    subject = operator()
    with system_unit_of_work() as session:
        return keys.create(
            session,
            subject,
            name=name,
            scopes=scopes,
            expires_in_days=expires_in_days,
            rate_limit_per_minute=rate_limit_per_minute,
        )


def setup_link(public_url: str) -> str | None:
    """Where the first admin registers; None once there is one."""
    with system_unit_of_work() as session:
        offered = offer_setup(session, _operator_in(first_workspace(session)))
    return offered.url(public_url) if offered else None


def sign_in_link(public_url: str, name: str) -> str:
    """Opens the dashboard as this person, once, within 30 minutes. Raises PersonNotFound."""
    return _link(public_url, name, LinkKind.sign_in)


def reset_link(public_url: str, name: str) -> str:
    """Lets this person choose another password, once, within 30 minutes."""
    return _link(public_url, name, LinkKind.reset)


def _link(public_url: str, name: str, kind: LinkKind) -> str:
    with system_unit_of_work() as session:
        user = membership.named(session, name)
        member = membership.first_of(session, user.id) if user else None
        if member is None:
            raise PersonNotFound(name=name)
        subject = _operator_in(member.workspace)
        offered = links.offer(session, subject, kind=kind, user_id=member.user.id)
        after = {"kind": kind, "user": member.user.username}
        audit.record(session, subject, AuditTag.link_made, object_id=offered.row.id, after=after)
    return offered.url(public_url)


def people() -> list[MemberRow]:
    """Everybody in the first workspace."""
    subject = operator()
    with system_unit_of_work() as session:
        return members.page(session, subject)


def demo_person(name: str) -> None:
    """An admin of the first workspace with a password that nobody knows; made once."""
    with system_unit_of_work() as session:
        if membership.named(session, name):
            return
        workspace = first_workspace(session)
        user = User(
            email=f"{name}@llmops.invalid",
            username=name,
            password_hash=security.hash_password(security.new_token()),
        )
        session.add(user)
        session.flush()
        held = Membership(workspace_id=workspace.id, user_id=user.id, role=Role.admin)
        session.add(held)
        session.flush()
        audit.record(
            session,
            _operator_in(workspace),
            AuditTag.user_registered,
            object_id=user.id,
            after={"role": Role.admin, "by": "demo"},
        )
