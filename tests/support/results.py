"""Results of an experiment, put into the tables past the engine."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import insert, select

from app.accounts.subject import Subject
from app.core.clock import new_id, now
from app.core.database import unit_of_work
from app.experiments import rollup
from app.models import (
    CaseScore,
    CaseState,
    Experiment,
    ExperimentArm,
    ExperimentExample,
    ExperimentStatus,
    Result,
)
from app.verdicts import service as verdicts


class Answer(NamedTuple):
    """How one case ended; `others` are the scores of the evaluators beside the primary one."""

    score: float | None
    output: str | None = "An answer."
    rate: float | None = None
    state: CaseState | None = None
    others: dict[str, float | None] = {}  # noqa: RUF012 - never changed


Answers = Callable[[int, int, int], Answer | None]  # arm, position, repeat; None has not run


def put_results(subject: Subject, experiment_id: UUID, answers: Answers) -> None:
    """One row for each case that has run, and one for each evaluator that judged it."""
    with unit_of_work(subject.workspace_id) as session:
        experiment = session.get_one(Experiment, experiment_id)
        arms = session.scalars(
            select(ExperimentArm.arm).where(ExperimentArm.experiment_id == experiment_id)
        ).all()
        positions = session.scalars(
            select(ExperimentExample.position)
            .where(ExperimentExample.experiment_id == experiment_id)
            .order_by(ExperimentExample.position)
        ).all()
        shard_id, results, scores = new_id(), [], []
        for position in positions:
            for repeat in range(experiment.repeats):
                for arm in sorted(arms):
                    answer = answers(arm, position, repeat)
                    if answer is None:
                        continue
                    case_no = (position * experiment.repeats + repeat) * len(arms) + arm
                    ids = {
                        "workspace_id": subject.workspace_id,
                        "experiment_id": experiment_id,
                        "case_no": case_no,
                    }
                    results.append(
                        ids
                        | {"shard_id": shard_id, "arm": arm, "position": position, "repeat": repeat}
                        | _result(answer)
                    )
                    scores += [ids | row for row in _scores(experiment, answer)]
        session.execute(insert(Result), results)
        if scores:
            session.execute(insert(CaseScore), scores)


def put_verdict(subject: Subject, experiment_id: UUID) -> None:
    """The roll-up and the verdicts of what is there."""
    with unit_of_work(subject.workspace_id) as session:
        experiment = session.get_one(Experiment, experiment_id)
        arms = session.scalars(
            select(ExperimentArm)
            .where(ExperimentArm.experiment_id == experiment_id)
            .order_by(ExperimentArm.arm)
        ).all()
        experiment.results = rollup.arm_results(session, experiment, arms)
        in_force = verdicts.policy_of(session, experiment)
        evidences = verdicts.collect(session, experiment, in_force)
        rollup.keep(experiment, verdicts.store(session, experiment, evidences, in_force))
        experiment.status = ExperimentStatus.completed
        experiment.finished_at = now()


def _result(answer: Answer) -> dict[str, Any]:
    scored = answer.score is not None
    return {
        "state": answer.state or (CaseState.scored if scored else CaseState.provider_error),
        "output": answer.output if scored or answer.state else None,
        "score": answer.score,
        "hallucination_rate": answer.rate,
        "error": None if scored else "The provider is away.",
        "error_code": None if scored else "unavailable",
        "latency_ms": 120.4 if scored else None,
        "tokens_in": 90,
        "tokens_out": 10,
        "cost_usd": Decimal("0.00012") if scored else None,
    }


def _scores(experiment: Experiment, answer: Answer) -> list[dict[str, Any]]:
    if answer.score is None:
        return []
    given = {experiment.primary_evaluator: answer.score, **answer.others}
    return [
        {
            "evaluator": name,
            "evaluator_version": "1",
            "state": "not_applicable" if value is None else "scored",
            "value": value,
            "hallucination_rate": answer.rate if name == experiment.primary_evaluator else None,
            "reason": "because",
        }
        for name, value in given.items()
    ]
