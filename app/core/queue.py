"""Jobs leave when the transaction has committed, and die with it; savepoints included.

A job is a name and ids; the row it names is the truth. Publishing never raises and holds a
request for a second at most: what it could not send, the sweeper sends.
"""

from collections.abc import Callable
from uuid import UUID
from weakref import WeakKeyDictionary

from sqlalchemy import event
from sqlalchemy.orm import Session, SessionTransaction

Deliver = Callable[[str, dict[str, str]], None]

_deliver_with: list[Deliver] = []


def deliver_with(deliver: Deliver) -> None:
    """Says how jobs leave this process; the last one said counts."""
    _deliver_with[:] = [deliver]


def enqueue(session: Session, task: str, **ids: UUID) -> None:
    """Asks for `task` to run once the current transaction has committed."""
    wire = {name: str(value) for name, value in ids.items()}
    session.info.setdefault("jobs", []).append((task, wire))


@event.listens_for(Session, "after_transaction_create")
def _mark(session: Session, transaction: SessionTransaction) -> None:
    if transaction.nested:
        # weak keys: a savepoint has ended by the time its rollback is told
        marks = session.info.setdefault("job_marks", WeakKeyDictionary())
        marks[transaction] = len(session.info.get("jobs", ()))


@event.listens_for(Session, "after_soft_rollback")
def _discard(session: Session, transaction: SessionTransaction) -> None:
    marks = session.info.get("job_marks", {})
    kept = marks.get(transaction, 0) if transaction.nested else 0
    del session.info.get("jobs", [])[kept:]


@event.listens_for(Session, "after_commit")
def _deliver(session: Session) -> None:
    if session.in_nested_transaction():  # a released savepoint is not a commit
        return
    for task, ids in session.info.pop("jobs", []):
        for deliver in _deliver_with:
            deliver(task, ids)
