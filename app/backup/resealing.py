"""Sealed values under the secret key in force, after it was changed."""

from typing import NamedTuple

from cryptography.fernet import InvalidToken
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core import security
from app.models import WebhookEndpoint

SEALED = ("secret_sealed", "old_secret_sealed")


class Resealed(NamedTuple):
    """`unreadable` were sealed under a key nobody knows any more; they stay as they are."""

    values: int
    unreadable: int


def reseal(session: Session) -> Resealed:
    """All workspaces' sealed values, for a session that sees them; again changes no meaning.

    Sign-in sessions hold one for some seconds each; they end with the key.
    """
    done = unreadable = 0
    for endpoint in session.scalars(select(WebhookEndpoint).with_for_update()):
        for name in SEALED:
            sealed = getattr(endpoint, name)
            if not sealed:
                continue
            try:
                setattr(endpoint, name, security.seal_again(sealed))
            except InvalidToken:
                unreadable += 1
            else:
                done += 1
    return Resealed(done, unreadable)
