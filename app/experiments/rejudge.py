"""An experiment's outputs judged again: a new experiment that follows it and generates nothing.

The stored outputs become results that wait to be tried again. The engine takes an output that is
there as paid for and asks the judges alone; a case without one keeps the state it ended in.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import case, exists, func, insert, literal, select, update
from sqlalchemy.orm import Session

from app import audit
from app.accounts.subject import Subject
from app.audit import AuditTag
from app.core.clock import new_id
from app.core.errors import Conflict
from app.experiments import dispatch, plan, service
from app.models import (
    FINAL,
    CaseState,
    Experiment,
    ExperimentArm,
    ExperimentExample,
    ExperimentStatus,
    Result,
    Shard,
)
from app.models.base import Base
from app.runs.service import check_evaluators, check_model

TRIGGER = "rejudge"
COPIED = (
    "prompt_id",
    "repeats",
    "seed",
    "baseline_arm",
    "concurrency",
    "max_cost_usd",
    "tags",
    "git",
    "gate_id",
    "gate_number",
    "snapshot_hash",
    "planned",
)
OF_OUTPUT = ("rendered_prompt", "output", "latency_ms", "tokens_in", "tokens_out")
LONGEST_NAME = 180


class NothingToJudge(Conflict):
    message = "No case of this experiment has an output; there is nothing to judge again."


class Judging(NamedTuple):
    """By what the outputs are judged this time; what is not said stays as it was."""

    evaluators: Sequence[Mapping[str, Any]] = ()
    judge_model: str | None = None


def rejudge(session: Session, subject: Subject, experiment_id: UUID, wanted: Judging) -> Experiment:
    """Starts it; raises StillRunning for one that has not ended, NothingToJudge without outputs."""
    before = service.get(session, subject, experiment_id)
    if before.status not in FINAL:
        raise service.StillRunning(status=before.status)
    evaluators = check_evaluators(session, subject, wanted.evaluators or before.evaluators)
    model = check_model(wanted.judge_model or before.judge_model, "#/judge_model")
    states = _states_without_output(session, before)
    outputs = before.planned - sum(states.values())
    if not outputs:
        raise NothingToJudge
    tariff = plan.tariff_of(session, subject)
    experiment = Experiment(
        id=new_id(),
        workspace_id=subject.workspace_id,
        **{name: getattr(before, name) for name in COPIED},
        name=f"{before.name[:LONGEST_NAME]}, judged again",
        status=ExperimentStatus.pending,
        trigger=TRIGGER,
        options=before.options | {"representative": False},  # judged by what its caller chose
        evaluators=evaluators,
        primary_evaluator=evaluators[0]["name"],
        judge_model=model,
        follows=before.id,
        plan=_plan(before, plan.judging_costs(evaluators, model, outputs, tariff), outputs),
        counts=states,
        created_by=subject.label,
        api_key_id=subject.key_id,
    )
    session.add(experiment)
    session.flush()
    _copy(session, ExperimentArm, before.id, experiment.id)
    _copy(session, ExperimentExample, before.id, experiment.id)
    service.cut(session, experiment)
    _copy_results(session, before, experiment)
    finish_empty_shards(session, experiment)
    dispatch.wake(session, experiment)
    audit.record(
        session,
        subject,
        AuditTag.experiment_rejudged,
        object_id=experiment.id,
        after={"follows": before.id, "outputs": outputs, "judge_model": model},
    )
    return experiment


def _states_without_output(session: Session, experiment: Experiment) -> dict[str, int]:
    rows = session.execute(
        select(Result.state, func.count())
        .where(
            Result.workspace_id == experiment.workspace_id,
            Result.experiment_id == experiment.id,
            Result.output.is_(None),
        )
        .group_by(Result.state)
    )
    return {row.state: row[1] for row in rows}


def _plan(before: Experiment, costs: Sequence[Decimal | None], outputs: int) -> dict[str, Any]:
    known = [cost for cost in costs if cost is not None]
    return {
        **before.plan,
        "calls": outputs * len(costs),
        "cost_usd_estimate": (str(sum(known, Decimal(0))) if len(known) == len(costs) else None),
    }


def _copy(session: Session, table: type[Base], source: UUID, target: UUID) -> None:
    """The rows of an experiment once more, under another experiment's id."""
    columns = [column for column in table.__table__.columns if column.key != "experiment_id"]
    rows = select(literal(target), *columns).where(table.__table__.c.experiment_id == source)
    names = ["experiment_id", *(column.key for column in columns)]
    session.execute(insert(table).from_select(names, rows))


def _copy_results(session: Session, before: Experiment, experiment: Experiment) -> None:
    """Outputs wait for their judges and have cost nothing yet; the others stay as they ended."""
    has_output = Result.output.is_not(None)
    values: dict[str, Any] = {
        "workspace_id": Result.workspace_id,
        "experiment_id": literal(experiment.id),
        "shard_id": Shard.id,
        "case_no": Result.case_no,
        "arm": Result.arm,
        "position": Result.position,
        "repeat": Result.repeat,
        "state": case((has_output, CaseState.judge_error.value), else_=Result.state),
        "retrying": has_output,
        "error_code": case((~has_output, Result.error_code)),
        "error": case((~has_output, Result.error)),
        "cost_usd": literal(0),
        **{name: getattr(Result, name) for name in OF_OUTPUT},
    }
    rows = (
        select(*values.values())
        .join(
            Shard,
            (Shard.experiment_id == experiment.id)
            & (Result.case_no >= Shard.first_case)
            & (Result.case_no < Shard.first_case + Shard.cases),
        )
        .where(Result.experiment_id == before.id)
    )
    session.execute(insert(Result).from_select(list(values), rows))


def finish_empty_shards(session: Session, experiment: Experiment) -> None:
    """A shard without an output to judge would be claimed and given back for ever."""
    waiting = exists().where(Result.shard_id == Shard.id, Result.retrying)
    session.execute(
        update(Shard)
        .where(Shard.experiment_id == experiment.id, ~waiting)
        .values(state="completed"),
        execution_options={"synchronize_session": False},
    )
