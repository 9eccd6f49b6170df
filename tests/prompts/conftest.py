"""A prompt made through the API, and experiments that have finished."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from starlette.testclient import TestClient

from app.accounts.subject import Subject
from app.core.clock import now
from app.core.database import unit_of_work
from app.models import Experiment, ExperimentStatus
from tests.support.verdicts import PLAN

PROMPTS = "/api/v1/prompts"


@pytest.fixture
def prompt(client: TestClient) -> dict[str, Any]:
    """A prompt with one version, which reads `question` and, if there, `tone`."""
    body = {
        "name": "support/answer",
        "template": "Answer.\nQuestion: {{ question }}\n{{ tone|default('calm') }}",
        "tags": ["shop"],
    }
    made = client.post(PROMPTS, json=body)
    assert 201 == made.status_code, made.text
    return made.json()


@pytest.fixture
def add_version(client: TestClient, prompt: dict[str, Any]) -> Callable[..., dict[str, Any]]:
    def add(template: str, **more: Any) -> dict[str, Any]:
        made = client.post(
            f"{PROMPTS}/{prompt['id']}/versions", json={"template": template, **more}
        )
        assert 201 == made.status_code, made.text
        return made.json()

    return add


def arm(number: int, **values: Any) -> dict[str, Any]:
    """A version's entry in an experiment's results."""
    return {
        "arm": number - 1,
        "version_number": number,
        "model": "local:extractive-baseline",
        "avg_score": 0.8,
        "score_interval": [0.7, 0.9],
        "n": 40,
        "cost_usd": "0.0400000000",
        "latency_ms": {"p50": 200.0, "p95": 400.0},
        **values,
    }


@pytest.fixture
def finished(subject: Subject) -> Callable[..., UUID]:
    """`finished(prompt_id, arms, …)`: an experiment with these results."""

    def make(prompt_id: str, results: list[dict[str, Any]] | None, **values: Any) -> UUID:
        columns = {
            "name": "nightly",
            "status": ExperimentStatus.completed,
            "trigger": "api",
            "seed": 1,
            "evaluators": [],
            "primary_evaluator": "similarity",
            "judge_model": "local:extractive-baseline",
            "concurrency": 1,
            "snapshot_hash": "",
            "plan": PLAN,
            "planned": 40,
            "created_by": "test",
            "finished_at": now(),
            **values,
        }
        with unit_of_work(subject.workspace_id) as session:
            experiment = Experiment(prompt_id=UUID(prompt_id), results=results, **columns)
            session.add(experiment)
            session.flush()
            return experiment.id

    return make
