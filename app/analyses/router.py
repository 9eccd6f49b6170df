"""Analyses over HTTP: which version broke it, which lines broke it."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Response

from app.accounts.access import Zone, requires
from app.accounts.subject import Scope, Subject
from app.analyses import service, starting
from app.analyses.schemas import (
    AnalysisAccepted,
    AnalysisCreate,
    AnalysisRead,
    AnalysisStatus,
    AnalysisSummary,
)
from app.analyses.starting import Asked
from app.core import redis
from app.core.problems import EVERYWHERE, responses
from app.core.schema import Page
from app.core.session import SessionDep
from app.experiments.selection import GoldenChoice
from app.idempotency import OnceDep
from app.models import Analysis, AnalysisKind
from app.prompts.headers import PageDep
from app.runs.schemas import choice

router = APIRouter(tags=["analyses"], responses=EVERYWHERE)

Reader = Annotated[Subject, requires(Scope.read)]
Poller = Annotated[Subject, requires(Scope.read, zone=Zone.status)]
Runner = Annotated[Subject, requires(Scope.run)]

NOT_STARTED = {"done": 0, "total_estimate": 1, "calls": 0, "cost_usd": "0", "step": "Not started."}


def _asked(body: AnalysisCreate) -> Asked:
    return Asked(
        good=body.good,
        bad=body.bad,
        golden=GoldenChoice(**body.golden.model_dump()),
        evaluators=[choice(evaluator) for evaluator in body.evaluators],
        models=body.models,
        gate=body.gate,
        max_calls=body.max_calls,
        max_cost_usd=body.max_cost_usd,
    )


def _columns(analysis: Analysis) -> dict[str, Any]:
    columns = {column.key: getattr(analysis, column.key) for column in analysis.__table__.columns}
    return columns | {
        "status": service.status_of(analysis),
        "progress": analysis.progress or NOT_STARTED,
        "steps": [stored["probe"] for stored in analysis.memory.get("probes", ())],
    }


def _start(
    kind: AnalysisKind,
    prompt_id: UUID,
    body: AnalysisCreate,
    subject: Subject,
    session: SessionDep,
    once: OnceDep,
    response: Response,
) -> AnalysisAccepted:
    def work() -> AnalysisAccepted:
        analysis = starting.start(
            session, subject, prompt_id=prompt_id, kind=kind, asked=_asked(body)
        )
        return AnalysisAccepted(
            analysis_id=analysis.id,
            task_id=analysis.id,
            status_url=f"/api/v1/analyses/{analysis.id}",
            delayed=redis.outage.lasts,
        )

    response.status_code = 202
    accepted = once(session, subject, body, AnalysisAccepted, work)
    response.headers["Location"] = accepted.status_url
    return accepted


@router.post("/prompts/{prompt_id}/bisect", status_code=202, responses=responses(404, 409))
def start_bisect(
    prompt_id: UUID,
    body: AnalysisCreate,
    subject: Runner,
    session: SessionDep,
    once: OnceDep,
    response: Response,
) -> AnalysisAccepted:
    """Finds the first version that regressed; what is stored is not run again."""
    return _start(AnalysisKind.bisect, prompt_id, body, subject, session, once, response)


@router.post("/prompts/{prompt_id}/blame", status_code=202, responses=responses(404, 409))
def start_blame(
    prompt_id: UUID,
    body: AnalysisCreate,
    subject: Runner,
    session: SessionDep,
    once: OnceDep,
    response: Response,
) -> AnalysisAccepted:
    """Finds the smallest part of the difference between two versions that breaks the good one."""
    return _start(AnalysisKind.blame, prompt_id, body, subject, session, once, response)


@router.get("/analyses")
def list_analyses(
    subject: Reader,
    session: SessionDep,
    page: PageDep,
    *,
    prompt: Annotated[UUID | None, Query(description="Analyses of this prompt only.")] = None,
    kind: AnalysisKind | None = None,
) -> Page[AnalysisSummary]:
    """Analyses, newest first."""
    found = service.page(
        session, subject, prompt_id=prompt, kind=kind, cursor=page.cursor, limit=page.limit
    )
    page.link(found.next_cursor)
    return Page[AnalysisSummary](
        items=[AnalysisSummary.model_validate(_columns(row)) for row in found.items],
        next_cursor=found.next_cursor,
        total=found.total,
    )


@router.get("/analyses/{analysis_id}", responses=responses(404))
def get_analysis(
    analysis_id: UUID, subject: Poller, session: SessionDep, response: Response
) -> AnalysisRead:
    """How far it is, what its probes came to, and what it found."""
    read = AnalysisRead.model_validate(_columns(service.get(session, subject, analysis_id)))
    if read.status in {AnalysisStatus.pending, AnalysisStatus.running}:
        response.headers["Retry-After"] = "1"
    return read


@router.post("/analyses/{analysis_id}/cancel", responses=responses(404, 409))
def cancel_analysis(analysis_id: UUID, subject: Runner, session: SessionDep) -> AnalysisRead:
    """Ends it and the experiment it waits for; what it found so far stays."""
    return AnalysisRead.model_validate(_columns(service.cancel(session, subject, analysis_id)))
