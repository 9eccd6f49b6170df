"""Finished cases into the database: one short transaction per batch, under the shard's fence.

psycopg2's `execute_values` on the session's own connection: .02 ms of CPU a row, where the ORM's
multi-row insert with ON CONFLICT costs several times that.
"""

import json
from collections import Counter
from collections.abc import Sequence
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID, uuid5

from psycopg2.extras import execute_values
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from app.budgets import spend
from app.core import lease
from app.core.clock import new_id
from app.core.config import get_settings
from app.core.database import unit_of_work
from app.experiments import dispatch
from app.models import CaseState, Experiment, ExperimentStatus, Result, Shard
from app.models.base import table_of
from app.runs.case import Call, Outcome
from app.runs.scores import as_json

SHARDS = table_of(Shard)


class CaseAddress(NamedTuple):
    """Which case of the plan."""

    case_no: int
    arm: int
    position: int
    repeat: int


class Finished(NamedTuple):
    address: CaseAddress
    outcome: Outcome


class Settled(NamedTuple):
    """What a loop's reservation holds once a batch is stored."""

    reservation_id: UUID
    left: Decimal


class Standing(NamedTuple):
    """Where the experiment stands after a write, as the loop needs to know it."""

    held: bool  # the lease was still ours and the rows are in
    shard_done: bool
    status: ExperimentStatus


INSERT_RESULTS = """
INSERT INTO results (workspace_id, experiment_id, case_no, shard_id, arm, position, repeat, state,
                     rendered_prompt, output, error_code, error, score, hallucination_rate,
                     latency_ms, tokens_in, tokens_out, cost_usd, cost_estimated, cached)
VALUES %s
ON CONFLICT (experiment_id, case_no) DO UPDATE
   SET shard_id = excluded.shard_id, state = excluded.state,
       rendered_prompt = coalesce(excluded.rendered_prompt, results.rendered_prompt),
       output = coalesce(excluded.output, results.output),
       error_code = excluded.error_code, error = excluded.error, score = excluded.score,
       hallucination_rate = excluded.hallucination_rate,
       latency_ms = coalesce(excluded.latency_ms, results.latency_ms),
       tokens_in = results.tokens_in + excluded.tokens_in,
       tokens_out = results.tokens_out + excluded.tokens_out,
       cost_usd = results.cost_usd + excluded.cost_usd,
       cost_estimated = results.cost_estimated + excluded.cost_estimated,
       cached = results.cached OR excluded.cached, retrying = false
 WHERE results.retrying
RETURNING case_no
"""
INSERT_SCORES = """
INSERT INTO case_scores (workspace_id, experiment_id, case_no, evaluator, evaluator_version, state,
                         value, hallucination_rate, reason, claims, details)
VALUES %s
ON CONFLICT (experiment_id, case_no, evaluator) DO UPDATE
   SET evaluator_version = excluded.evaluator_version, state = excluded.state,
       value = excluded.value, hallucination_rate = excluded.hallucination_rate,
       reason = excluded.reason, claims = excluded.claims, details = excluded.details
"""
INSERT_COSTS = """
INSERT INTO cost_entries (id, workspace_id, kind, source, model, prompt_id, version_id,
                          experiment_id, api_key_id, tokens_in, tokens_out, tokens_estimated,
                          cost_usd, cost_estimated, latency_ms, cached)
VALUES %s
"""
INSERT_COSTS_ONCE = f"{INSERT_COSTS} ON CONFLICT (id) DO NOTHING RETURNING id"


