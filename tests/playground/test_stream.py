"""A prompt tried without a version: streamed to its end, and recorded however it ends."""

import asyncio
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import httpx2
import pytest
from pydantic import SecretStr
from sqlalchemy import select
from starlette.requests import ClientDisconnect

from app.core import sse
from app.core.config import get_settings
from app.core.database import unit_of_work
from app.experiments import sweeping
from app.models import CostEntry
from app.playground import router, service
from app.prompts.content import Draft
from app.runs import providers
from app.runs.service import get as get_run
from scripts.mock_provider.launch import MockProvider
from tests.support.events import Event, events
from tests.support.experiments import MOCK
from tests.support.fixtures import eventually, make_key
from tests.support.live import listening
from tests.support.stack import MODEL_KEY

STREAM = "/api/v1/playground/stream"


@pytest.fixture
def asked(server, provider: MockProvider, monkeypatch) -> Iterator[MockProvider]:
    """The API's own `openai:…` models are the mock provider."""
    monkeypatch.setattr(get_settings(), "openai_base_url", f"{provider.url}/v1")
    monkeypatch.setattr(get_settings(), "openai_api_key", SecretStr(MODEL_KEY))
    providers._registry.cache_clear()
    yield provider
    server.portal.call(providers.registry().aclose)
    providers._registry.cache_clear()


def trial(template: str = "Say {{ what }}.", **body: Any) -> dict[str, Any]:
    return {"template": template, "variables": {"what": "hello"}, "model": MOCK, **body}


def told(client, **body: Any) -> list[Event]:
    answer = client.post(STREAM, json=trial(**body))
    assert 200 == answer.status_code, answer.text
    assert answer.headers["content-type"].startswith("text/event-stream")
    return events(answer.text)


def the_run(client) -> dict[str, Any]:
    """The one run of the workspace, as it is recorded."""
    (run,) = client.get("/api/v1/runs").json()["items"]
    return client.get(f"/api/v1/runs/{run['id']}").json()


def test_a_trial_streams_and_is_recorded(client, asked):
    """start, the text in pieces, done; the run says the same, and what it cost."""
    first, *tokens, last = told(client)
    run = the_run(client)

    assert ("start", "done") == (first.name, last.name)
    assert {"token"} == {event.name for event in tokens}
    assert 1 < len(tokens)
    assert first.data["run_id"] == last.data["run_id"] == run["id"]
    assert "".join(event.data["text"] for event in tokens) == run["output"]
    assert ("completed", "playground", "Say hello.") == (
        run["status"],
        run["source"],
        run["rendered_prompt"],
    )
    assert last.data["usage"]["tokens_out"] == run["tokens_out"] > 0
    assert float(run["cost_estimated"]) > 0


def test_the_local_model_needs_no_key(client):
    """A fresh install can try a prompt at once."""
    last = told(client, model=None)[-1]

    assert "done" == last.name
    assert 0 == float(the_run(client)["cost_usd"])


def test_a_message_prompt_streams_too(client, asked):
    """Messages instead of a template, with a schema or without."""
    messages = [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": "Say {{ what }}."},
    ]
    last = told(client, template=None, messages=messages)[-1]

    assert "done" == last.name
    assert "Be brief." in the_run(client)["rendered_prompt"]


def test_a_provider_that_refuses_ends_in_an_error(client, asked):
    """The stream's last event says why, and the run is failed: never an empty answer."""
    first, last = told(client, template="[[mock:status=400]] {{ what }}")
    run = the_run(client)

    assert ("start", "error") == (first.name, last.name)
    assert "invalid_request" == last.data["problem"]["code"] == run["error_code"]
    assert ("failed", None) == (run["status"], run["output"])


def test_a_stream_cut_half_way_ends_in_an_error(client, asked):
    """What came is kept; what did not come is said."""
    asked.configure(itl=0.001)
    *_, last = told(client, template="[[mock:drop_mid]] {{ what }}")
    run = the_run(client)

    assert "error" == last.name
    assert "failed" == run["status"]
    assert run["output"]
    assert run["error_code"]


