"""An event is a row in the transaction of what happened; whom it is told is found out later."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.core import lease
from app.core.celery_app import Task
from app.core.clock import new_id
from app.core.queue import enqueue
from app.models import ATTENTION, Event, EventKind

LONGEST_TITLE = 300


def emit(
    session: Session,
    workspace_id: UUID,
    kind: EventKind,
    *,
    title: str,
    object_id: UUID | None = None,
    data: Mapping[str, Any] | None = None,
    once: str | None = None,
) -> UUID | None:
    """Notes that something happened, and asks for its delivery once the transaction has committed.

    `title` is one sentence for people; `data` holds ids and figures, as JSON, and never the text of
    a prompt or an answer: both leave the house. Of several events with the same `once` only the
    first counts; for the others the answer is None.
    """
    made = session.execute(
        insert(Event)
        .values(
            id=new_id(),
            workspace_id=workspace_id,
            kind=kind,
            title=" ".join(title.split())[:LONGEST_TITLE],
            object_id=object_id,
            data=dict(data or {}),
            once=once,
            attention=kind in ATTENTION,
            next_send=lease.first_send(),
        )
        .on_conflict_do_nothing(index_elements=["workspace_id", "once"])
        .returning(Event.id)
    ).scalar()
    if made is not None:
        enqueue(session, Task.deliver_event, event_id=made)
    return made
