"""The lease: how a job is claimed, kept, given back and found again. One protocol for every table.

A table of jobs carries the columns of `models.base.Leased`. `claim` is the only way into *running*
and raises the **fence**; every later write names the fence, so that a worker that lost its lease
writes nothing more. A lost message or worker is repaired by `resend`. Only the database's clock
decides (`clock_timestamp()`), never a worker's. `next_send` NULL means *held*: not yet released.
"""

import os
import socket
import time
from collections.abc import Callable
from typing import Any, NamedTuple, TypeVar
from uuid import UUID

import psycopg2
from sqlalchemy import ColumnElement, Row, Table, func, literal_column, select, text, update
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.orm import Session

from app.core import logs
from app.core.clock import elapsed_s, new_id
from app.core.config import get_settings
from app.core.queue import enqueue

log = logs.get()
Given = TypeVar("Given")
STOP_AT = 0.75  # of the lease: a holder that cannot renew stops before another may claim


class Swept(NamedTuple):
    id: UUID
    state: str


def owner() -> str:
    """A name for this claim: machine, process, and a number of its own."""
    return f"{socket.gethostname()}:{os.getpid()}:{new_id().hex[-8:]}"


def _from_now(seconds: float) -> ColumnElement[Any]:
    return func.clock_timestamp() + func.make_interval(0, 0, 0, 0, 0, 0, seconds)


def first_send() -> ColumnElement[Any]:
    """When the sweeper may send a job that was just enqueued again."""
    return _from_now(get_settings().resend_seconds)


def claim(session: Session, table: Table, job_id: UUID, owner: str) -> Row[Any] | None:
    """Takes the job; None when it is somebody else's, finished or unknown: leave it quietly."""
    # one whose attempts are used up is left to the sweeper, which fails it
    left = table.c.progressed | (table.c.attempts < get_settings().max_attempts)
    expired = (table.c.state == "running") & (table.c.lease_until < func.clock_timestamp()) & left
    # a claim whose predecessor stored something starts over at 1: deploys never exhaust a job
    attempts = text("CASE WHEN progressed THEN least(attempts, 1) ELSE attempts END + 1")
    taken = (
        update(table)
        .where(table.c.id == job_id, (table.c.state == "pending") | expired)
        .values(
            state="running",
            fence=table.c.fence + 1,
            attempts=attempts,
            progressed=False,
            owner=owner,
            lease_until=_from_now(get_settings().lease_seconds),
        )
        .returning(table)
    )
    return session.execute(taken).one_or_none()


def _held(table: Table, job_id: UUID, fence: int) -> ColumnElement[bool]:
    return (table.c.id == job_id) & (table.c.fence == fence) & (table.c.state == "running")


def _briefly() -> ColumnElement[Any]:
    """Ends this transaction when its process freezes in it: its locks would outlive its lease."""
    idle_ms = int(get_settings().lease_seconds * (1 - STOP_AT) * 1000)
    return func.set_config("idle_in_transaction_session_timeout", str(idle_ms), True)


def renew(session: Session, table: Table, job_id: UUID, fence: int) -> bool:
    """False: the lease is lost or the job cancelled; stop calling models at once."""
    kept = update(table).where(_held(table, job_id, fence))
    kept = kept.values(lease_until=_from_now(get_settings().lease_seconds))
    return session.execute(kept.returning(table.c.id, _briefly())).scalar() is not None


def lock(session: Session, table: Table, job_id: UUID, fence: int) -> bool:
    """Locks the job's row before a write, so that no claim, sweep or cancel slips in between."""
    mine = select(table.c.id, _briefly()).where(_held(table, job_id, fence))
    mine = mine.with_for_update(key_share=True)
    return session.execute(mine).scalar() is not None


