"""One single run, from its row to its row: claim, perform, store under the fence."""

import asyncio
from dataclasses import replace
from decimal import Decimal
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy import Row, func
from sqlalchemy.orm import Session

from app.budgets import prices, spend
from app.core import lease, logs
from app.core.clock import elapsed_s
from app.core.config import get_settings
from app.core.database import system_unit_of_work, unit_of_work
from app.judges.own_model import evaluators_of
from app.llm.party import only_while
from app.llm.pricing import Overrides
from app.models import CaseState, CostEntry, Run
from app.models.base import table_of
from app.runs.case import Brief, Call, Outcome, Performer, broken
from app.runs.providers import get_model, run_async
from app.runs.scores import as_json

RUNS = table_of(Run)
log = logs.get()


def execute(run_id: UUID) -> None:
    """Performs one run; a second delivery of the same job finds nothing to claim."""
    claimed_at = elapsed_s()
    with system_unit_of_work() as session:
        run = lease.claim(session, RUNS, run_id, lease.owner())
    if run is None:
        return
    with logs.bound_log(run_id=run.id, model=run.model):
        log.info("run_started", attempt=run.attempts)
        outcome = run_async(lambda: _perform_while_renewing(run, claimed_at))
        if outcome is None:
            log.warning("run_lease_lost")
            return
        _keep(run, outcome)
        log.info("run_finished", state=outcome.state.value, ms=outcome.latency_ms)


async def _perform_while_renewing(run: Row[Any], confirmed_at: float) -> Outcome | None:
    """The outcome; None as soon as the lease is lost: then the call is cancelled, or not sent."""
    with only_while(lambda: not lease.is_late(confirmed_at)):
        work = asyncio.ensure_future(_perform(run))
    try:
        while True:
            done, _ = await asyncio.wait({work}, timeout=get_settings().heartbeat_seconds)
            if done:
                return None if work.cancelled() else work.result()
            at = elapsed_s()
            if not await asyncio.to_thread(lease.patiently, partial(_renew, run)):
                return None
            confirmed_at = at
    finally:
        work.cancel()


def _renew(run: Row[Any]) -> bool:
    with unit_of_work(run.workspace_id) as session:
        return lease.renew(session, RUNS, run.id, run.fence)


async def _perform(run: Row[Any]) -> Outcome:
    try:
        return await _case(run)
    except Exception as error:  # our own mistake ends this run, and is in the log
        log.exception("run_failed")
        return broken(error)


async def _case(run: Row[Any]) -> Outcome:
    settings = get_settings()
    performer = Performer(
        get_model,
        evaluators=evaluators_of(run.evaluators),
        judge_model=settings.judge,
        flat_rate=settings.flat_token_price,
        overrides=await asyncio.to_thread(_overrides, run),
    )
    example = run.example or {}
    return await performer.perform(
        Brief(
            template=run.template,
            inputs=run.variables,
            model=run.model,
            parameters=run.parameters,
            expected=example.get("expected_output"),
            context=example.get("context"),
        )
    )


def _overrides(run: Row[Any]) -> Overrides:
    with unit_of_work(run.workspace_id) as session:
        return prices.overrides(session, run.workspace_id)


def _keep(run: Row[Any], outcome: Outcome) -> None:
    """Stores what was paid for; an answer the database refuses fails the run, and is not redone."""
    try:
        lease.patiently(partial(_store, run, outcome))
    except Exception as error:  # any refusal of the row: what was paid is still booked
        if lease.is_away(error):
            raise
        log.exception("run_refused")
        _store(run, replace(broken(error), calls=outcome.calls))


def _store(run: Row[Any], outcome: Outcome) -> None:
    tokens_in, tokens_out = outcome.tokens()
    answered = outcome.output is not None
    with unit_of_work(run.workspace_id) as session:
        kept = lease.finish(
            session,
            RUNS,
            run.id,
            run.fence,
            state="completed" if answered else "failed",
            rendered_prompt=outcome.rendered_prompt,
            output=outcome.output,
            scores=[as_json(score) for score in outcome.scores],
            error_code=outcome.error_code,
            error=outcome.error,
            latency_ms=outcome.latency_ms,
            tokens_in=tokens_in,
            tokens_out=tokens_out,
            cost_usd=outcome.cost_usd,
            cost_estimated=outcome.cost_estimated,
            finished_at=func.clock_timestamp(),
        )
        if kept:
            session.add_all(cost_entries(run, outcome.calls))
            spend.settle(session, run.id)


def cost_entries(run: Row[Any] | Run, calls: tuple[Call, ...]) -> list[CostEntry]:
    """What each call cost, for the log that budgets and analytics read."""
    return [
        CostEntry(
            workspace_id=run.workspace_id,
            source=run.source,
            prompt_id=run.prompt_id,
            version_id=run.version_id,
            run_id=run.id,
            api_key_id=run.api_key_id,
            **call._asdict(),
        )
        for call in calls
    ]


def give_up(session: Session, run_id: UUID) -> None:
    """A run whose workers kept dying: it ends as worker_lost, never as an answer."""
    run = session.get_one(Run, run_id)
    run.error_code = CaseState.worker_lost
    run.error = f"{get_settings().max_attempts} workers died on this run; it is not tried again."
    run.cost_usd, run.cost_estimated = None, Decimal(0)
    run.finished_at = func.clock_timestamp()
    spend.settle(session, run.id)
