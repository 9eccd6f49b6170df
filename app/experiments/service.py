"""Experiments: started as a frozen plan with shards, steered, read back."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, insert, select, update
from sqlalchemy.orm import Session

from app import audit
from app.accounts.subject import Subject
from app.audit import AuditTag
from app.budgets.spend import BudgetGone
from app.core.celery_app import Task
from app.core.clock import new_id
from app.core.config import get_settings
from app.core.errors import Conflict, NotFound, invalid
from app.core.queue import enqueue
from app.core.schema import plain_number
from app.experiments import adaptive, dispatch, following, plan
from app.experiments.plan import Plan, Request
from app.models import (
    FINAL,
    CaseState,
    Experiment,
    ExperimentArm,
    ExperimentExample,
    ExperimentStatus,
    Shard,
)
from app.prompts import rendering

DEFAULT_CONCURRENCY = 16


class ExperimentNotFound(NotFound):
    message = "There is no experiment with this id in your workspace."


class ExperimentEnded(Conflict):
    message = "This experiment has ended as {status}; only a running one can be changed."


class NothingToRetry(Conflict):
    message = "No case of this experiment failed; there is nothing to try again."


class RecordedElsewhere(Conflict):
    message = (
        "The outputs of this experiment were made elsewhere and cannot be asked for again; "
        "record a new one, or judge it again."
    )


class StillRunning(Conflict):
    message = "This experiment is {status}; cancel it or wait until it has ended."


def readable_by(subject: Subject) -> Select[Experiment]:
    """Every read of experiments starts here."""
    return select(Experiment).where(Experiment.workspace_id == subject.workspace_id)


def get(session: Session, subject: Subject, experiment_id: UUID) -> Experiment:
    experiment = session.scalar(readable_by(subject).where(Experiment.id == experiment_id))
    if experiment is None:
        raise ExperimentNotFound
    return experiment


def start(session: Session, subject: Subject, request: Request) -> tuple[Experiment, Plan]:
    """Freezes the plan and releases the first shards; the rest follow as these finish.

    Raises what `plan.make` raises, and BudgetGone for one that cannot be paid.
    """
    made = plan.make(session, subject, request)
    room = plan.room(session, subject, made, request.max_cost_usd)
    if room is not None and room.missing_usd:
        raise BudgetGone.of(room.line, room.left_usd + room.missing_usd)
    experiment = _experiment(subject, request, made)
    session.add(experiment)
    session.flush()
    _freeze(session, experiment, made)
    cut(session, experiment)
    dispatch.wake(session, experiment)
    audit.record(
        session,
        subject,
        AuditTag.experiment_started,
        object_id=experiment.id,
        after={"name": experiment.name, "prompt": made.prompt.name, "cases": experiment.planned},
    )
    return experiment, made


def _experiment(subject: Subject, request: Request, made: Plan) -> Experiment:
    return Experiment(
        id=new_id(),
        workspace_id=subject.workspace_id,
        prompt_id=made.prompt.id,
        name=request.name,
        status=ExperimentStatus.pending,
        trigger=request.trigger,
        repeats=request.repeats,
        seed=made.seed,
        evaluators=made.evaluators,
        primary_evaluator=made.evaluators[0]["name"],
        judge_model=made.judge_model,
        baseline_arm=made.baseline_arm,
        concurrency=request.concurrency or DEFAULT_CONCURRENCY,
        max_cost_usd=request.max_cost_usd,
        tags=list(request.tags),
        git=dict(request.git) if request.git else None,
        options=_options(request, made),
        gate_id=UUID(made.in_force.gate_id) if made.in_force.gate_id else None,
        gate_number=made.in_force.number,
        snapshot_hash=made.snapshot_hash,
        plan={
            "cases": made.summary.cases,
            "calls": made.summary.calls,
            "cost_usd_estimate": (
                str(made.summary.cost_usd_estimate)
                if made.summary.cost_usd_estimate is not None
                else None
            ),
            "minimum_detectable_difference": made.summary.minimum_detectable_difference,
        },
        planned=made.summary.cases,
        counts={},
        created_by=subject.label,
        api_key_id=subject.key_id,
    )


def _options(request: Request, made: Plan) -> dict[str, Any]:
    found: dict[str, Any] = {
        "cache": request.cache,
        "representative": request.is_representative,
        "models": list(request.models),
    }
    if request.golden.ids is None:
        found["golden"] = request.golden._asdict()
    if request.adaptive:
        found["adaptive"] = adaptive.options(len(made.examples), made.in_force.policy)
    return found


def _freeze(session: Session, experiment: Experiment, made: Plan) -> None:
    """Copies the rows the experiment depends on: the originals may change meanwhile."""
    ids: dict[str, Any] = {"workspace_id": experiment.workspace_id, "experiment_id": experiment.id}
    arms: list[dict[str, Any]] = [
        ids
        | {
            "arm": number,
            "version_id": arm.version.id,
            "version_number": arm.version.number,
            "model": arm.model,
            "template": rendering.frozen(arm.version),
            "parameters": arm.version.parameters,
        }
        for number, arm in enumerate(made.arms)
    ]
    examples: list[dict[str, Any]] = [
        ids
        | {
            "position": position,
            "example_id": example.id,
            "input_data": example.input_data,
            "expected_output": example.expected_output,
            "context": example.context,
            "criteria": example.criteria,
            "tags": example.tags,
            "weight": example.weight,
            "critical": example.critical,
        }
        for position, example in enumerate(made.examples)
    ]
    session.execute(insert(ExperimentArm), arms)
    session.execute(insert(ExperimentExample), examples)


def cut(session: Session, experiment: Experiment) -> None:
    """Shards of equal size, held back until they are released."""
    size = get_settings().shard_size
    shards = [
        {
            "id": new_id(),
            "workspace_id": experiment.workspace_id,
            "experiment_id": experiment.id,
            "number": number,
            "first_case": first,
            "cases": min(size, experiment.planned - first),
            "next_send": None,
        }
        for number, first in enumerate(range(0, experiment.planned, size))
    ]
    session.execute(insert(Shard), shards)


def cancel(session: Session, subject: Subject, experiment_id: UUID) -> Experiment:
    """Ends it: calls in flight are dropped, cases without a result end as cancelled.

    One that waits for its critical examples to run again ends together with those runs.
    """
    experiment = get(session, subject, experiment_id)
    awaited = session.scalars(following.awaited(experiment.id)).all()
    for child_id in awaited:
        cancel(session, subject, child_id)
    _refuse_ended(experiment, waits=bool(awaited))
    open_shards = (
        select(Shard.id)
        .where(Shard.experiment_id == experiment.id, Shard.state.in_(dispatch.OPEN))
        .order_by(Shard.number)  # as everybody locks them: any other order may deadlock
        .with_for_update(key_share=True)
    )
    cancelled = update(Shard).where(Shard.id.in_(session.scalars(open_shards).all()))
    session.execute(
        cancelled.values(state="cancelled", owner=None, lease_until=None, next_send=None)
    )
    _refuse_ended(dispatch.locked(session, experiment.id), waits=bool(awaited))
    dispatch.fill_missing(session, experiment, CaseState.cancelled)
    experiment.status = ExperimentStatus.cancelled
    experiment.finished_at = func.clock_timestamp()
    experiment.results = experiment.comparisons = None  # those of before a retry
    enqueue(session, Task.roll_up, experiment_id=experiment.id)
    return _noted(session, subject, experiment, AuditTag.experiment_cancelled)


def pause(session: Session, subject: Subject, experiment_id: UUID) -> Experiment:
    """Starts no more cases; those in flight finish. Nothing is lost."""
    experiment = _changeable(session, subject, experiment_id)
    held = update(Shard).where(Shard.experiment_id == experiment.id, Shard.state == "pending")
    session.execute(held.values(next_send=None))
    _refuse_ended(dispatch.locked(session, experiment.id))
    experiment.status = ExperimentStatus.paused
    return _noted(session, subject, experiment, AuditTag.experiment_paused)


def resume(
    session: Session,
    subject: Subject,
    experiment_id: UUID,
    *,
    max_cost_usd: Decimal | None = None,
) -> Experiment:
    """Goes on where it was paused; of a running one only the limit of cost changes."""
    experiment = _changeable(session, subject, experiment_id)
    _refuse_ended(dispatch.locked(session, experiment.id))
    limited = _limited(experiment, max_cost_usd)
    if experiment.status != ExperimentStatus.paused:
        if limited is None:
            return experiment
        return _noted(session, subject, experiment, AuditTag.experiment_resumed, limited)
    experiment.status = ExperimentStatus.running
    dispatch.wake(session, experiment)
    dispatch.close_if_done(session, experiment.id)  # its last cases may have ended meanwhile
    return _noted(session, subject, experiment, AuditTag.experiment_resumed, limited)


def retry_failed(
    session: Session,
    subject: Subject,
    experiment_id: UUID,
    *,
    max_cost_usd: Decimal | None = None,
) -> Experiment:
    """Tries the cases that did not get a score again; what is paid and usable is kept.

    With `max_cost_usd` up to that cost in all; raises a 422 where more is spent already. Of one
    whose results could not be rolled up only that is tried again.
    """
    experiment = get(session, subject, experiment_id)
    if experiment.status not in FINAL:
        raise StillRunning(status=experiment.status)
    if experiment.status == ExperimentStatus.failed:
        limited = _limited(experiment, max_cost_usd)
        experiment.status = ExperimentStatus.rolling_up
        experiment.finished_at = experiment.error = None
        enqueue(session, Task.roll_up, experiment_id=experiment.id)
        return _noted(session, subject, experiment, AuditTag.experiment_retried, limited)
    if experiment.options.get("recorded"):
        raise RecordedElsewhere
    if not dispatch.reopen_failed(session, experiment):
        raise NothingToRetry
    limited = _limited(experiment, max_cost_usd)  # after the shards are locked, as everybody does
    experiment.status = ExperimentStatus.running
    experiment.finished_at = experiment.error = None
    dispatch.wake(session, experiment)
    return _noted(session, subject, experiment, AuditTag.experiment_retried, limited)


def _limited(experiment: Experiment, max_cost_usd: Decimal | None) -> Mapping[str, Any] | None:
    """Another limit of cost, as the audit log tells it; None leaves it."""
    if max_cost_usd is None:
        return None
    spent = experiment.cost_usd + experiment.cost_estimated
    if max_cost_usd < spent:
        sentence = (
            f"This experiment has cost {plain_number(spent)} USD already; "
            "send that or more, or leave max_cost_usd out."
        )
        raise invalid("#/max_cost_usd", sentence, code="below_spent")
    experiment.max_cost_usd = max_cost_usd
    return {"max_cost_usd": plain_number(max_cost_usd)}


def _changeable(session: Session, subject: Subject, experiment_id: UUID) -> Experiment:
    experiment = get(session, subject, experiment_id)
    _refuse_ended(experiment)
    return experiment


def _refuse_ended(experiment: Experiment, *, waits: bool = False) -> None:
    """What is being rolled up is as good as ended, unless it `waits` for others to end."""
    ending = experiment.status == ExperimentStatus.rolling_up and not waits
    if experiment.status in FINAL or ending:
        raise ExperimentEnded(status=experiment.status)


def _noted(
    session: Session,
    subject: Subject,
    experiment: Experiment,
    tag: AuditTag,
    changed: Mapping[str, Any] | None = None,
) -> Experiment:
    experiment.updated_at = func.clock_timestamp()
    session.flush()
    session.refresh(experiment)
    audit.record(session, subject, tag, object_id=experiment.id, after=changed)
    return experiment


def progress(experiment: Experiment) -> dict[str, Any]:
    """Cases by state; `planned` minus the rest are still to come."""
    counts = experiment.counts
    return {"planned": experiment.planned} | {
        state.value: int(counts.get(state.value, 0)) for state in CaseState
    }
