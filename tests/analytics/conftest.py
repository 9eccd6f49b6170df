"""Calls and cases with the figures a test gives them, put into the tables past the engine."""

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from starlette.testclient import TestClient

from app.accounts.subject import Subject
from app.core.clock import new_id, now
from app.core.database import unit_of_work
from app.models import CaseState, Result, Run, Shard
from tests.support.prompts import Made, make_prompt

ANALYTICS = "/api/v1/analytics"
DASHBOARD = "/api/v1/dashboard"
MODEL = "openai:gpt-5-mini"


@pytest.fixture
def made(subject: Subject) -> Made:
    return make_prompt(subject, templates=("A {{ question }}", "B {{ question }}", "C"))


def run_of(subject: Subject, *, made: Made | None = None, version: int = 1, **values: Any) -> Run:
    """A completed run, an hour old."""
    score, rate = values.pop("score", None), values.pop("rate", None)
    judged = score is not None or rate is not None
    at = values.pop("at", None) or now() - timedelta(hours=1)
    columns = {
        "workspace_id": subject.workspace_id,
        "source": "run",
        "state": "completed",
        "template": {},
        "variables": {},
        "model": MODEL,
        "parameters": {},
        "scores": [{"value": score, "hallucination_rate": rate}] if judged else [],
        "latency_ms": 100.0,
        "tokens_in": 10,
        "tokens_out": 5,
        "cost_usd": Decimal("0.001"),
        "cost_estimated": Decimal("0.001"),
        "created_by": "test",
        "created_at": at,
        "finished_at": at,
    }
    if made:
        columns |= {
            "prompt_id": made.prompt_id,
            "prompt_name": made.name,
            "version_id": made.version_ids[version - 1],
            "version_number": version,
        }
    return Run(id=new_id(), **(columns | values))


@pytest.fixture
def add_run(subject: Subject) -> Callable[..., UUID]:
    """`add_run(at=…, made=…, score=…, rate=…, …)`: one stored run."""

    def add(**values: Any) -> UUID:
        run = run_of(subject, **values)
        with unit_of_work(subject.workspace_id) as session:
            session.add(run)
        return run.id

    return add


def add_cases(
    subject: Subject, experiment_id: UUID, cases: list[dict[str, Any]], at: datetime | None = None
) -> None:
    """Results of an experiment: each with its `arm` and `position`, and what it came to."""
    with unit_of_work(subject.workspace_id) as session:
        shard = Shard(
            id=new_id(),
            experiment_id=experiment_id,
            number=new_id().int % 10**6,
            first_case=0,
            cases=len(cases),
            state="completed",
        )
        session.add(shard)
        session.flush()
        for number, case in enumerate(cases):
            columns = {
                "case_no": number,
                "repeat": 0,
                "state": CaseState.scored,
                "score": 0.5 if case.get("state", "scored") == "scored" else None,
                "latency_ms": 200.0,
                "tokens_in": 20,
                "tokens_out": 10,
                "cost_usd": Decimal("0.002"),
                "created_at": at or now() - timedelta(hours=1),
            }
            session.add(Result(experiment_id=experiment_id, shard_id=shard.id, **(columns | case)))


@pytest.fixture
def analytics(client: TestClient) -> Callable[..., dict[str, Any]]:
    """The answer for a window that ends now."""

    def ask(days: float = 7, **params: Any) -> dict[str, Any]:
        until = now()
        window = {"from": (until - timedelta(days=days)).isoformat(), "to": until.isoformat()}
        answer = client.get(ANALYTICS, params={**window, **params})
        assert 200 == answer.status_code, answer.text
        return answer.json()

    return ask
