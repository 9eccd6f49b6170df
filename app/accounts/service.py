"""What the command line does with accounts, on the machine itself."""

from app.accounts import keys
from app.accounts.keys import NewKey
from app.accounts.registration import first_workspace, offer_setup
from app.accounts.subject import Scope, Subject, SubjectKind
from app.core.database import system_unit_of_work
from app.models import Role


def operator() -> Subject:
    """The person at the machine's command line, in the first workspace."""
    with system_unit_of_work() as session:
        workspace = first_workspace(session)
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
        token = offer_setup(session)
    return f"{public_url}/setup?token={token}" if token else None
