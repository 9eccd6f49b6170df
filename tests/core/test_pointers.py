"""What is wrong with the input: a JSON pointer for each mistake, and nothing of the input."""

import pytest
from pydantic import Field
from starlette.testclient import TestClient

from app.core.errors import AppError
from app.core.problems import MOST_ERRORS
from app.core.schema import Input, Line
from tests.core.problem_answers import assert_problem, failing

PROMPTS = "/api/v1/prompts"
CANARY = "canary-7f3a9c"


class Nested(Input):
    name: Line


class Body(Input):
    choice: Nested | int
    others: list[Nested | int] = Field(default_factory=list)


@pytest.fixture
def taker() -> TestClient:
    """An application of one endpoint, which takes a body."""
    client = failing(AppError())

    @client.app.post("/body")
    def take(body: Body) -> None: ...

    return client


def test_422_points_at_every_field(client):
    """JSON pointers into the body, one for each thing that is wrong."""
    answer = client.post("/api/v1/experiments/plan", json={"repeats": 0, "golden": {"sample": "x"}})
    problem = assert_problem(answer, 422, "invalid")

    assert {"#/experiment_name", "#/golden/sample", "#/repeats"} == {
        error["pointer"] for error in problem["errors"]
    }


@pytest.mark.parametrize(
    ("body", "pointers"),
    [
        (b"", {"#"}),
        (b"[]", {"#"}),
        (b"null", {"#"}),
        (b'{"choice": ', {"#"}),
        (b"{}", {"#/choice"}),
        (b'{"choice": "x"}', {"#/choice"}),
        (b'{"choice": {}}', {"#/choice", "#/choice/name"}),
        (b'{"choice": {"name": ""}}', {"#/choice", "#/choice/name"}),
        (b'{"choice": 1, "others": [1, {"name": 2}]}', {"#/others/1", "#/others/1/name"}),
        (b'{"choice": 1, "a/b~c": 1}', {"#/a~1b~0c"}),
        (b'{"choice": 1, "a\\u0000b": 1}', {"#/a\0b"}),
    ],
)
def test_pointers_lead_into_the_body_that_was_sent(taker, body, pointers):
    """The members of a union that pydantic tried are no part of the body, and of no pointer."""
    answer = taker.post("/body", content=body, headers={"content-type": "application/json"})

    assert 422 == answer.status_code
    assert pointers == {error["pointer"] for error in answer.json()["errors"]}


def test_a_query_parameter_is_named(client):
    """`query:limit`: there is no body to point into."""
    problem = assert_problem(client.get("/api/v1/runs?limit=0"), 422, "invalid")

    assert ["query:limit"] == [error["pointer"] for error in problem["errors"]]


def test_a_body_with_thousands_of_mistakes_gets_a_short_answer(client):
    """The refusal of two megabytes is not two megabytes long."""
    body = {f"{'x' * 50}{number}": 1 for number in range(20_000)}
    answer = client.post(PROMPTS, json=body)
    problem = assert_problem(answer, 422, "invalid")

    assert MOST_ERRORS == len(problem["errors"])
    assert "(and 20000 more)" in problem["detail"]


@pytest.mark.parametrize(
    "request_of",
    [
        lambda c: c.post(PROMPTS, json={"name": [CANARY], "tags": CANARY, "template": {CANARY: 1}}),
        lambda c: c.get("/api/v1/runs", params={"limit": CANARY, "from": CANARY, "status": CANARY}),
        lambda c: c.get(f"/api/v1/runs/{CANARY}"[:-1] + "%20"),
        lambda c: c.post(PROMPTS, content=f'{{"name": "{CANARY}'.encode()),
        lambda c: c.get("/api/v1/me", headers={"authorization": f"Bearer {CANARY}"}),
        lambda c: c.post("/api/v1/auth/login", json={"username": CANARY, "password": [CANARY]}),
    ],
    ids=["body", "query", "path", "broken json", "key", "password"],
)
def test_what_was_sent_is_not_sent_back(client, request_of):
    """It may be a key or a prompt; the place is named, the value is not."""
    answer = request_of(client)
    told = answer.text.replace(answer.json()["instance"], "")

    assert answer.is_client_error
    assert CANARY not in told
