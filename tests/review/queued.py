"""Ended experiments with the scores a test asks for, and the queue over HTTP."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import update
from starlette.testclient import TestClient

from app.accounts.subject import Subject
from app.core.clock import new_id, now
from app.core.database import unit_of_work
from app.evaluators.base import build
from app.models import (
    CaseScore,
    Experiment,
    ExperimentArm,
    ExperimentExample,
    Result,
    ReviewItem,
)
from tests.support.prompts import make_prompt
from tests.support.verdicts import PLAN

QUEUE = "/api/v1/review-queue"
CLAIM = {
    "text": "It holds 1.7 litres.",
    "verdict": "not_found",
    "reason": "the context is silent",
    "quote": "1.7 litres",
    "evidence": None,
    "start": 0,
    "end": 10,
}
Scores = Mapping[str, float | None]  # by evaluator; None: it could not be read


def ended(subject: Subject, cases: Sequence[Scores], **columns: Any) -> UUID:
    """The id of an experiment whose case n was judged like this, by the evaluators of case 0."""
    made = make_prompt(subject, examples=0)
    names = list(cases[0])
    experiment = Experiment(
        **{
            "id": new_id(),
            "prompt_id": made.prompt_id,
            "name": "nightly",
            "status": "completed",
            "trigger": "api",
            "seed": 1,
            "evaluators": [entry(name) for name in names],
            "primary_evaluator": names[0],
            "judge_model": "local:extractive-baseline",
            "concurrency": 1,
            "snapshot_hash": "0",
            "plan": PLAN,
            "planned": len(cases),
            "results": [],
            "created_by": "test",
            "finished_at": now(),
            **columns,
        }
    )
    with unit_of_work(subject.workspace_id) as session:
        session.add(experiment)
        session.flush()
        session.add(_arm(experiment, made.version_ids[0]))
        for case_no, scores in enumerate(cases):
            session.add_all(_case(experiment, case_no))
            session.add_all(_score(experiment, case_no, *score) for score in scores.items())
    return experiment.id


def entry(name: str) -> dict[str, Any]:
    return {"name": name, "options": {}, "version": build(name).version}


def _arm(experiment: Experiment, version_id: UUID) -> ExperimentArm:
    return ExperimentArm(
        experiment_id=experiment.id,
        arm=0,
        version_id=version_id,
        version_number=1,
        model="local:extractive-baseline",
        template={},
        parameters={},
    )


def _case(experiment: Experiment, case_no: int) -> list[ExperimentExample | Result]:
    return [
        ExperimentExample(
            experiment_id=experiment.id,
            position=case_no,
            example_id=new_id(),
            input_data={"question": "How much does it hold?"},
            expected_output="1.7 litres",
            context="It holds 1.7 litres.",
            criteria="Names the volume.",
            tags=[],
            weight=1.0,
            critical=False,
        ),
        Result(
            experiment_id=experiment.id,
            case_no=case_no,
            shard_id=new_id(),
            arm=0,
            position=case_no,
            repeat=0,
            state="scored",
            score=0.5,
            output=f"1.7 litres ({case_no})",
        ),
    ]


def _score(experiment: Experiment, case_no: int, evaluator: str, value: float | None) -> CaseScore:
    measures = evaluator in {"hallucination", "grounding"} and value is not None
    return CaseScore(
        experiment_id=experiment.id,
        case_no=case_no,
        evaluator=evaluator,
        evaluator_version="1",
        state="judge_unparseable" if value is None else "scored",
        value=value,
        hallucination_rate=1 - value if measures else None,
        reason="the context is silent",
        claims=[CLAIM],
    )


def doubtful(subject: Subject, count: int, *, people: int = 1) -> UUID:
    """So many cases a judge is unsure about, put into the queue for so many people each."""
    from app.review import queue_filling  # noqa: PLC0415 - the settings must be there

    experiment_id = ended(subject, [{"correctness": 0.5}] * count)
    with unit_of_work(subject.workspace_id) as session:
        queue_filling.fill(session, subject)
        session.execute(update(ReviewItem).values(people=people))
    return experiment_id


def standing(client: TestClient) -> dict[str, Any]:
    answer = client.get(QUEUE)
    assert 200 == answer.status_code, answer.text
    return answer.json()


def asked(client: TestClient, **wanted: Any) -> dict[str, Any]:
    """The item and how many remain."""
    answer = client.post(f"{QUEUE}/next", json=wanted)
    assert 200 == answer.status_code, answer.text
    return answer.json()


def done(client: TestClient, item_id: str, **said: Any) -> dict[str, Any]:
    answer = client.post(f"{QUEUE}/{item_id}/complete", json=said or {"value": 1.0})
    assert 200 == answer.status_code, answer.text
    return answer.json()


def act(client: TestClient, item_id: str, what: str, **said: Any) -> int:
    return client.post(f"{QUEUE}/{item_id}/{what}", json=said).status_code
