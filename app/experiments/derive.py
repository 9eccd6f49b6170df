"""An experiment that follows another: the same frozen examples and judges, other arms or repeats.

Critical cases are confirmed this way, and bisect and blame ask their questions by it.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from app.core.clock import new_id
from app.experiments import adaptive, dispatch, service
from app.models import Experiment, ExperimentArm, ExperimentExample, ExperimentStatus
from app.runs.worst_case import judges_of


@dataclass(frozen=True, slots=True, kw_only=True)
class ArmSpec:
    """What an arm runs. `name` is set where the text is no version of its own."""

    version_id: UUID
    version_number: int
    model: str
    template: Mapping[str, Any]
    parameters: Mapping[str, Any]
    name: str | None = None


def spec_of(arm: ExperimentArm) -> ArmSpec:
    return ArmSpec(
        version_id=arm.version_id,
        version_number=arm.version_number,
        model=arm.model,
        template=arm.template,
        parameters=arm.parameters,
        name=arm.name,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Follow:
    """What is asked anew; `positions` choose examples of the parent, all by default."""

    name: str
    trigger: str
    arms: Sequence[ArmSpec]
    positions: Sequence[int] | None = None
    repeats: int = 1
    baseline_arm: int = 0
    follows: UUID | None = None  # who waits for it; the parent unless said

    @property
    def chosen(self) -> str:
        return "" if self.positions is None else f" {sorted(self.positions)}"


def derive(session: Session, parent: Experiment, ask: Follow) -> Experiment:
    """Freezes the plan and releases it, in the caller's transaction."""
    examples = _examples(session, parent, ask.positions)
    cases = len(ask.arms) * len(examples) * ask.repeats
    experiment = _child(parent, ask, cases)
    session.add(experiment)
    session.flush()
    _insert_arms(session, experiment, ask.arms)
    _insert_examples(session, experiment, examples)
    service.cut(session, experiment)
    dispatch.wake(session, experiment)
    return experiment


def _examples(
    session: Session, parent: Experiment, positions: Sequence[int] | None
) -> Sequence[ExperimentExample]:
    wanted = select(ExperimentExample).where(ExperimentExample.experiment_id == parent.id)
    if positions is not None:
        wanted = wanted.where(ExperimentExample.position.in_(positions))
    return session.scalars(wanted.order_by(ExperimentExample.position)).all()


def _snapshot(parent: Experiment, ask: Follow) -> str:
    if ask.positions is None:
        return parent.snapshot_hash
    return hashlib.sha256(f"{parent.snapshot_hash}{ask.chosen}".encode()).hexdigest()


def _child(parent: Experiment, ask: Follow, cases: int) -> Experiment:
    judges = len(judges_of(parent.evaluators, parent.judge_model))
    return Experiment(
        id=new_id(),
        workspace_id=parent.workspace_id,
        prompt_id=parent.prompt_id,
        name=ask.name,
        status=ExperimentStatus.pending,
        trigger=ask.trigger,
        repeats=ask.repeats,
        baseline_arm=ask.baseline_arm if len(ask.arms) > 1 else None,
        seed=parent.seed,
        evaluators=parent.evaluators,
        primary_evaluator=parent.primary_evaluator,
        judge_model=parent.judge_model,
        concurrency=parent.concurrency,
        max_cost_usd=left(parent),
        tags=parent.tags,
        git=parent.git,
        options=_options(parent),
        follows=ask.follows or parent.id,
        gate_id=parent.gate_id,
        gate_number=parent.gate_number,
        snapshot_hash=_snapshot(parent, ask),
        plan={
            "cases": cases,
            "calls": cases * (1 + judges),
            "cost_usd_estimate": None,
            "minimum_detectable_difference": None,
        },
        planned=cases,
        counts={},
        created_by=parent.created_by,
        api_key_id=parent.api_key_id,
    )


def _options(parent: Experiment) -> dict[str, Any]:
    """Of its parent's what does not say how that one chose its cases."""
    own = adaptive.OPTIONS | {"golden", "models"}
    kept = {name: value for name, value in parent.options.items() if name not in own}
    return kept | {"representative": False}


def left(parent: Experiment) -> Decimal | None:
    """What the parent itself has not spent of its budget."""
    if parent.max_cost_usd is None:
        return None
    return max(Decimal(0), parent.max_cost_usd - parent.cost_usd - parent.cost_estimated)


def _insert_arms(session: Session, experiment: Experiment, arms: Sequence[ArmSpec]) -> None:
    session.execute(
        insert(ExperimentArm),
        [
            {
                "workspace_id": experiment.workspace_id,
                "experiment_id": experiment.id,
                "arm": number,
                "version_id": arm.version_id,
                "version_number": arm.version_number,
                "name": arm.name,
                "model": arm.model,
                "template": dict(arm.template),
                "parameters": dict(arm.parameters),
            }
            for number, arm in enumerate(arms)
        ],
    )


def _insert_examples(
    session: Session, experiment: Experiment, examples: Sequence[ExperimentExample]
) -> None:
    """In the parent's order, numbered anew from 0."""
    session.execute(
        insert(ExperimentExample),
        [
            {
                "workspace_id": experiment.workspace_id,
                "experiment_id": experiment.id,
                "position": position,
                "example_id": row.example_id,
                "input_data": row.input_data,
                "expected_output": row.expected_output,
                "context": row.context,
                "criteria": row.criteria,
                "tags": row.tags,
                "weight": row.weight,
                "critical": row.critical,
            }
            for position, row in enumerate(examples)
        ],
    )
