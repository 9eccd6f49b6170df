"""Finished experiments and verdicts, put into the tables past the engine."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.subject import Subject
from app.core.clock import new_id, now
from app.core.database import unit_of_work
from app.evaluators.base import build
from app.golden.snapshot import snapshot_hash
from app.models import (
    Experiment,
    ExperimentArm,
    ExperimentExample,
    ExperimentStatus,
    Gate,
    GoldenExample,
    PromptVersion,
    Ruling,
    VerdictRecord,
)
from app.verdicts.policy import DEFAULT
from app.verdicts.schemas import DECISION_VERSION, Verdict

MODEL = "local:extractive-baseline"
SETTLE = {
    "examples": 120,
    "repeats": 3,
    "finer_score": False,
    "sentence": "This would settle it: 120 examples, or 3 repeats.",
}
SENTENCES = {
    Ruling.passed: "Version 2 is not worse than version 1.",
    Ruling.regression: "Version 2 is worse than version 1.",
    Ruling.inconclusive: f"Nobody can know yet. {SETTLE['sentence']}",
}


PLAN = {
    "cases": 40,
    "calls": 40,
    "cost_usd_estimate": None,
    "minimum_detectable_difference": None,
}


def make_experiment(
    subject: Subject,
    prompt_id: UUID,
    version_ids: Sequence[UUID],
    *,
    evaluators: Sequence[str] = ("similarity",),
    example_ids: Sequence[UUID] | None = None,
    scored: int = 40,
    names: Sequence[str | None] | None = None,
    **values: Any,
) -> UUID:
    """A finished experiment of these versions on the prompt's golden examples of now."""
    with unit_of_work(subject.workspace_id) as session:
        examples = _examples(session, prompt_id, example_ids)
        columns = {
            "name": "nightly",
            "status": ExperimentStatus.completed,
            "trigger": "api",
            "seed": 1,
            "evaluators": [
                {"name": name, "options": {}, "version": build(name).version} for name in evaluators
            ],
            "primary_evaluator": evaluators[0],
            "judge_model": MODEL,
            "concurrency": 1,
            "snapshot_hash": snapshot_hash(examples),
            "plan": PLAN,
            "planned": 40,
            "results": [{"arm": arm, "n": scored} for arm in range(len(version_ids))],
            "created_by": "test",
            "finished_at": now(),
            **values,
        }
        experiment = Experiment(id=new_id(), prompt_id=prompt_id, **columns)
        session.add(experiment)
        session.flush()
        for arm, version_id in enumerate(version_ids):
            session.add(_arm(session, experiment, arm, version_id, names[arm] if names else None))
        session.add_all(_frozen(experiment, position, row) for position, row in enumerate(examples))
        return experiment.id


def make_verdict(
    subject: Subject,
    prompt_id: UUID,
    *,
    baseline: UUID,
    candidate: UUID,
    ruling: Ruling = Ruling.passed,
    gate_id: UUID | None = None,
    gate_number: int | None = None,
    name: str | None = None,
) -> UUID:
    """A verdict with an experiment of its own; `name` is the candidate's where it is a text."""
    experiment_id = make_experiment(
        subject, prompt_id, [baseline, candidate], names=[None, name], gate_id=gate_id
    )
    with unit_of_work(subject.workspace_id) as session:
        gate = session.get(Gate, gate_id) if gate_id else None
        sides = [
            _side(session, experiment_id, arm, version_id, called)
            for arm, (version_id, called) in enumerate([(baseline, None), (candidate, name)])
        ]
        in_force = {
            "gate": gate.name if gate else None,
            "gate_id": gate_id,
            "number": gate_number,
            "policy": DEFAULT,
        }
        record = VerdictRecord(
            id=new_id(),
            prompt_id=prompt_id,
            experiment_id=experiment_id,
            baseline_arm=0,
            candidate_arm=1,
            baseline_version_id=baseline,
            candidate_version_id=candidate,
            gate_id=gate_id,
            gate_number=gate_number,
            ruling=ruling,
            decision_version=DECISION_VERSION,
            content=_content(ruling, sides, in_force),
            evidence={},
        )
        session.add(record)
        return record.id


def _examples(
    session: Session, prompt_id: UUID, ids: Sequence[UUID] | None
) -> Sequence[GoldenExample]:
    wanted = select(GoldenExample).where(GoldenExample.prompt_id == prompt_id)
    if ids is not None:
        wanted = wanted.where(GoldenExample.id.in_(ids))
    return session.scalars(wanted.order_by(GoldenExample.id)).all()


def _arm(
    session: Session, experiment: Experiment, arm: int, version_id: UUID, name: str | None
) -> ExperimentArm:
    return ExperimentArm(
        experiment_id=experiment.id,
        arm=arm,
        version_id=version_id,
        version_number=session.get_one(PromptVersion, version_id).number,
        name=name,
        model=MODEL,
        template={},
        parameters={},
    )


def _frozen(experiment: Experiment, position: int, row: GoldenExample) -> ExperimentExample:
    copied = (
        "input_data",
        "expected_output",
        "context",
        "criteria",
        "tags",
        "weight",
        "critical",
    )
    return ExperimentExample(
        experiment_id=experiment.id,
        position=position,
        example_id=row.id,
        **{name: getattr(row, name) for name in copied},
    )


def _side(
    session: Session, experiment_id: UUID, arm: int, version_id: UUID, name: str | None
) -> dict[str, Any]:
    return {
        "experiment_id": experiment_id,
        "arm": arm,
        "version_id": version_id,
        "version_number": session.get_one(PromptVersion, version_id).number,
        "name": name,
        "model": MODEL,
        "states": {"scored": 40},
        "cost_usd": 0.04,
        "latency_p95_ms": 400.0,
    }


def _content(
    ruling: Ruling, sides: Sequence[dict[str, Any]], in_force: dict[str, Any]
) -> dict[str, Any]:
    """What every door would show, checked against the schema."""
    made = Verdict.model_validate(
        {
            "verdict": ruling,
            "sentence": SENTENCES.get(ruling, "The two cannot be compared."),
            "reasons": [],
            "warnings": [],
            "settle": SETTLE if ruling is Ruling.inconclusive else None,
            "strict": False,
            "decision_version": DECISION_VERSION,
            "seed": 1,
            "baseline": sides[0],
            "candidate": sides[1],
            "policy": in_force,
            "n_pairs": 40,
            "representative": True,
            "n_examples": 40,
            "metrics": [],
            "changes": {
                "newly_failing": [],
                "newly_failing_count": 0,
                "fixed": [],
                "fixed_count": 0,
                "flaky": [],
                "flaky_count": 0,
                "worst_drops": [],
                "critical": [],
            },
            "slices": [],
            "cost_ratio": 1.0,
            "latency_ratio": 1.0,
            "score_if_missing": None,
            "differences": [],
        }
    )
    return made.model_dump(mode="json")
