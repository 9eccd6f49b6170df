"""Runs over HTTP: start one, read it back."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Response

from app.accounts.access import Zone, requires
from app.accounts.subject import Scope, Subject
from app.core import redis
from app.core.problems import EVERYWHERE, responses
from app.core.schema import Moment, Page, decode_cursor, encode_cursor
from app.core.security import derived_key
from app.core.session import SessionDep
from app.evaluators.catalogue import describe
from app.idempotency import OnceDep
from app.models import Run
from app.prompts.versions import LARGEST_NUMBER
from app.runs import service
from app.runs.schemas import (
    EvaluatorRead,
    QueryAccepted,
    QueryCreate,
    QueryRead,
    RunAccepted,
    RunCreate,
    RunRead,
    RunSource,
    RunStatus,
    RunSummary,
    choice,
)
from app.runs.service import Filters, Order

router = APIRouter(tags=["runs"], responses=EVERYWHERE)

Reader = Annotated[Subject, requires(Scope.read)]
Poller = Annotated[Subject, requires(Scope.read, zone=Zone.status)]
Runner = Annotated[Subject, requires(Scope.run)]


def status_url(task_id: UUID) -> str:
    return f"/api/v1/task-status/{task_id}"


def _columns(run: Run) -> dict[str, Any]:
    return {**{c.key: getattr(run, c.key) for c in Run.__table__.columns}, "status": run.state}


@router.post("/run", status_code=202, responses=responses(402, 404, 409))
def start_run(
    body: RunCreate, subject: Runner, session: SessionDep, once: OnceDep, response: Response
) -> RunAccepted:
    """Runs one prompt version in the background; poll `status_url` or listen to its events."""

    def work() -> RunAccepted:
        version, prompt_name = service.find_version(
            session,
            subject,
            version_id=body.prompt_version_id,
            prompt=body.prompt,
            label=body.label,
        )
        order = Order(
            variables=body.variables,
            source=RunSource.run.value,
            model=body.model,
            parameters=body.parameters,
            evaluators=[choice(evaluator) for evaluator in body.evaluators],
            expected_output=body.expected_output,
            context=body.context,
        )
        run = service.start_version(session, subject, version, prompt_name, order)
        return RunAccepted(
            task_id=run.id,
            run_id=run.id,
            status="pending",
            status_url=status_url(run.id),
            delayed=redis.outage.lasts,
        )

    response.status_code = 202
    accepted = once(session, subject, body, RunAccepted, work)
    response.headers["Location"] = accepted.status_url
    return accepted


@router.get("/runs")
def list_runs(
    subject: Reader,
    session: SessionDep,
    prompt: UUID | None = None,
    version: UUID | None = None,
    version_number: Annotated[
        int | None, Query(ge=1, le=LARGEST_NUMBER, description="Of `prompt`, which goes with it.")
    ] = None,
    status: RunStatus | None = None,
    source: RunSource | None = None,
    model: Annotated[str | None, Query(max_length=200, pattern=r"^[^\x00]*$")] = None,
    since: Annotated[Moment | None, Query(alias="from")] = None,
    until: Annotated[Moment | None, Query(alias="to")] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    cursor: Annotated[str | None, Query(max_length=500)] = None,
) -> Page[RunSummary]:
    """Runs, newest first."""
    key = derived_key(f"cursor runs {subject.workspace_id}")
    before = UUID(decode_cursor(cursor, key=key)[0]) if cursor else None
    filters = Filters(prompt, version, status, source, model, since, until, version_number)
    rows, total = service.page(session, subject, filters=filters, before=before, limit=limit + 1)
    more = len(rows) > limit
    return Page[RunSummary](
        items=[RunSummary.model_validate(_columns(run)) for run in rows[:limit]],
        next_cursor=encode_cursor([rows[limit - 1].id], key=key) if more else None,
        total=total,
    )


@router.get("/runs/{run_id}", responses=responses(404))
def get_run(run_id: UUID, subject: Poller, session: SessionDep) -> RunRead:
    """One run with its prompt as rendered, its output and its scores."""
    return RunRead.model_validate(_columns(service.get(session, subject, run_id)))


def _query_fields(run: Run) -> dict[str, Any]:
    counted = run.tokens_in is not None and run.tokens_out is not None
    return {
        "query_id": run.id,
        "status": RunStatus(run.state),
        "response": run.output,
        "model": run.model,
        "tokens": (run.tokens_in or 0) + (run.tokens_out or 0) if counted else None,
        "cost_usd": run.cost_usd,
        "error": run.error,
    }


@router.get("/evaluators")
def list_evaluators(_subject: Reader) -> Page[EvaluatorRead]:
    """The evaluators there are, with their options."""
    items = [EvaluatorRead.model_validate(info) for info in describe()]
    return Page[EvaluatorRead](items=items, next_cursor=None, total=len(items))


@router.post("/query", status_code=202, responses=responses(402, 409))
def start_query(
    body: QueryCreate, subject: Runner, session: SessionDep, once: OnceDep, response: Response
) -> QueryAccepted:
    """Asks the default assistant prompt one question."""

    def work() -> QueryAccepted:
        run = service.start_query(session, subject, query=body.query, model=body.model)
        session.refresh(run)
        return QueryAccepted(
            **_query_fields(run),
            task_id=run.id,
            status_url=status_url(run.id),
            delayed=redis.outage.lasts,
        )

    response.status_code = 202
    return once(session, subject, body, QueryAccepted, work)


@router.get("/query/{query_id}", responses=responses(404))
def get_query(query_id: UUID, subject: Poller, session: SessionDep) -> QueryRead:
    """The answer, once there is one."""
    return QueryRead(**_query_fields(service.get(session, subject, query_id)))
