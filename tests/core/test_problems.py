"""Refusals: one shape for every status, with a request id, and nothing of what was sent."""

import pytest
from pydantic import SecretStr
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from app.core import database
from app.core.config import get_settings
from app.core.errors import TooManyRequests, Unavailable, invalid
from app.core.problems import MEDIA_TYPE
from tests.core.problem_answers import assert_problem, failing

PROMPTS = "/api/v1/prompts"
CANARY = "canary-7f3a9c"


def test_400_for_two_credentials_in_one_request(client):
    """Which of them counts would be a guess."""
    answer = client.get("/api/v1/me", headers={"X-API-Key": "llmops_other"})

    assert_problem(answer, 400, "bad_request")


def test_401_says_how_to_send_a_key(client_of):
    """Nothing about whether the address exists."""
    answer = client_of(None).get("/api/v1/me")
    problem = assert_problem(answer, 401, "unauthenticated")

    assert "Authorization: Bearer" in problem["detail"]
    assert "Bearer" == answer.headers["www-authenticate"]


def test_404_for_an_address_there_is_none_of(client):
    """The framework's own refusals are in our words too."""
    problem = assert_problem(client.get("/api/v1/nothing"), 404, "not_found")

    assert "There is nothing here, or it is not yours to see." == problem["detail"]


@pytest.mark.parametrize(
    ("path", "methods"),
    [
        (PROMPTS, "GET, POST"),
        (f"{PROMPTS}/diff", "GET"),
        (f"{PROMPTS}/01a1fc7b-6e1f-753e-818c-e53fcb7057a5", "DELETE, GET, PATCH"),
    ],
)
def test_405_names_all_the_methods_there_are(client, path, methods):
    """Also where each is declared as a route of its own."""
    answer = client.options(path)

    assert_problem(answer, 405, "method_not_allowed")
    assert methods == answer.headers["allow"]


def test_409_for_a_name_that_is_taken(client):
    """A conflict says what it is in conflict with."""
    first = client.post(PROMPTS, json={"name": "taken"})
    answer = client.post(PROMPTS, json={"name": "taken"})

    assert first.is_success
    assert_problem(answer, 409, "name_taken")


def test_413_for_a_body_that_says_it_is_too_large(client):
    """Refused by its declared length, before a byte of it is read."""
    answer = client.post(PROMPTS, content=b"x" * 10_000_000)

    assert_problem(answer, 413, "too_large")


def test_413_for_a_body_that_turns_out_too_large(client):
    """A chunked body declares nothing and is counted; the refusal is the same."""
    chunks = (b"x" * 100_000 for _ in range(100))
    headers = {"content-type": "application/json"}
    answer = client.post(PROMPTS, content=chunks, headers=headers)

    assert_problem(answer, 413, "too_large")


@pytest.mark.parametrize("length", ["9" * 5_000, "3000000", "²"])
def test_a_declared_length_never_breaks_the_edge(client, length):
    """Longer than Python reads as a number, or not a number at all."""
    headers = {"content-length": length.encode("latin-1"), "content-type": "application/json"}
    answer = client.post(PROMPTS, content=b"{}", headers=headers)

    assert answer.is_client_error
    assert MEDIA_TYPE == answer.headers["content-type"]


def test_429_says_when_to_come_back():
    """Retry-After and the limit, also where the refusal is raised deep inside."""
    error = TooManyRequests(limit=60, seconds=7, headers={"Retry-After": "7"})
    answer = failing(error).get("/fail")
    problem = assert_problem(answer, 429, "rate_limited")

    assert "7" == answer.headers["retry-after"]
    assert "The limit of 60 requests a minute is used up; try again in 7 s." == problem["detail"]


@pytest.mark.parametrize("error", [RuntimeError(CANARY), KeyError(CANARY), AssertionError(CANARY)])
def test_500_tells_the_id_and_nothing_else(error):
    """No exception text, no stack trace; the same headers as any answer."""
    answer = failing(error).get("/fail")
    problem = assert_problem(answer, 500, "internal_error")

    assert "The request id in this answer finds the log line." == problem["detail"]
    assert CANARY not in answer.text
    assert "nosniff" == answer.headers["x-content-type-options"]


def test_500_for_a_statement_the_database_refuses():
    """A bug of ours, and its SQL stays with us."""
    answer = failing(DBAPIError(f"SELECT {CANARY}", {}, Exception(CANARY))).get("/fail")

    assert_problem(answer, 500, "internal_error")
    assert CANARY not in answer.text


@pytest.mark.parametrize(
    "error",
    [
        OperationalError("SELECT 1", {}, Exception("server closed the connection")),
        PoolTimeout(),
        DBAPIError("SELECT 1", {}, Exception("gone"), connection_invalidated=True),
    ],
    ids=["operational", "pool", "invalidated"],
)
def test_503_when_the_database_does_not_answer(error):
    """Not a bug: come back in two seconds."""
    answer = failing(error).get("/fail")

    assert_problem(answer, 503, "unavailable")
    assert "2" == answer.headers["retry-after"]


def test_503_for_a_real_request_without_a_database(client, monkeypatch, tmp_path):
    """The whole way: a key is offered, nobody can look it up, and the caller is told to wait."""
    nowhere = get_settings().model_copy(
        update={
            "database_url": SecretStr(f"postgresql://nobody@/x?host={tmp_path}"),
            "database_system_url": None,
        }
    )
    monkeypatch.setattr(database, "get_settings", lambda: nowhere)
    monkeypatch.setattr(database, "engine", database.engine.__wrapped__)

    assert_problem(client.get("/api/v1/me"), 503, "unavailable")


def test_extra_members_and_headers_of_an_error_arrive():
    """What an error adds stands beside the standard members."""
    answer = failing(Unavailable("later", headers={"Retry-After": "9"}, extra={"hint": "x"})).get(
        "/fail"
    )
    problem = assert_problem(answer, 503, "unavailable")

    assert "x" == problem["hint"]
    assert "9" == answer.headers["retry-after"]


def test_an_error_of_one_field():
    """`invalid(pointer, sentence)`: what services raise."""
    error = invalid("#/model", "There is no model 'x'.", code="unknown_model")

    assert 422 == error.status
    assert [("#/model", "unknown_model", "There is no model 'x'.")] == list(error.errors)
