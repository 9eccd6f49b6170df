"""A prompt of three versions, its gates over HTTP, and people who may write but not approve."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from starlette.testclient import TestClient

from app.accounts.subject import Scope, Subject
from app.models import Ruling
from tests.support.prompts import Made, make_prompt
from tests.support.verdicts import make_verdict

GATES = "/api/v1/gates"
BASELINES = "/api/v1/baselines"
STRICT = {"metrics": [{"metric": "score", "margin": 0.02}], "minimum_pairs": 50}


@pytest.fixture
def made(subject: Subject) -> Made:
    return make_prompt(subject, templates=("A {{ question }}", "B {{ question }}", "C"))


@pytest.fixture
def editor(client_of: Callable[..., TestClient], subject: Subject) -> TestClient:
    """May write and run, as an editor's key does."""
    from tests.support.fixtures import make_key  # noqa: PLC0415 - loaded after this file

    return client_of(make_key(subject, frozenset({Scope.read, Scope.write, Scope.run})))


@pytest.fixture
def add_gate(client: TestClient, made: Made) -> Callable[..., dict[str, Any]]:
    def add(prompt_id: UUID | None = None, **body: Any) -> dict[str, Any]:
        wanted = {"prompt_id": str(prompt_id or made.prompt_id), "name": "release", **body}
        answer = client.post(GATES, json=wanted)
        assert 201 == answer.status_code, answer.text
        return answer.json()

    return add


@pytest.fixture
def activate(made: Made) -> Callable[..., Any]:
    """`activate(client, 2, …)`: the label onto version 2."""

    def move(client: TestClient, number: int, **body: Any) -> Any:
        version_id = made.version_ids[number - 1]
        url = f"/api/v1/prompts/{made.prompt_id}/versions/{version_id}/activate"
        return client.post(url, json=body)

    return move


@pytest.fixture
def gate(
    client: TestClient, add_gate: Callable[..., dict[str, Any]], activate: Callable[..., Any]
) -> dict[str, Any]:
    """`production` stands on version 1 and is protected from then on."""
    assert 200 == activate(client, 1).status_code
    return add_gate(label="production")


@pytest.fixture
def judged(subject: Subject, made: Made, gate: dict[str, Any]) -> Callable[..., UUID]:
    """`judged(2, ruling)`: a verdict on version 2 against version 1 under the gate."""

    def make(
        candidate: int, ruling: Ruling = Ruling.passed, baseline: int = 1, **values: Any
    ) -> UUID:
        wanted = {"gate_id": UUID(gate["id"]), "gate_number": 1, **values}
        return make_verdict(
            subject,
            made.prompt_id,
            baseline=made.version_ids[baseline - 1],
            candidate=made.version_ids[candidate - 1],
            ruling=ruling,
            **wanted,
        )

    return make
