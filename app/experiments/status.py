"""How an experiment stands: what its page, the CLI and a client that waits read."""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.orm import Session

from app.experiments import service
from app.experiments.schemas import (
    AdaptiveRead,
    ArmRead,
    ArmResult,
    Cause,
    Comparison,
    ExperimentStatusRead,
    GoldenChosen,
    PlanRead,
    Progress,
)
from app.experiments.summary import direction, eta_s, git
from app.models import (
    FINAL,
    CaseState,
    Experiment,
    ExperimentArm,
    Gate,
    Prompt,
    PromptLabel,
    Result,
)
from app.verdicts.schemas import Verdict

MOST_CAUSES = 20


class Names(NamedTuple):
    prompt: str
    gate: str | None


def status(session: Session, experiment: Experiment) -> ExperimentStatusRead:
    """Progress at any time; results, comparisons and the verdict once it has ended."""
    names = _names(session, experiment)
    arms = _arms(session, experiment)
    return ExperimentStatusRead(
        experiment_id=experiment.id,
        name=experiment.name,
        prompt_id=experiment.prompt_id,
        prompt_name=names.prompt,
        status=experiment.status,
        trigger=experiment.trigger,
        tags=experiment.tags,
        git=git(experiment),
        gate=names.gate,
        progress=Progress(**service.progress(experiment)),
        arms=arms,
        models=_models(experiment, arms),
        golden=_golden(experiment),
        causes=_causes(session, experiment),
        results=[ArmResult.model_validate(row) for row in experiment.results or []],
        comparisons=[
            Comparison.model_validate({**row, "direction": direction(row)})
            for row in experiment.comparisons or []
        ],
        verdict=Verdict.model_validate(experiment.verdict) if experiment.verdict else None,
        follows=experiment.follows,
        adaptive=_adaptive(experiment),
        evaluators=experiment.evaluators,
        primary_evaluator=experiment.primary_evaluator,
        judge_model=experiment.judge_model,
        repeats=experiment.repeats,
        seed=experiment.seed,
        snapshot_hash=experiment.snapshot_hash,
        plan=PlanRead.model_validate(experiment.plan),
        calls=experiment.calls,
        cached=experiment.cached,
        cost_usd=None if experiment.cost_unknown else experiment.cost_usd,
        cost_estimated=experiment.cost_estimated,
        planned_cost_usd=experiment.plan.get("cost_usd_estimate"),
        max_cost_usd=experiment.max_cost_usd,
        eta_s=eta_s(experiment),
        error=experiment.error,
        created_by=experiment.created_by,
        created_at=experiment.created_at,
        started_at=experiment.started_at,
        finished_at=experiment.finished_at,
    )


def _names(session: Session, experiment: Experiment) -> Names:
    """Of its prompt, and of the gate whose policy was in force."""
    row = session.execute(
        select(Prompt.name, Gate.name)
        .outerjoin(Gate, Gate.id == experiment.gate_id)
        .where(Prompt.id == experiment.prompt_id)
    ).one()
    return Names(*row)


def _arms(session: Session, experiment: Experiment) -> list[ArmRead]:
    label = func.array_agg(aggregate_order_by(PromptLabel.name, PromptLabel.name))
    rows = session.execute(
        select(
            ExperimentArm.arm,
            ExperimentArm.version_id,
            ExperimentArm.version_number,
            ExperimentArm.name,
            ExperimentArm.model,
            label.filter(PromptLabel.name.is_not(None)).label("labels"),
        )
        .outerjoin(
            PromptLabel,
            (PromptLabel.version_id == ExperimentArm.version_id) & ExperimentArm.name.is_(None),
        )
        .where(ExperimentArm.experiment_id == experiment.id)
        .group_by(ExperimentArm.experiment_id, ExperimentArm.arm)
        .order_by(ExperimentArm.arm != experiment.baseline_arm, ExperimentArm.arm)
    )
    return [ArmRead(**{**row._asdict(), "labels": row.labels or []}) for row in rows]


def _models(experiment: Experiment, arms: Sequence[ArmRead]) -> list[str]:
    """Where they were not kept: those that every version ran under, unless all is as usual."""
    kept: list[str] | None = experiment.options.get("models")
    if kept is not None:
        return kept
    models = list(dict.fromkeys(arm.model for arm in arms))
    versions = {arm.version_id for arm in arms}
    is_usual = experiment.options.get("representative") or len(arms) < len(versions) * len(models)
    return [] if is_usual else models


def _golden(experiment: Experiment) -> GoldenChosen | None:
    kept = experiment.options.get("golden")
    if kept is None and experiment.options.get("representative"):
        return GoldenChosen(tags=None, split=None, sample=None)
    return kept and GoldenChosen.model_validate({n: kept[n] for n in GoldenChosen.model_fields})


def _causes(session: Session, experiment: Experiment) -> list[Cause]:
    """Why cases have no score, the most frequent first; asked for only where some have none."""
    if not any(experiment.counts.get(state.value) for state in CaseState if state != "scored"):
        return []
    lacks_score = (
        select(
            Result.state,
            Result.error_code,
            func.count().label("count"),
            func.min(Result.case_no).filter(Result.error.is_not(None)).label("first"),
        )
        .where(
            Result.experiment_id == experiment.id,
            Result.state != CaseState.scored,
            Result.retrying.is_(False),
        )
        .group_by(Result.state, Result.error_code)
        .order_by(func.count().desc(), Result.state, Result.error_code)
        .limit(MOST_CAUSES)
        .subquery()
    )
    said = (Result.experiment_id == experiment.id) & (Result.case_no == lacks_score.c.first)
    kinds = lacks_score.c
    rows = session.execute(
        select(kinds.state, kinds.error_code, kinds.count, Result.error)
        .outerjoin_from(lacks_score, Result, said)
        .order_by(kinds.count.desc(), kinds.state, kinds.error_code)
    )
    return [
        Cause(state=state, error_code=code, count=count, example=error)
        for state, code, count, error in rows
    ]


def _adaptive(experiment: Experiment) -> AdaptiveRead | None:
    plan, stopped = (experiment.options.get(name) for name in ("adaptive", "stopped"))
    if plan is None:
        return None
    planned = plan["looks"][-1]["examples"]
    if stopped is None:
        seen = planned if experiment.status in FINAL else None
        return AdaptiveRead(visited=seen, planned=planned, calls_saved=0, stopped_by=None)
    return AdaptiveRead(
        visited=stopped["visited"],
        planned=planned,
        calls_saved=stopped["saved_calls"],
        stopped_by=stopped["by"],
    )