@pytest.mark.parametrize(("mock", "heard"), [({"itl": 0.05}, True), ({"ttft": 5}, False)])
def test_a_reader_that_hangs_up_ends_the_call_and_pays_it(client, subject, asked, mock, heard):
    """The provider's stream is closed; what was asked and had come is booked, and no more held."""
    asked.configure(tokens=200, **mock)
    own = {"model": MOCK, "input_usd": "1", "output_usd": "2", "valid_from": "2026-01-01"}
    assert client.post("/api/v1/prices", json=own).is_success
    limit = {"limit_usd": "1", "hard_stop": True}
    budget = client.post("/api/v1/budgets", json=limit).json()["id"]
    headers = {"authorization": f"Bearer {make_key(subject)}"}
    with (
        listening() as url,
        httpx2.Client(base_url=url, headers=headers, trust_env=False) as reader,
        reader.stream("POST", STREAM, json=trial()) as answer,
    ):
        pieces = answer.iter_text()
        seen = "".join(next(pieces) for _ in range(4 if heard else 1))
        held = client.get(f"/api/v1/budgets/{budget}").json()["reserved_usd"]
        eventually(lambda: asked.stats()["inflight"], within=10)
        answer.close()
        aborted = eventually(lambda: asked.stats()["aborted"], within=10)
        run = eventually(lambda: the_run(client)["status"] != "running" and the_run(client))
    booked = client.get(f"/api/v1/budgets/{budget}").json()
    with unit_of_work(subject.workspace_id) as session:
        entry = session.scalars(select(CostEntry)).one()

    assert "start" in seen
    assert Decimal(held) > 0
    assert 1 == aborted
    assert ("cancelled", "interrupted") == (run["status"], run["error_code"])
    assert heard == bool(run["output"])
    assert (3, heard) == (run["tokens_in"], run["tokens_out"] > 0)
    assert (True, "playground") == (entry.tokens_estimated, entry.source)
    assert Decimal(3 + 2 * run["tokens_out"]) / 1_000_000 == Decimal(booked["spent_usd"])
    assert "0" == booked["reserved_usd"]


def test_a_reader_that_leaves_before_anything_is_asked_pays_nothing(bench, asked):
    """The run is over at once, not when the sweeper finds it."""
    opened = service.open_trial(bench.subject, Draft(template="Say hello.", model=MOCK), {})

    async def left() -> None:
        response = await sse.begun(router._frames(opened))
        with pytest.raises(ClientDisconnect):
            await response({"type": "http", "asgi": {"spec_version": "2.4"}}, gone, gone)

    asyncio.run(left())
    with unit_of_work(bench.subject.workspace_id) as session:
        run = get_run(session, bench.subject, opened.run_id)

    assert ("cancelled", None, Decimal(0)) == (run.state, run.tokens_in, run.cost_estimated)
    assert 0 == asked.stats()["requests"]


async def gone(*_message: object) -> None:
    raise OSError


def test_a_reader_that_hangs_up_is_judged_and_recorded(client, subject, asked, monkeypatch):
    """The judge that was asked is paid: its score and its price are kept without a reader."""
    monkeypatch.setattr(get_settings(), "judge_model", "openai:mock-judge")
    asked.configure(judge_latency=0.5)
    headers = {"authorization": f"Bearer {make_key(subject)}"}
    body = trial(evaluators=["correctness"], expected_output="hello")
    with (
        listening() as url,
        httpx2.Client(base_url=url, headers=headers, trust_env=False) as reader,
    ):
        with reader.stream("POST", STREAM, json=body) as answer:
            seen = ""
            for piece in answer.iter_text():
                seen += piece
                if "event: done" in seen:
                    break
        run = eventually(lambda: the_run(client)["scores"] and the_run(client), within=10)

    assert "event: scores" not in seen
    assert run
    assert ("completed", "correctness") == (run["status"], run["scores"][0]["evaluator"])


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"model": "gpt"}, "#/model"),
        ({"model": "nobody:gpt"}, "#/model"),
        ({"template": "{{ what", "variables": {}}, None),
        ({"variables": {}}, "#/variables/what"),
        ({"variables": {"what": "x", "colour": "red"}}, "#/variables/colour"),
        ({"template": "{{ 1 // what }}", "variables": {"what": 0}}, "#/variables"),
        ({"parameters": {"temperature": "hot"}}, None),
        ({"template": None}, None),
        ({"messages": [{"role": "user", "content": "x"}]}, None),
        ({"evaluators": ["nonesuch"]}, "#/evaluators/0"),
        ({"evaluators": ["judge:nobody"]}, "#/evaluators/0"),
    ],
)
def test_what_cannot_run_is_refused_before_the_stream(client, body, pointer):
    """422 while it still can be; no run is recorded and nothing is asked."""
    refused = client.post(STREAM, json=trial(**body))

    assert 422 == refused.status_code
    assert pointer is None or pointer == refused.json()["errors"][0]["pointer"]
    assert 0 == client.get("/api/v1/runs").json()["total"]


def test_a_trial_whose_process_died_is_ended_by_the_sweeper(apart, bench):
    """Nobody will finish it: after its time it ends as worker_lost, and is not run again."""
    opened = service.open_trial(bench.subject, Draft(template="Say hello."), {})
    apart.sql(
        "UPDATE runs SET lease_until = clock_timestamp() - interval '1 s' WHERE id = :id",
        id=opened.run_id,
    )
    sweeping.sweep()
    with unit_of_work(bench.subject.workspace_id) as session:
        run = get_run(session, bench.subject, opened.run_id)

    assert ("failed", "worker_lost") == (run.state, run.error_code)
    assert [] == apart.sent
