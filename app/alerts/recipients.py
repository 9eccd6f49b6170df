"""Who gets a workspace's alerts by e-mail: the addresses it names, or else its admins."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app import audit
from app.accounts.subject import Subject
from app.audit import AuditTag
from app.core.config import get_settings
from app.core.database import system_unit_of_work
from app.events.delivery import Receiver
from app.models import AlertSettings, Event, Membership, Role, User


def chosen(session: Session, workspace_id: UUID) -> list[str] | None:
    """The addresses the workspace names; None: its admins."""
    mine = AlertSettings.workspace_id == workspace_id
    return session.scalar(select(AlertSettings.addresses).where(mine))


def choose(session: Session, subject: Subject, addresses: list[str] | None) -> None:
    before = chosen(session, subject.workspace_id)
    if addresses is None:
        row = session.scalar(
            select(AlertSettings).where(AlertSettings.workspace_id == subject.workspace_id)
        )
        if row is not None:
            session.delete(row)
    else:
        kept = list(dict.fromkeys(addresses))
        session.execute(
            insert(AlertSettings)
            .values(workspace_id=subject.workspace_id, addresses=kept)
            .on_conflict_do_update(index_elements=["workspace_id"], set_={"addresses": kept})
        )
    session.flush()
    audit.record(
        session,
        subject,
        AuditTag.alert_settings_changed,
        before={"addresses": before},
        after={"addresses": addresses},
    )


def admins(workspace_id: UUID) -> list[str]:
    """The admins' addresses, by name; people belong to no workspace, so the system asks."""
    with system_unit_of_work() as session:
        found = session.scalars(
            select(User.email)
            .join(Membership, Membership.user_id == User.id)
            .where(
                Membership.workspace_id == workspace_id,
                Membership.role == Role.admin,
                User.is_active,
            )
            .order_by(User.username)
        )
        return list(found)


def addresses_of(session: Session, workspace_id: UUID) -> list[str]:
    named = chosen(session, workspace_id)
    return admins(workspace_id) if named is None else named


def receivers(session: Session, event: Event) -> list[Receiver]:
    """Whom an event is mailed to: nobody unless it is an alert and there is a mail server."""
    if not event.attention or get_settings().smtp_host is None:
        return []
    found = addresses_of(session, event.workspace_id)
    return [Receiver(address=address) for address in found]
