"""Task status over HTTP: polled, or as server-sent events."""

import asyncio
import time
from collections.abc import AsyncIterator
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Header, Request, Response
from fastapi.responses import StreamingResponse
from pydantic import Field
from sqlalchemy.exc import OperationalError

from app.accounts.access import Zone, requires
from app.accounts.subject import Scope, Subject
from app.core import sse
from app.core.database import unit_of_work
from app.core.problems import EVERYWHERE, responses
from app.core.schema import Money, Output
from app.core.session import SessionDep
from app.jobs import service
from app.jobs.service import Task, TaskKind, TaskNotFound, TaskStatus

router = APIRouter(tags=["tasks"], responses=EVERYWHERE)
Poller = Annotated[Subject, requires(Scope.read, zone=Zone.status)]

LOOK_S = 0.4
KEEP_ALIVE_S = 15.0


class TaskProgress(Output):
    done: int
    total: int
    failed: int
    eta_s: int | None


class TaskRead(Output):
    task_id: UUID
    kind: TaskKind
    status: TaskStatus
    paused: bool = Field(description="Running, and waiting for somebody to resume it.")
    progress: TaskProgress
    result: dict[str, Any] | None
    error: str | None
    cost_usd: Money | None


def _read(task: Task) -> TaskRead:
    return TaskRead(
        task_id=task.task_id,
        kind=task.kind,
        status=task.status,
        paused=task.paused,
        progress=TaskProgress.model_validate(task),
        result=task.result,
        error=task.error,
        cost_usd=task.cost_usd,
    )


@router.get("/task-status/{task_id}", responses=responses(404))
def task_status(
    task_id: UUID, subject: Poller, session: SessionDep, response: Response
) -> TaskRead:
    """Where a run or an experiment stands; read from the database, never from the queue."""
    task = service.get(session, subject, task_id)
    if not task.ended:
        response.headers["Retry-After"] = "1"
    return _read(task)


@router.get(
    "/tasks/{task_id}/events",
    response_class=StreamingResponse,
    responses={**sse.RESPONSE, **responses(404)},
)
@router.get(
    "/experiments/{task_id}/events",
    response_class=StreamingResponse,
    responses={**sse.RESPONSE, **responses(404)},
    operation_id="experiment_events",
)
def task_events(
    task_id: UUID,
    subject: Poller,
    request: Request,
    last_event_id: Annotated[str | None, Header(max_length=100)] = None,
) -> StreamingResponse:
    """The same as events: `progress` at every change, `result` at the end; resumable by id.

    A task that is erased meanwhile ends the stream with `error`.
    """
    with unit_of_work(subject.workspace_id) as session:
        service.get(session, subject, task_id)
    return sse.streamed(_events(task_id, subject, request, last_event_id))


async def _events(
    task_id: UUID, subject: Subject, request: Request, last: str | None
) -> AsyncIterator[str]:
    spoke = time.monotonic()
    while not await request.is_disconnected():
        try:
            task = await asyncio.to_thread(_look, task_id, subject)
        except OperationalError:  # the database is away: the reader waits, and is told that we live
            yield sse.KEEP_ALIVE
            await asyncio.sleep(LOOK_S)
            continue
        except TaskNotFound as gone:  # erased meanwhile
            yield sse.frame("error", {"problem": {"code": gone.code, "detail": gone.detail}})
            return
        event_id = f"{'paused' if task.paused else task.status}-{task.done}-{task.failed}"
        if event_id != last:
            last, spoke = event_id, time.monotonic()
            event = "result" if task.ended else "progress"
            yield sse.frame(event, _read(task).model_dump(mode="json"), event_id=event_id)
        elif task.ended:  # a reader that comes back after the end is told the end again
            yield sse.frame("result", _read(task).model_dump(mode="json"), event_id=event_id)
        elif time.monotonic() - spoke > KEEP_ALIVE_S:
            spoke = time.monotonic()
            yield sse.KEEP_ALIVE
        if task.ended:
            return
        await asyncio.sleep(LOOK_S)


def _look(task_id: UUID, subject: Subject) -> Task:
    with unit_of_work(subject.workspace_id) as session:
        return service.get(session, subject, task_id)
