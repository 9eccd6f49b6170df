"""One-time links: the token is shown once, stored as a hash, and good for one use.

It stands in the fragment of the URL, which browsers send to nobody: no log and no proxy sees it.
"""

from datetime import timedelta
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, update
from sqlalchemy.orm import Session

from app.accounts.subject import Subject
from app.core import security
from app.core.clock import now
from app.core.errors import Invalid, invalid
from app.models import LinkKind, OneTimeLink, Role

SHORT, LONG = timedelta(minutes=30), timedelta(days=7)
PAGES = {
    LinkKind.setup: "/welcome",
    LinkKind.sign_in: "/sign-in",
    LinkKind.invite: "/invite",
    LinkKind.reset: "/reset",
}
ENDED = {
    LinkKind.setup: "The set-up link is used up or older than 30 minutes.",
    LinkKind.sign_in: "The sign-in link is used up or older than 30 minutes; ask for another.",
    LinkKind.invite: "The invitation is used up, withdrawn or older than 7 days; ask for another.",
    LinkKind.reset: "The reset link is used up or older than 30 minutes; ask for another.",
}


class Offered(NamedTuple):
    """`token` is the secret; only its hash is in the row."""

    row: OneTimeLink
    token: str

    def url(self, base: str) -> str:
        """`base` comes from the settings or the running stack, never from a request."""
        return f"{base}{PAGES[self.row.kind]}#{self.token}"


def offer(
    session: Session,
    subject: Subject,
    *,
    kind: LinkKind,
    user_id: UUID | None = None,
    role: Role | None = None,
    email: str | None = None,
) -> Offered:
    """A new link into the subject's workspace."""
    token = security.new_token()
    row = OneTimeLink(
        token_hash=security.hash_token(token),
        kind=kind,
        workspace_id=subject.workspace_id,
        user_id=user_id,
        role=role,
        email=email,
        created_by=subject.label,
        created_by_id=subject.user_id,
        expires_at=now() + (LONG if kind is LinkKind.invite else SHORT),
    )
    session.add(row)
    session.flush()
    session.refresh(row)
    return Offered(row, token)


def use(session: Session, *, kind: LinkKind, token: str, pointer: str = "#/token") -> OneTimeLink:
    """The link behind a token, used up with this transaction; raises Invalid at `pointer`."""
    used: OneTimeLink | None = session.scalar(
        update(OneTimeLink)
        .where(OneTimeLink.token_hash == security.hash_token(token), *is_open(kind))
        .values(used_at=now())
        .returning(OneTimeLink)
    )
    if used is None:
        raise ended(kind, pointer)
    return used


def ended(kind: LinkKind, pointer: str = "#/token") -> Invalid:
    return invalid(pointer, ENDED[kind])


def is_open(*kinds: LinkKind) -> tuple[ColumnElement[bool], ...]:
    return (
        OneTimeLink.kind.in_(kinds),
        OneTimeLink.used_at.is_(None),
        OneTimeLink.expires_at > now(),
    )


def end_of(session: Session, user_id: UUID, *, workspace_id: UUID | None = None) -> None:
    """Nobody signs in as this person by a link that was made before."""
    statement = update(OneTimeLink).where(
        OneTimeLink.user_id == user_id, *is_open(LinkKind.sign_in, LinkKind.reset)
    )
    if workspace_id:
        statement = statement.where(OneTimeLink.workspace_id == workspace_id)
    session.execute(statement.values(used_at=now()))


def end_invitations_by(session: Session, user_id: UUID, *, workspace_id: UUID) -> None:
    """Who is no admin any more invites nobody, also not by what was sent before."""
    session.execute(
        update(OneTimeLink)
        .where(
            OneTimeLink.workspace_id == workspace_id,
            OneTimeLink.created_by_id == user_id,
            *is_open(LinkKind.invite),
        )
        .values(used_at=now())
    )
