"""`once(…)`: runs the work of a request at most once per Idempotency-Key and caller.

The key's row is committed as in flight before the work starts, else two parallel requests would
both go ahead; the answer is stored in the transaction of the work, so that they stand or fall
together. Kept for 24 hours.
"""

import hashlib
from collections.abc import Callable
from datetime import timedelta
from typing import Annotated, Any, NamedTuple, TypeVar
from uuid import UUID

from fastapi import Depends, Header, Request, Response
from pydantic import BaseModel
from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.accounts.subject import Subject
from app.core.clock import new_id, now
from app.core.database import unit_of_work
from app.core.errors import Conflict, Invalid
from app.models import IdempotencyRecord

Answer = TypeVar("Answer", bound=BaseModel)

KEPT = timedelta(hours=24)
LOCKED = timedelta(seconds=90)


class StillInFlight(Conflict):
    code = "still_in_flight"
    message = "A request with this Idempotency-Key is still being worked on; try again shortly."


class OtherBody(Invalid):
    message = "This Idempotency-Key was used with another body; use a new key for a new request."


class _Place(NamedTuple):
    """Which request this is."""

    workspace_id: UUID
    subject: str
    method: str
    path: str
    key: str


class Once:
    """Built per request by FastAPI; without the header it simply runs the work."""

    def __init__(
        self,
        request: Request,
        response: Response,
        idempotency_key: Annotated[
            str | None,
            Header(min_length=1, max_length=255, description="Same key, same body: done once."),
        ] = None,
    ) -> None:
        self._request = request
        self._response = response
        self._key = idempotency_key

    def __call__(
        self,
        session: Session,
        subject: Subject,
        body: BaseModel | None,
        shape: type[Answer],
        work: Callable[[], Answer],
    ) -> Answer:
        """The stored answer of the first request, or the answer of doing the work now."""
        if self._key is None:
            return work()
        request = self._request
        path = request.url.path
        query = request.url.query
        place = _Place(subject.workspace_id, str(subject.id), request.method, path, self._key)
        content = body.model_dump_json() if body else ""
        digest = hashlib.sha256(f"{query}\n{content}".encode()).hexdigest()
        stored = _begin(place, digest)
        if stored is not None:
            self._response.status_code = stored.status or 200
            self._response.headers["Idempotency-Replayed"] = "true"
            return shape.model_validate(stored.response)
        try:
            answer = work()
        except BaseException:
            session.rollback()  # gives its connection back before another one is taken
            _forget(place)
            raise
        _keep(session, place, self._response.status_code, answer.model_dump(mode="json"))
        return answer


OnceDep = Annotated[Once, Depends()]


def _matches(place: _Place) -> tuple[Any, ...]:
    return (
        IdempotencyRecord.workspace_id == place.workspace_id,
        IdempotencyRecord.subject == place.subject,
        IdempotencyRecord.method == place.method,
        IdempotencyRecord.path == place.path,
        IdempotencyRecord.key == place.key,
    )


def _begin(place: _Place, digest: str) -> IdempotencyRecord | None:
    """Takes the key, or gives what the first request with it was answered."""
    at = now()
    with unit_of_work(place.workspace_id) as session:
        session.execute(delete(IdempotencyRecord).where(IdempotencyRecord.expires_at < at))
        taken = session.execute(
            insert(IdempotencyRecord)
            .values(
                id=new_id(),
                **place._asdict(),
                body_digest=digest,
                locked_until=at + LOCKED,
                expires_at=at + KEPT,
            )
            .on_conflict_do_nothing()
            .returning(IdempotencyRecord.id)
        ).scalar()
        if taken is not None:
            return None
        record = session.scalars(select(IdempotencyRecord).where(*_matches(place))).one_or_none()
        if record is not None and record.body_digest != digest:
            raise OtherBody
        if record is not None and record.response is not None:
            return record
        taken_over = session.execute(  # no row: the first request has just failed and let go
            update(IdempotencyRecord)
            .where(*_matches(place), IdempotencyRecord.locked_until < at)
            .values(locked_until=at + LOCKED)
            .returning(IdempotencyRecord.id)
        ).scalar()
    if taken_over is None:
        raise StillInFlight(headers={"Retry-After": "2"})
    return None


def _keep(session: Session, place: _Place, status: int | None, answer: dict[str, Any]) -> None:
    session.execute(
        update(IdempotencyRecord).where(*_matches(place)).values(status=status, response=answer)
    )


def _forget(place: _Place) -> None:
    with unit_of_work(place.workspace_id) as session:
        session.execute(delete(IdempotencyRecord).where(*_matches(place)))
