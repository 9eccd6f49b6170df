"""A prompt of three versions, its gates over HTTP, and people who may write but not approve."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from starlette.testclient import TestClient

from app.accounts.subject import Scope, Subject
from tests.support.prompts import Made, make_prompt

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
