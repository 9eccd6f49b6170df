"""What stands in the playground, kept under a link: what comes back is what was sent."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.subject import Subject
from app.core.clock import new_id
from app.core.errors import NotFound, TooLarge, invalid
from app.models import PlaygroundState

MOST_BYTES = 256 * 1024


class StateNotFound(NotFound):
    message = "There is no playground state with this id in your workspace."


def create(session: Session, subject: Subject, sent: bytes) -> PlaygroundState:
    """Keeps JSON that was checked already; raises TooLarge and, for other encodings, a 422."""
    if len(sent) > MOST_BYTES:
        raise TooLarge(limit=MOST_BYTES)
    try:
        content = sent.decode()
    except UnicodeDecodeError as error:
        raise invalid("#", "Send the JSON in UTF-8.") from error
    state = PlaygroundState(
        id=new_id(),
        workspace_id=subject.workspace_id,
        content=content,
        created_by=subject.label,
    )
    session.add(state)
    session.flush()
    return state


def get(session: Session, subject: Subject, state_id: UUID) -> PlaygroundState:
    found = select(PlaygroundState).where(
        PlaygroundState.workspace_id == subject.workspace_id, PlaygroundState.id == state_id
    )
    state = session.scalar(found)
    if state is None:
        raise StateNotFound
    return state
