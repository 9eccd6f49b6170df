"""The rows of an experiment whose outputs were made elsewhere.

How the prompt was rendered is not known here, so the arm says that instead of a template.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from app.evaluators.base import ScoreState
from app.experiments.selection import Arm
from app.models import (
    CaseScore,
    CaseState,
    Experiment,
    ExperimentArm,
    ExperimentExample,
    GoldenExample,
    Result,
    Shard,
)

VERSION = "recorded"  # of an evaluator that is not ours
ELSEWHERE = "The prompt was rendered elsewhere; only the output was recorded."


class Mark(NamedTuple):
    value: float
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One output for one example: a golden one by its id, another by its stable key."""

    example_id: UUID | None = None
    key: str | None = None
    input_data: Mapping[str, Any] = field(default_factory=dict)
    expected_output: str | None = None
    context: str | None = None
    output: str | None = None
    error: str | None = None
    scores: Mapping[str, Mark] = field(default_factory=dict)
    latency_ms: float | None = None


class Case(NamedTuple):
    answer: Answer
    position: int
    repeat: int


def insert_plan(
    session: Session, experiment: Experiment, arm: Arm, examples: Sequence[GoldenExample]
) -> None:
    session.add(_arm(experiment, arm))
    session.add_all(_example(experiment, position, row) for position, row in enumerate(examples))
    session.flush()


def insert_cases(
    session: Session, experiment: Experiment, cases: Sequence[Case], primary: str | None
) -> None:
    """Results and recorded scores; without `primary`, outputs wait to be judged."""
    shard_of = _shards(session, experiment)
    ids: dict[str, Any] = {
        "workspace_id": experiment.workspace_id,
        "experiment_id": experiment.id,
    }
    results = [
        ids | {"case_no": number, "shard_id": shard_of[number]} | _result(case, primary)
        for number, case in enumerate(cases)
    ]
    session.execute(insert(Result), results)
    scores = [
        ids | {"case_no": number} | _score(name, mark)
        for number, case in enumerate(cases)
        for name, mark in case.answer.scores.items()
    ]
    if scores:
        session.execute(insert(CaseScore), scores)


def counts(cases: Sequence[Case], primary: str | None) -> dict[str, int]:
    """Cases by state; those that wait are still to come."""
    return Counter(_state(case, primary).value for case in cases if not _waits(case, primary))


def _shards(session: Session, experiment: Experiment) -> dict[int, UUID]:
    found = session.execute(
        select(Shard.id, Shard.first_case, Shard.cases).where(Shard.experiment_id == experiment.id)
    )
    return {
        number: shard_id
        for shard_id, first, cases in found
        for number in range(first, first + cases)
    }


def _arm(experiment: Experiment, arm: Arm) -> ExperimentArm:
    return ExperimentArm(
        workspace_id=experiment.workspace_id,
        experiment_id=experiment.id,
        arm=0,
        version_id=arm.version.id,
        version_number=arm.version.number,
        model=arm.model,
        template={
            "template_format": "fstring",
            "template": ELSEWHERE,
            "messages": None,
            "response_schema": arm.version.response_schema,
            "variables": [],
        },
        parameters=arm.version.parameters,
    )


def _example(experiment: Experiment, position: int, row: GoldenExample) -> ExperimentExample:
    return ExperimentExample(
        workspace_id=experiment.workspace_id,
        experiment_id=experiment.id,
        position=position,
        example_id=row.id,
        input_data=row.input_data,
        expected_output=row.expected_output,
        context=row.context,
        criteria=row.criteria,
        tags=row.tags,
        weight=row.weight,
        critical=row.critical,
    )


def _waits(case: Case, primary: str | None) -> bool:
    """For its judges: an output is there, and no recorded score counts."""
    return primary is None and case.answer.output is not None


def _state(case: Case, primary: str | None) -> CaseState:
    if primary is not None and primary in case.answer.scores:
        return CaseState.scored
    if case.answer.output is None:
        return CaseState.provider_error
    return CaseState.judge_error


def _result(case: Case, primary: str | None) -> dict[str, Any]:
    """Costs nothing: what it cost elsewhere was not paid here."""
    state, answer = _state(case, primary), case.answer
    scored = state is CaseState.scored
    reason = answer.error or (
        "No output was recorded." if answer.output is None else f"No {primary} was recorded."
    )
    return {
        "arm": 0,
        "position": case.position,
        "repeat": case.repeat,
        "state": state.value,
        "retrying": _waits(case, primary),
        "output": answer.output,
        "score": answer.scores[primary].value if scored and primary else None,
        "error_code": None if scored else "recorded",
        "error": None if scored else reason,
        "latency_ms": answer.latency_ms,
        "cost_usd": 0,
    }


def _score(name: str, mark: Mark) -> dict[str, Any]:
    return {
        "evaluator": name,
        "evaluator_version": VERSION,
        "state": ScoreState.scored.value,
        "value": mark.value,
        "reason": mark.reason,
    }
