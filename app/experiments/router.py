"""Experiments over HTTP: plan, start, watch, steer."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Response

from app.accounts.access import Zone, requires
from app.accounts.subject import Scope, Subject
from app.budgets.schemas import BudgetRoom
from app.budgets.spend import Room
from app.core import redis
from app.core.config import get_settings
from app.core.problems import EVERYWHERE, responses
from app.core.schema import Moment, Page, ShortText, Tag, decode_cursor, encode_cursor
from app.core.security import derived_key
from app.core.session import SessionDep
from app.experiments import cases, duration, listing, plan, recorded, rejudge, service
from app.experiments.cases import Only, Sort
from app.experiments.listing import Filters, Order
from app.experiments.plan import Request
from app.experiments.recorded_rows import Answer, Mark
from app.experiments.recorded_schemas import RecordedCase, RecordedCreate
from app.experiments.schemas import (
    Asked,
    CaseResult,
    ExperimentAccepted,
    ExperimentCreate,
    ExperimentStatusRead,
    ExperimentSummary,
    GoingOn,
    PlanPreview,
    PlanRead,
    Rejudge,
)
from app.experiments.selection import GoldenChoice
from app.experiments.status import status
from app.experiments.summary import summary
from app.idempotency import OnceDep
from app.models import FINAL, Experiment, ExperimentStatus, Ruling
from app.runs.schemas import choice

router = APIRouter(tags=["experiments"], responses=EVERYWHERE)

Reader = Annotated[Subject, requires(Scope.read)]
Poller = Annotated[Subject, requires(Scope.read, zone=Zone.status)]
Runner = Annotated[Subject, requires(Scope.run)]


def asked(body: Asked) -> dict[str, Any]:
    return {
        "golden": GoldenChoice(**body.golden.model_dump()),
        "models": body.models,
        "evaluators": [choice(evaluator) for evaluator in body.evaluators],
        "repeats": body.repeats,
        "max_cost_usd": body.max_cost_usd,
        "concurrency": body.concurrency,
        "cache": body.cache,
        "tags": body.tags,
        "git": body.git.model_dump(exclude_none=True) if body.git else None,
    }


def _request(body: ExperimentCreate) -> Request:
    return Request(
        prompt=body.prompt_id or body.prompt or "",
        name=body.experiment_name,
        versions=body.versions,
        baseline=body.baseline,
        gate=body.gate,
        adaptive=body.adaptive,
        **asked(body),
    )


def _accepted(experiment: Experiment) -> ExperimentAccepted:
    return ExperimentAccepted(
        experiment_id=experiment.id,
        task_id=experiment.id,
        status="pending",
        url=f"{get_settings().public_url}/experiments/{experiment.id}",
        status_url=f"/api/v1/experiments/{experiment.id}/status",
        plan=PlanRead.model_validate(experiment.plan),
        delayed=redis.outage.lasts,
    )


@router.post("/experiments/run", status_code=202, responses=responses(402, 404, 409))
def run_experiment(
    body: ExperimentCreate,
    subject: Runner,
    session: SessionDep,
    once: OnceDep,
    response: Response,
) -> ExperimentAccepted:
    """Runs versions on golden examples in the background."""

    def work() -> ExperimentAccepted:
        experiment, _ = service.start(session, subject, _request(body))
        return _accepted(experiment)

    response.status_code = 202
    accepted = once(session, subject, body, ExperimentAccepted, work)
    response.headers["Location"] = accepted.status_url
    return accepted


@router.post("/experiments/plan", responses=responses(404))
def plan_experiment(body: ExperimentCreate, subject: Runner, session: SessionDep) -> PlanPreview:
    """The plan alone: cases, calls, cost, time, room in the budget. Nothing is started."""
    made = plan.make(session, subject, _request(body))
    found = plan.room(session, subject, made, body.max_cost_usd)
    at_once = body.concurrency or service.DEFAULT_CONCURRENCY
    more = {
        "budget": found and _room(found),
        "eta_s": duration.expected_s(session, subject, made, at_once),
    }
    return PlanPreview.model_validate(made.summary._asdict() | more)


def _room(found: Room) -> BudgetRoom:
    return BudgetRoom(
        budget_id=found.line.id,
        scope=found.line.scope,
        object_name=found.line.object_name,
        period=found.line.period,
        limit_usd=found.line.limit_usd,
        left_usd=found.left_usd,
        missing_usd=found.missing_usd,
        renews_at=found.line.ends_at,
    )


def _answer(case: RecordedCase) -> Answer:
    marks = {name: Mark(score.value, score.reason) for name, score in case.scores.items()}
    fields = {name: getattr(case, name) for name in RecordedCase.model_fields}
    return Answer(**(fields | {"scores": marks}))


@router.post("/experiments/recorded", status_code=202, responses=responses(404, 409))
def record_experiment(
    body: RecordedCreate,
    subject: Runner,
    session: SessionDep,
    once: OnceDep,
    response: Response,
) -> ExperimentAccepted:
    """Keeps outputs that were made elsewhere, such as by tests; with evaluators, judges them."""
    recording = recorded.Recording(
        prompt=body.prompt_id or body.prompt or "",
        name=body.experiment_name,
        version=body.version,
        answers=[_answer(case) for case in body.cases],
        evaluators=[choice(evaluator) for evaluator in body.evaluators],
        primary=body.primary,
        model=body.model,
        tags=body.tags,
        git=body.git.model_dump(exclude_none=True) if body.git else None,
    )

    def work() -> ExperimentAccepted:
        return _accepted(recorded.record(session, subject, recording))

    response.status_code = 202
    accepted = once(session, subject, body, ExperimentAccepted, work)
    response.headers["Location"] = accepted.status_url
    return accepted


@router.get("/experiments")
def list_experiments(
    subject: Reader,
    session: SessionDep,
    *,
    q: Annotated[ShortText | None, Query(description="A part of its or its prompt's name.")] = None,
    prompt_id: UUID | None = None,
    prompt: Annotated[UUID | None, Query(description="The same as prompt_id.")] = None,
    status: ExperimentStatus | None = None,
    trigger: Annotated[str | None, Query(pattern=r"^[a-z]{1,20}$")] = None,
    verdict: Ruling | None = None,
    tag: Annotated[Tag | None, Query()] = None,
    since: Annotated[Moment | None, Query(alias="from")] = None,
    until: Annotated[Moment | None, Query(alias="to")] = None,
    sort: Order = Order.newest,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    cursor: Annotated[str | None, Query(max_length=1000)] = None,
) -> Page[ExperimentSummary]:
    """Experiments, newest first unless sorted otherwise."""
    key = derived_key(f"cursor experiments {subject.workspace_id} {sort}")
    filters = Filters(q, prompt_id or prompt, status, trigger, verdict, tag, since, until)
    rows, total = listing.page(
        session,
        subject,
        filters=filters,
        order=sort,
        after=decode_cursor(cursor, key=key) if cursor else None,
        limit=limit + 1,
    )
    shown = rows[:limit]
    arms = listing.arms(session, shown)
    return Page[ExperimentSummary](
        items=[summary(row.experiment, row.prompt_name, arms[row.experiment.id]) for row in shown],
        next_cursor=encode_cursor(shown[-1].place, key=key) if len(rows) > limit else None,
        total=total,
    )


@router.get("/experiments/{experiment_id}/status", responses=responses(404))
def experiment_status(
    experiment_id: UUID, subject: Poller, session: SessionDep, response: Response
) -> ExperimentStatusRead:
    """Progress, and the results per version once it has ended."""
    experiment = service.get(session, subject, experiment_id)
    if experiment.status not in FINAL:
        response.headers["Retry-After"] = "1"
    return status(session, experiment)


@router.get("/experiments/{experiment_id}/results", responses=responses(404))
def experiment_results(
    experiment_id: UUID,
    subject: Reader,
    session: SessionDep,
    *,
    only: Only | None = None,
    sort: Sort = Sort.case,
    arm: Annotated[int | None, Query(ge=0, le=1000)] = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
    cursor: Annotated[str | None, Query(max_length=500)] = None,
) -> Page[CaseResult]:
    """One row per case and evaluator."""
    experiment = service.get(session, subject, experiment_id)
    key = derived_key(f"cursor results {experiment.id} {only} {sort} {arm}")
    offset = int(decode_cursor(cursor, key=key)[0]) if cursor else 0
    rows, total = cases.page(
        session, experiment, only=only, sort=sort, arm=arm, offset=offset, limit=limit
    )
    after = offset + len(rows)
    return Page[CaseResult](
        items=[_case(row) for row in rows],
        next_cursor=encode_cursor([after], key=key) if after < total else None,
        total=total,
    )


def _case(row: Any) -> CaseResult:  # noqa: ANN401 - a row of `cases.rows`
    rate = row.hallucination_rate
    return CaseResult.model_validate(
        {**row._asdict(), "hallucination": None if rate is None else rate > 0}
    )


@router.post("/experiments/{experiment_id}/cancel", responses=responses(404, 409))
def cancel_experiment(
    experiment_id: UUID, subject: Runner, session: SessionDep
) -> ExperimentStatusRead:
    """Ends it now; cases without a result end as cancelled."""
    return status(session, service.cancel(session, subject, experiment_id))


@router.post("/experiments/{experiment_id}/pause", responses=responses(404, 409))
def pause_experiment(
    experiment_id: UUID, subject: Runner, session: SessionDep
) -> ExperimentStatusRead:
    """Starts no more cases; those in flight finish."""
    return status(session, service.pause(session, subject, experiment_id))


@router.post("/experiments/{experiment_id}/resume", responses=responses(404, 409))
def resume_experiment(
    experiment_id: UUID, subject: Runner, session: SessionDep, body: GoingOn | None = None
) -> ExperimentStatusRead:
    """Goes on where it was paused; may be given another limit of cost, also while it runs."""
    cap = body.max_cost_usd if body else None
    return status(session, service.resume(session, subject, experiment_id, max_cost_usd=cap))


@router.post("/experiments/{experiment_id}/retry-failed", responses=responses(404, 409))
def retry_failed_cases(
    experiment_id: UUID,
    subject: Runner,
    session: SessionDep,
    once: OnceDep,
    body: GoingOn | None = None,
) -> ExperimentStatusRead:
    """Tries the cases without a score again; only missing work is paid for.

    One that stopped at its limit of cost needs a higher `max_cost_usd`.
    """
    cap = body.max_cost_usd if body else None

    def work() -> ExperimentStatusRead:
        retried = service.retry_failed(session, subject, experiment_id, max_cost_usd=cap)
        return status(session, retried)

    return once(session, subject, body, ExperimentStatusRead, work)


@router.post("/experiments/{experiment_id}/rejudge", status_code=202, responses=responses(404, 409))
def rejudge_experiment(
    experiment_id: UUID,
    body: Rejudge,
    subject: Runner,
    session: SessionDep,
    once: OnceDep,
    response: Response,
) -> ExperimentAccepted:
    """Judges the stored outputs again in a new experiment; only the judges are paid."""
    wanted = rejudge.Judging([choice(item) for item in body.evaluators], body.judge_model)

    def work() -> ExperimentAccepted:
        return _accepted(rejudge.rejudge(session, subject, experiment_id, wanted))

    response.status_code = 202
    accepted = once(session, subject, body, ExperimentAccepted, work)
    response.headers["Location"] = accepted.status_url
    return accepted
