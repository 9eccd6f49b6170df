"""Schedules over HTTP."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Response

from app.accounts.access import requires
from app.accounts.subject import Scope, Subject
from app.core.problems import EVERYWHERE, responses
from app.core.schema import Page
from app.core.session import SessionDep
from app.models import Schedule
from app.prompts import headers
from app.prompts.headers import IfMatch, PageDep
from app.schedules import reading, service
from app.schedules.schemas import (
    DriftRead,
    ScheduleCreate,
    SchedulePatch,
    ScheduleRead,
    ScheduleRunRead,
)

router = APIRouter(prefix="/schedules", tags=["schedules"], responses=EVERYWHERE)

Reader = Annotated[Subject, requires(Scope.read)]
Writer = Annotated[Subject, requires(Scope.write)]
Runner = Annotated[Subject, requires(Scope.run)]


def _answer(session: SessionDep, schedule: Schedule, response: Response) -> ScheduleRead:
    response.headers["ETag"] = headers.etag(schedule.number)
    (found,) = reading.schedules(session, [schedule])
    return found


@router.post("", status_code=201, responses=responses(404, 409))
def create_schedule(
    body: ScheduleCreate, subject: Writer, session: SessionDep, response: Response
) -> ScheduleRead:
    """An experiment by the clock; checked as an experiment that starts now.

    Needs the scope `run` as well, and its runs fall under the budget of the key that asks.
    """
    values: dict[str, Any] = body.model_dump(exclude={"prompt", "prompt_id", "request"})
    values["request"] = body.request.model_dump(mode="json")
    prompt = body.prompt_id or body.prompt or ""
    schedule = service.create(session, subject, prompt=prompt, values=values)
    response.headers["Location"] = f"/api/v1/schedules/{schedule.id}"
    return _answer(session, schedule, response)


@router.get("")
def list_schedules(
    subject: Reader,
    session: SessionDep,
    page: PageDep,
    prompt: Annotated[UUID | None, Query(description="Schedules of this prompt only.")] = None,
) -> Page[ScheduleRead]:
    """Newest first, each with its last run and where the version it watches stands."""
    found = service.page(session, subject, prompt_id=prompt, cursor=page.cursor, limit=page.limit)
    page.link(found.next_cursor)
    return Page[ScheduleRead](
        items=reading.schedules(session, found.items),
        next_cursor=found.next_cursor,
        total=found.total,
    )


@router.get("/{schedule_id}", responses=responses(404))
def get_schedule(
    schedule_id: UUID, subject: Reader, session: SessionDep, response: Response
) -> ScheduleRead:
    """One schedule; its ETag goes into `If-Match`."""
    return _answer(session, service.get(session, subject, schedule_id), response)


@router.patch("/{schedule_id}", responses=responses(404, 409, 412))
def change_schedule(
    schedule_id: UUID,
    body: SchedulePatch,
    subject: Writer,
    session: SessionDep,
    response: Response,
    if_match: IfMatch = None,
) -> ScheduleRead:
    """Another version, model, evaluator or set of examples starts a new series for its drift.

    Needs the scope `run` as well; from then on the key that changed it pays.
    """
    sent = body.model_dump(mode="json", include={"request"} & body.model_fields_set)
    others = body.model_fields_set - {"request"}
    schedule = service.change(
        session,
        subject,
        schedule_id,
        changes={name: getattr(body, name) for name in others} | sent,
        numbers=headers.tags_of(if_match),
    )
    return _answer(session, schedule, response)


@router.delete("/{schedule_id}", status_code=204, responses=responses(404))
def delete_schedule(schedule_id: UUID, subject: Writer, session: SessionDep) -> None:
    """Its experiments stay."""
    service.delete(session, subject, schedule_id)


@router.post("/{schedule_id}/run", status_code=202, responses=responses(404, 409))
def run_schedule(schedule_id: UUID, subject: Runner, session: SessionDep) -> ScheduleRunRead:
    """A run now, besides those that are due."""
    return reading.run(session, service.run_now(session, subject, schedule_id))


@router.post("/{schedule_id}/learn", responses=responses(404))
def learn_schedule_again(
    schedule_id: UUID, subject: Writer, session: SessionDep, response: Response
) -> ScheduleRead:
    """Accepts how the version scores now: the next runs say what is usual."""
    return _answer(session, service.learn_again(session, subject, schedule_id), response)


@router.get("/{schedule_id}/runs", responses=responses(404))
def list_schedule_runs(
    schedule_id: UUID, subject: Reader, session: SessionDep, page: PageDep
) -> Page[ScheduleRunRead]:
    """Newest first, those that could not start among them."""
    schedule = service.get(session, subject, schedule_id)
    found = reading.runs(session, schedule, cursor=page.cursor, limit=page.limit)
    page.link(found.next_cursor)
    return Page[ScheduleRunRead](
        items=list(found.items), next_cursor=found.next_cursor, total=found.total
    )


@router.get("/{schedule_id}/drift", responses=responses(404))
def schedule_drift(schedule_id: UUID, subject: Reader, session: SessionDep) -> DriftRead:
    """The runs of the newest series, what is usual, both sums, and what was told."""
    return reading.drift(session, service.get(session, subject, schedule_id))