def finish(session: Session, table: Table, job_id: UUID, fence: int, **values: object) -> bool:
    """Ends the job; `values` holds its final `state`. False: the lease was lost meanwhile."""
    ended = update(table).where(_held(table, job_id, fence))
    ended = ended.values(owner=None, lease_until=None, **values)
    return session.execute(ended.returning(table.c.id)).scalar() is not None


def release(session: Session, table: Table, job_id: UUID, fence: int) -> bool:
    """Gives the job back (worker stopping, provider's circuit open); the attempt does not count."""
    given = update(table).where(_held(table, job_id, fence))
    given = given.values(
        state="pending",
        owner=None,
        lease_until=None,
        attempts=table.c.attempts - 1,
        next_send=func.clock_timestamp(),
    )
    return session.execute(given.returning(table.c.id)).scalar() is not None


def sweep(session: Session, table: Table) -> list[Swept]:
    """Finds jobs whose message or worker was lost.

    *pending* ones are to be sent again; *failed* ones used up their attempts. Back-off:
    `resend_seconds` · 2ⁿ, ten minutes at most.
    """
    settings = get_settings()
    due = (
        select(table.c.id)
        .where(
            ((table.c.state == "pending") & (table.c.next_send < func.clock_timestamp()))
            | ((table.c.state == "running") & (table.c.lease_until < func.clock_timestamp()))
        )
        .order_by(table.c.next_send)
        .limit(200)
        .with_for_update(skip_locked=True)
        .cte("due")
    )
    pause = func.least(600, settings.resend_seconds * func.power(2, func.least(table.c.sends, 5)))
    state: ColumnElement[str] = literal_column(
        f"CASE WHEN {table.name}.state = 'running' AND {table.name}.attempts"
        f" >= {int(settings.max_attempts)} AND NOT {table.name}.progressed"
        " THEN 'failed' ELSE 'pending' END"
    )
    swept = (
        update(table)
        .where(table.c.id == due.c.id)
        .values(
            sends=table.c.sends + 1,
            next_send=func.clock_timestamp() + func.make_interval(0, 0, 0, 0, 0, 0, pause),
            owner=None,
            lease_until=None,
            state=state,
        )
        .returning(table.c.id, table.c.state)
    )
    return [Swept(*row) for row in session.execute(swept)]


def resend(
    session: Session,
    table: Table,
    task: str,
    id_name: str,
    give_up: Callable[[Session, UUID], object] | None = None,
) -> int:
    """Sends the jobs again that `sweep` found, and ends those that failed; how many there were.

    The task takes the job's id by `id_name`.
    """
    swept = sweep(session, table)
    for job in swept:
        if job.state == "pending":
            enqueue(session, task, **{id_name: job.id})
            continue
        log.error("job_given_up", table=table.name, job_id=str(job.id))
        if give_up is not None:
            give_up(session, job.id)
    return len(swept)


def is_late(confirmed_at: float) -> bool:
    """Whether a lease is about to end that was last asked for then, by `clock.elapsed_s`.

    A holder's own reckoning, without a query: from here on somebody else may hold it.
    """
    return elapsed_s() - confirmed_at > get_settings().lease_seconds * STOP_AT


def is_away(error: BaseException) -> bool:
    """Whether the database did not answer, rather than refuse what it was asked."""
    if isinstance(error, DBAPIError):
        return error.connection_invalidated or isinstance(error, OperationalError)
    return isinstance(error, psycopg2.OperationalError | psycopg2.InterfaceError)


def patiently(work: Callable[[], Given]) -> Given:
    """Does what a holder must not lose; while the database is away, again, as long as a lease.

    The work is tried as a whole, in a transaction of its own, and has to bear being done twice.
    """
    until = time.monotonic() + get_settings().lease_seconds * STOP_AT
    while True:
        try:
            return work()
        except (DBAPIError, psycopg2.Error) as error:
            if not is_away(error) or time.monotonic() >= until:
                raise
            log.warning("database_away", error=type(error).__name__)
            time.sleep(min(1.0, get_settings().heartbeat_seconds))