def store(
    shard: Any,  # noqa: ANN401 - the claimed row, as `lease.claim` gave it
    experiment: Experiment,
    version_ids: Sequence[UUID],
    finished: Sequence[Finished],
    *,
    in_flight: Sequence[int] | None = None,
    settled: Settled | None = None,
) -> Standing:
    """Writes a batch, the counters and, when the plan is complete, the shard's end.

    Nothing is written when the fence has moved on. `in_flight` are the cases about to be asked in
    careful mode, stored before the call; None leaves those that are there, for a batch may be
    written while the next case is asked. With `settled` the money spent and the money still
    reserved change together.
    """
    with unit_of_work(shard.workspace_id) as session:
        if not lease.lock(session, SHARDS, shard.id, shard.fence):
            return Standing(False, False, _status(session, experiment.id))
        written = _insert(session, shard, experiment, version_ids, finished) if finished else []
        noted = {} if in_flight is None else {"in_flight": list(in_flight)}
        session.execute(
            update(Shard)
            .where(Shard.id == shard.id)
            .values(progressed=Shard.progressed | bool(written), **noted)
        )
        done = _finish(session, shard)
        if written:
            _count(session, experiment.id, written)
        if settled is not None:
            seconds = get_settings().lease_seconds
            spend.keep(session, settled.reservation_id, settled.left, lasts_s=seconds)
        if done:
            dispatch.close_if_done(session, experiment.id)
        return Standing(True, done, _status(session, experiment.id))


def book_cancelled(
    shard: Any,  # noqa: ANN401 - as above
    experiment: Experiment,
    version_ids: Sequence[UUID],
    finished: Sequence[Finished],
) -> None:
    """Books the calls of cases that were cancelled before they could be stored: they are paid.

    Only of a shard that was cancelled while this fence held it: who lost a lease writes nothing.
    A call's id is made of the fence it was asked under, so that a call is booked once and asking
    again is another one.
    """
    calls = {
        str(uuid5(shard.id, f"{shard.fence}/{item.address.case_no}/{number}")): (item.address, call)
        for item in finished
        for number, call in enumerate(item.outcome.calls)
        if not call.cached
    }
    if not calls:
        return
    with unit_of_work(shard.workspace_id) as session:
        unstored = _cancelled(session, shard)
        costs = [
            (id_, *_cost(experiment, version_ids[address.arm], call))
            for id_, (address, call) in calls.items()
            if address.case_no in unstored
        ]
        if costs:
            cursor = session.connection().connection.cursor()
            booked = execute_values(cursor, INSERT_COSTS_ONCE, costs, page_size=1000, fetch=True)
            cursor.close()
            _add_up(session, experiment.id, [calls[str(id_)][1] for (id_,) in booked])


def _cancelled(session: Session, shard: Any) -> set[int]:  # noqa: ANN401 - as above
    """The cases that a cancel ended in place of this holder."""
    mine = (Shard.id == shard.id) & (Shard.fence == shard.fence) & (Shard.state == "cancelled")
    if session.scalar(select(Shard.id).where(mine).with_for_update(key_share=True)) is None:
        return set()
    ended = select(Result.case_no).where(
        Result.experiment_id == shard.experiment_id,
        Result.shard_id == shard.id,
        Result.state == CaseState.cancelled,
    )
    return set(session.scalars(ended))


def _status(session: Session, experiment_id: UUID) -> ExperimentStatus:
    status = select(Experiment.status).where(Experiment.id == experiment_id)
    return ExperimentStatus(session.execute(status).scalar_one())


def _insert(
    session: Session,
    shard: Any,  # noqa: ANN401 - as above
    experiment: Experiment,
    version_ids: Sequence[UUID],
    finished: Sequence[Finished],
) -> list[Finished]:
    """Those that were really written: a second result for a case is none.

    What was not written costs nothing here: it is this write, tried again after a lost answer.
    """
    by_case = {item.address.case_no: item for item in finished}
    workspace, mine = str(shard.workspace_id), str(experiment.id)
    cursor = session.connection().connection.cursor()
    rows = [
        (
            workspace,
            mine,
            item.address.case_no,
            str(shard.id),
            *item.address[1:],
            *_result(item.outcome),
        )
        for item in by_case.values()
    ]
    inserted = execute_values(cursor, INSERT_RESULTS, rows, page_size=1000, fetch=True)
    written = [by_case[number] for (number,) in inserted]
    scores = [
        (workspace, mine, item.address.case_no, *_score(score))
        for item in written
        for score in item.outcome.scores
    ]
    if scores:
        execute_values(cursor, INSERT_SCORES, scores, page_size=1000)
    costs = [
        (str(new_id()), *_cost(experiment, version_ids[item.address.arm], call))
        for item in written
        for call in item.outcome.calls
    ]
    if costs:
        execute_values(cursor, INSERT_COSTS, costs, page_size=1000)
    cursor.close()
    return written


