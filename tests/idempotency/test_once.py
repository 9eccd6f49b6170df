"""The same request with the same Idempotency-Key is done, and paid for, once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Event
from typing import Any

import pytest
from sqlalchemy import delete, event
from sqlalchemy.engine import Engine

from app.core.clock import new_id
from app.core.database import system_unit_of_work
from app.idempotency import once
from app.models import IdempotencyRecord
from app.runs import service
from tests.support.fixtures import make_key
from tests.support.prompts import Made, make_prompt

RUN = "/api/v1/run"
EXPERIMENT = "/api/v1/experiments/run"


@pytest.fixture
def made(subject) -> Made:
    return make_prompt(subject, templates=["{{ question }}"])


@pytest.fixture
def key() -> dict[str, str]:
    return {"Idempotency-Key": str(new_id())}


def run(made: Made, question: str = "How much?") -> dict[str, Any]:
    return {"prompt_version_id": str(made.version_ids[0]), "variables": {"question": question}}


def runs(client) -> int:
    return client.get("/api/v1/runs").json()["total"]


def test_a_repeated_request_gets_the_first_answer(client, made, key):
    """Same key, same body: the stored answer, marked as such, and one run."""
    first = client.post(RUN, json=run(made), headers=key)
    again = client.post(RUN, json=run(made), headers=key)

    assert (202, 202) == (first.status_code, again.status_code)
    assert first.json() == again.json()
    assert "idempotency-replayed" not in first.headers
    assert "true" == again.headers["idempotency-replayed"]
    assert first.headers["location"] == again.headers["location"]
    assert 1 == runs(client)


def test_without_a_key_each_request_is_its_own(client, made):
    """Nobody asked for once."""
    ids = {client.post(RUN, json=run(made)).json()["run_id"] for _ in range(2)}

    assert 2 == len(ids) == runs(client)


def test_a_key_belongs_to_its_body(client, made, key):
    """Another body under the same key is a mistake, and is neither done nor answered."""
    client.post(RUN, json=run(made), headers=key)
    refused = client.post(RUN, json=run(made, "How long?"), headers=key)

    assert 422 == refused.status_code
    assert "another body" in refused.json()["detail"]
    assert 1 == runs(client)


def test_a_key_belongs_to_its_caller_and_path(client, client_of, subject, made, key):
    """Two callers, or two endpoints, may choose the same key."""
    other = client_of(make_key(subject))
    mine = client.post(RUN, json=run(made), headers=key).json()["run_id"]
    theirs = other.post(RUN, json=run(made), headers=key).json()["run_id"]
    question = client.post("/api/v1/query", json={"query": "How much?"}, headers=key)

    assert mine != theirs
    assert 202 == question.status_code
    assert "idempotency-replayed" not in question.headers


def test_a_refused_request_lets_its_key_go(client, made, key):
    """What was not done may be corrected and sent again under the same key."""
    wrong = {**run(made), "variables": {}}
    refused = client.post(RUN, json=wrong, headers=key)
    accepted = client.post(RUN, json=run(made), headers=key)

    assert (422, 202) == (refused.status_code, accepted.status_code)


def test_while_the_first_is_worked_on_the_second_waits(client, made, key, monkeypatch):
    """409 with a Retry-After; afterwards the same request is answered from the first."""
    working, over = Event(), Event()
    start = service.start_version

    def slowly(*arguments: Any) -> Any:
        working.set()
        over.wait(10)
        return start(*arguments)

    monkeypatch.setattr(service, "start_version", slowly)
    with ThreadPoolExecutor(1) as other:
        first = other.submit(client.post, RUN, json=run(made), headers=key)
        working.wait(10)
        meanwhile = client.post(RUN, json=run(made), headers=key)
        over.set()
        accepted = first.result(10)
    afterwards = client.post(RUN, json=run(made), headers=key)

    assert 409 == meanwhile.status_code
    assert meanwhile.headers["retry-after"]
    assert accepted.json() == afterwards.json()
    assert 1 == runs(client)


def test_many_at_once_start_one_experiment(client, made, key):
    """Eight parallel requests with one key: one experiment, and nobody hears of another."""
    body = {
        "prompt_id": str(made.prompt_id),
        "experiment_name": "once",
        "evaluators": ["similarity"],
    }
    with ThreadPoolExecutor(8) as callers:
        answers = list(
            callers.map(lambda _: client.post(EXPERIMENT, json=body, headers=key), range(8))
        )
    afterwards = client.post(EXPERIMENT, json=body, headers=key)
    told = {answer.json()["experiment_id"] for answer in answers if answer.status_code == 202}

    assert {answer.status_code for answer in answers} <= {202, 409}
    assert {afterwards.json()["experiment_id"]} == told
    assert 1 == client.get("/api/v1/experiments").json()["total"]


def test_more_requests_than_connections_do_not_wait_for_each_other(client, made):
    """A key is taken in a transaction of its own; nobody holds one connection and wants another."""

    def ask(number: int) -> int:
        body = run(made) if number % 2 else {**run(made), "variables": {}}
        headers = {"Idempotency-Key": f"{number} {new_id()}"}
        return client.post(RUN, json=body, headers=headers).status_code

    with ThreadPoolExecutor(60) as callers:
        statuses = list(callers.map(ask, range(60)))

    assert [422, 202] * 30 == statuses


def test_after_a_crash_the_key_can_be_taken_over(client, made, key, monkeypatch):
    """A process that died in the work holds the key for a while, and not for ever."""
    with monkeypatch.context() as dying:
        dying.setattr(once, "_forget", lambda _place: None)
        dying.setattr(once, "LOCKED", timedelta(seconds=-1))
        crashed = client.post(RUN, json={**run(made), "variables": {}}, headers=key)
        other_body = client.post(RUN, json=run(made), headers=key)
    again = client.post(RUN, json={**run(made), "variables": {}}, headers=key)

    assert 422 == crashed.status_code
    assert "another body" in other_body.json()["detail"]
    assert "Missing variables" in again.json()["detail"]


def test_a_key_is_kept_for_a_day(client, made, key, monkeypatch):
    """After that it is forgotten, and the same request is a new one."""
    monkeypatch.setattr(once, "KEPT", timedelta(seconds=-1))
    first = client.post(RUN, json=run(made), headers=key).json()["run_id"]
    second = client.post(RUN, json=run(made), headers=key).json()["run_id"]

    assert first != second


def test_a_first_request_that_fails_in_between_is_no_error(client, made, key):
    """It held the key when the second looked, and had let go when it looked closer: try again."""
    client.post(RUN, json=run(made), headers=key)

    def vanish(_c: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if statement.startswith("SELECT idempotency_records"):
            with system_unit_of_work() as session:
                session.execute(delete(IdempotencyRecord).where(IdempotencyRecord.key == key_text))

    key_text = key["Idempotency-Key"]
    event.listen(Engine, "before_cursor_execute", vanish)
    try:
        answer = client.post(RUN, json=run(made), headers=key)
    finally:
        event.remove(Engine, "before_cursor_execute", vanish)

    assert 409 == answer.status_code


def test_a_retry_is_asked_once(client, made, key):
    """Bodiless requests have keys as well: a refusal to retry is not stored as an answer."""
    body = {"prompt_id": str(made.prompt_id), "experiment_name": "x", "evaluators": ["similarity"]}
    experiment_id = client.post(EXPERIMENT, json=body).json()["experiment_id"]
    path = f"/api/v1/experiments/{experiment_id}"
    client.post(f"{path}/cancel")
    first = client.post(f"{path}/retry-failed", headers=key)
    again = client.post(f"{path}/retry-failed", headers=key)

    assert (200, 200) == (first.status_code, again.status_code)
    assert first.json() == again.json()
    assert "true" == again.headers["idempotency-replayed"]


@pytest.mark.parametrize("wrong", ["", "x" * 256])
def test_a_key_has_a_bounded_length(client, made, wrong):
    """Neither nothing nor a novel."""
    refused = client.post(RUN, json=run(made), headers={"Idempotency-Key": wrong})

    assert 422 == refused.status_code
