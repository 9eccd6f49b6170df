"""One version on its golden examples: a one-arm experiment that one can wait for."""

import asyncio
import time
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response
from sqlalchemy.orm import Session
from starlette.concurrency import run_in_threadpool

from app.accounts.access import requires
from app.accounts.subject import Scope, Subject
from app.core.database import unit_of_work
from app.core.problems import EVERYWHERE, responses
from app.experiments import cases, service
from app.experiments.plan import Request
from app.experiments.router import asked
from app.experiments.schemas import Evaluate, Evaluation
from app.idempotency import OnceDep
from app.models import FINAL, Experiment
from app.runs.router import status_url
from app.runs.service import VersionNotFound, find_version

router = APIRouter(tags=["experiments"], responses=EVERYWHERE)
Runner = Annotated[Subject, requires(Scope.run)]
LONGEST_WAIT_S = 60
LOOK_S = 0.2


def _evaluation(experiment: Experiment) -> Evaluation:
    found = cases.find_evaluation(experiment) or {}
    return Evaluation(
        experiment_id=experiment.id,
        task_id=experiment.id,
        status=experiment.status,
        status_url=status_url(experiment.id),
        average_score=found.get("avg_score"),
        score_interval=found.get("score_interval"),
        avg_hallucination_rate=found.get("avg_hallucination_rate"),
        total_tests=experiment.planned,
        scored=found.get("n", 0),
        failure_count=found.get("failure_count"),
        cost_usd=None if experiment.cost_unknown else experiment.cost_usd,
    )


@router.post(
    "/prompts/{prompt_id}/versions/{version_id}/evaluate",
    status_code=202,
    responses={
        200: {"model": Evaluation, "description": "Done within the wait"},
        **responses(402, 404, 409),
    },
)
async def evaluate_version(
    prompt_id: UUID,
    version_id: UUID,
    body: Evaluate,
    subject: Runner,
    once: OnceDep,
    response: Response,
    wait: Annotated[int, Query(ge=0, le=LONGEST_WAIT_S, description="Seconds.")] = 0,
) -> Evaluation:
    """Runs one version on its golden examples; with `wait`, answers when it is done."""
    answer = await run_in_threadpool(_start, subject, once, prompt_id, version_id, body)
    deadline, done = time.monotonic() + wait, answer.status in FINAL
    while not done and time.monotonic() < deadline:  # waits on the loop: it holds no thread
        await asyncio.sleep(LOOK_S)
        answer = await run_in_threadpool(_look, subject, answer.experiment_id)
        done = answer.status in FINAL
    response.status_code = 200 if done and wait else 202
    response.headers["Location"] = answer.status_url
    return answer


def _start(
    subject: Subject, once: OnceDep, prompt_id: UUID, version_id: UUID, body: Evaluate
) -> Evaluation:
    """In a transaction of its own: committed, and so on its way, before the wait begins."""
    with unit_of_work(subject.workspace_id) as session:
        return once(
            session,
            subject,
            body,
            Evaluation,
            lambda: _start_evaluation(session, subject, prompt_id, version_id, body),
        )


def _look(subject: Subject, experiment_id: UUID) -> Evaluation:
    with unit_of_work(subject.workspace_id) as session:
        return _evaluation(service.get(session, subject, experiment_id))


def _start_evaluation(
    session: Session,
    subject: Subject,
    prompt_id: UUID,
    version_id: UUID,
    body: Evaluate,
) -> Evaluation:
    version, name = find_version(
        session, subject, version_id=version_id, prompt=None, label="latest"
    )
    if version.prompt_id != prompt_id:
        raise VersionNotFound
    request = Request(
        prompt=prompt_id,
        name=body.experiment_name or f"{name} v{version.number}",
        versions=[str(version_id)],
        trigger="evaluate",
        **asked(body),
    )
    experiment, _ = service.start(session, subject, request)
    return _evaluation(experiment)