def _cost(experiment: Experiment, version_id: UUID, call: Call) -> tuple[Any, ...]:
    return (
        str(experiment.workspace_id),
        call.kind,
        "experiment",
        call.model,
        str(experiment.prompt_id),
        str(version_id),
        str(experiment.id),
        experiment.api_key_id and str(experiment.api_key_id),
        *call[2:],
    )


def _result(outcome: Outcome) -> tuple[Any, ...]:
    return (
        outcome.state.value,
        outcome.rendered_prompt,
        outcome.output,
        outcome.error_code,
        outcome.error,
        outcome.score,
        outcome.hallucination_rate,
        outcome.latency_ms,
        *outcome.tokens(),
        outcome.cost_usd,
        outcome.cost_estimated,
        outcome.cached,
    )


def _score(score: Any) -> tuple[Any, ...]:  # noqa: ANN401 - evaluators.base.Score
    plain = as_json(score)
    return (
        plain["evaluator"],
        plain["evaluator_version"],
        plain["state"],
        plain["value"],
        plain["hallucination_rate"],
        plain["reason"],
        _jsonb(plain["claims"]),
        _jsonb(plain["details"]),
    )


def _jsonb(value: object) -> str:
    # a judge may quote what PostgreSQL's jsonb cannot hold
    return json.dumps(value, ensure_ascii=True, default=str).replace("\\u0000", "\\ufffd")


def _finish(session: Session, shard: Any) -> bool:  # noqa: ANN401 - as above
    """Ends the shard if every one of its cases has a result."""
    stored = session.scalar(
        select(func.count())
        .select_from(Result)
        .where(
            Result.experiment_id == shard.experiment_id,
            Result.case_no >= shard.first_case,
            Result.case_no < shard.first_case + shard.cases,
            Result.retrying.is_(False),
        )
    )
    if stored != shard.cases:
        return False
    return lease.finish(session, SHARDS, shard.id, shard.fence, state="completed")


def _count(session: Session, experiment_id: UUID, written: Sequence[Finished]) -> None:
    states = Counter(item.outcome.state.value for item in written)
    dispatch.count_states(session, experiment_id, dict(states))
    calls = [call for item in written for call in item.outcome.calls if not call.cached]
    _add_up(session, experiment_id, calls, cached=sum(item.outcome.cached for item in written))


def _add_up(
    session: Session, experiment_id: UUID, calls: Sequence[Call], *, cached: int = 0
) -> None:
    """Adds what calls cost to the experiment's sums."""
    known = sum((call.cost_usd for call in calls if call.cost_usd is not None), Decimal(0))
    guessed = sum((call.cost_estimated for call in calls if call.cost_usd is None), Decimal(0))
    session.execute(
        update(Experiment)
        .where(Experiment.id == experiment_id)
        .values(
            calls=Experiment.calls + len(calls),
            cached=Experiment.cached + cached,
            tokens_in=Experiment.tokens_in + sum(call.tokens_in for call in calls),
            tokens_out=Experiment.tokens_out + sum(call.tokens_out for call in calls),
            cost_usd=Experiment.cost_usd + known,
            cost_estimated=Experiment.cost_estimated + guessed,
            cost_unknown=Experiment.cost_unknown | any(call.cost_usd is None for call in calls),
        ),
        execution_options={"synchronize_session": False},
    )
