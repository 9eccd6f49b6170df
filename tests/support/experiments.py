"""Experiments over HTTP: started, watched to their end, read back."""

from typing import Any

from starlette.testclient import TestClient

from tests.support.fixtures import eventually
from tests.support.prompts import Made

ENDED = {"completed", "completed_with_errors", "failed", "cancelled"}
MOCK = "openai:mock-gen"
ASKED = "Case {{ number }}: {{ question }}"  # a body of its own for every case


def started(client: TestClient, made: Made, **asked: Any) -> str:
    """The id of an experiment that was accepted."""
    body = {
        "prompt_id": str(made.prompt_id),
        "experiment_name": "test",
        "evaluators": ["similarity"],
        **asked,
    }
    accepted = client.post("/api/v1/experiments/run", json=body)
    assert 202 == accepted.status_code, accepted.text
    return accepted.json()["experiment_id"]


def status_of(client: TestClient, experiment_id: str) -> dict[str, Any]:
    return client.get(f"/api/v1/experiments/{experiment_id}/status").json()


def finished(client: TestClient, experiment_id: str, within: float = 60.0) -> dict[str, Any]:
    """The experiment's status once it has ended and is rolled up."""

    def look() -> dict[str, Any] | None:
        status = status_of(client, experiment_id)
        return status if status["status"] in ENDED and status["results"] else None

    status = eventually(look, within=within)
    assert status, status_of(client, experiment_id)
    return status


def states(status: dict[str, Any]) -> dict[str, int]:
    """How many cases ended in each state; they must not exceed the plan."""
    found = {name: n for name, n in status["progress"].items() if n and name != "planned"}
    assert sum(found.values()) <= status["progress"]["planned"]
    return found


def steer(client: TestClient, experiment_id: str, act: str) -> dict[str, Any]:
    """cancel, pause, resume or retry-failed; the status it answers."""
    answer = client.post(f"/api/v1/experiments/{experiment_id}/{act}")
    assert 200 == answer.status_code, answer.text
    return answer.json()


def cases(client: TestClient, experiment_id: str, **filters: Any) -> list[dict[str, Any]]:
    """Every row of the results, page by page."""
    found: list[dict[str, Any]] = []
    cursor = None
    while True:
        query = {**filters, **({"cursor": cursor} if cursor else {})}
        page = client.get(f"/api/v1/experiments/{experiment_id}/results", params=query).json()
        found += page["items"]
        cursor = page["next_cursor"]
        if cursor is None:
            assert page["total"] == len(found)
            return found
