"""An application that fails as told, and what every refusal has to look like."""

from typing import Any

from fastapi import FastAPI
from starlette.testclient import TestClient

from app.core import problems
from app.core.middleware import Edge
from app.core.problems import MEDIA_TYPE


def failing(error: Exception) -> TestClient:
    """An application of one endpoint that raises."""
    app = FastAPI()
    problems.install(app)
    app.add_middleware(Edge)

    @app.get("/fail")
    def fail() -> None:
        raise error

    return TestClient(app, raise_server_exceptions=False)


def assert_problem(answer: Any, status: int, code: str) -> dict[str, Any]:
    """It is a Problem in every member, and its id is the one in the header."""
    problem: dict[str, Any] = answer.json()

    assert status == answer.status_code, answer.text
    assert MEDIA_TYPE == answer.headers["content-type"]
    assert status == problem["status"]
    assert code == problem["code"]
    assert f"/docs/problems#{code}" == problem["type"]
    assert answer.headers["x-request-id"] == problem["request_id"]
    assert answer.request.url.path == problem["instance"]
    assert problem["title"]
    assert problem["detail"]
    return problem
