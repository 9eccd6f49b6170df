"""Where background work stands: polled or listened to, read from the database and nowhere else."""

import threading
from itertools import groupby
from typing import Any

import httpx2
import pytest
from sqlalchemy.exc import OperationalError

from app.accounts.subject import Scope
from app.core import redis
from app.core.database import unit_of_work
from app.jobs import router, service
from app.jobs.service import TaskNotFound
from tests.support.events import Event, events
from tests.support.experiments import ASKED, MOCK, finished, started, steer
from tests.support.fixtures import eventually, make_key
from tests.support.live import listening
from tests.support.prompts import make_prompt


def ran(client, **body: Any) -> str:
    """The id of a run that was accepted."""
    return client.post("/api/v1/query", json={"query": "How much?", **body}).json()["task_id"]


def task(client, task_id: str) -> dict[str, Any]:
    return client.get(f"/api/v1/task-status/{task_id}").json()


def ended(client, task_id: str) -> dict[str, Any]:
    """The task once it is done."""

    def look() -> dict[str, Any] | None:
        found = task(client, task_id)
        return found if found["status"] in {"completed", "failed", "cancelled"} else None

    return eventually(look) or task(client, task_id)


def listened(client, task_id: str, last: str | None = None, noun: str = "tasks") -> list[Event]:
    """Every event until the stream ends."""
    headers = {"last-event-id": last} if last else {}
    answer = client.get(f"/api/v1/{noun}/{task_id}/events", headers=headers)
    assert 200 == answer.status_code
    assert "no-cache" == answer.headers["cache-control"]
    return events(answer.text)


def test_a_run_is_a_task(client, worker):
    """Pending at first, with a hint when to ask again; in the end its output, cost and one case."""
    answer = client.post("/api/v1/query", json={"query": "How much?"}).json()
    done = ended(client, answer["task_id"])

    assert f"/api/v1/task-status/{answer['task_id']}" == answer["status_url"]
    assert ("run", "completed") == (done["kind"], done["status"])
    assert {"done": 1, "total": 1, "failed": 0, "eta_s": None} == done["progress"]
    assert done["result"]["output"]
    assert 0 == float(done["cost_usd"])


def test_a_failed_run_says_why(client, worker, provider):
    """failed, with the provider's reason in a sentence and no result."""
    done = ended(client, ran(client, query="[[mock:status=400]]", model=MOCK))

    assert ("failed", None) == (done["status"], done["result"])
    assert 1 == done["progress"]["failed"]
    assert done["error"]


def test_an_experiment_is_a_task(client, subject, worker, provider):
    """Progress counts cases; while it runs there is an estimate of the time that is left."""
    provider.configure(latency=0.2)
    made = make_prompt(subject, templates=[ASKED], examples=20, model=MOCK)
    experiment_id = started(client, made, concurrency=4)
    halfway = eventually(
        lambda: (found := task(client, experiment_id))["progress"]["done"] and found
    )
    asks_again = client.get(f"/api/v1/task-status/{experiment_id}").headers.get("retry-after")
    done = ended(client, experiment_id)
    then = client.get(f"/api/v1/task-status/{experiment_id}").headers.get("retry-after")

    assert ("experiment", "running") == (halfway["kind"], halfway["status"])
    assert halfway["progress"]["eta_s"] > 0
    assert "1" == asks_again
    assert {"done": 20, "total": 20, "failed": 0, "eta_s": None} == done["progress"]
    assert 1 == len(done["result"]["results"])
    assert then is None


def test_cases_an_early_end_made_unnecessary_have_not_failed(bench):
    """An adaptive experiment that has its answer is done; what really failed is counted."""
    experiment_id = bench.start(6)
    bench.apart.sql(
        """UPDATE experiments SET status = 'completed', options = options || '{"stopped": {}}',
           counts = '{"scored": 2, "cancelled": 3, "provider_error": 1}' WHERE id = :id""",
        id=experiment_id,
    )
    with unit_of_work(bench.subject.workspace_id) as session:
        found = service.get(session, bench.subject, experiment_id)

    assert (6, 6, 1) == (found.done, found.total, found.failed)


@pytest.fixture
def slow(client, subject, provider) -> str:
    """An experiment that does not end before it is paused."""
    provider.configure(latency=1.0)
    made = make_prompt(subject, templates=[ASKED], examples=20, model=MOCK)
    return started(client, made, concurrency=1)


def test_a_paused_experiment_is_still_running_as_a_task(client, slow):
    """A task has five states; who waits for a paused one is told that it waits as well."""
    steer(client, slow, "pause")
    paused = task(client, slow)
    steer(client, slow, "cancel")
    cancelled = task(client, slow)

    assert ("running", True) == (paused["status"], paused["paused"])
    assert paused["progress"]["eta_s"] is None
    assert ("cancelled", False) == (cancelled["status"], cancelled["paused"])


def test_a_pause_is_told_as_it_happens(client, subject, slow):
    """Nothing is counted on while it is paused, and a listener hears of it all the same."""
    headers = {"authorization": f"Bearer {make_key(subject)}"}
    with (
        listening() as url,
        httpx2.Client(base_url=url, headers=headers, trust_env=False) as reader,
        reader.stream("GET", f"/api/v1/tasks/{slow}/events") as answer,
    ):
        text = ""
        for piece in answer.iter_text():
            if not text:
                steer(client, slow, "pause")
            text += piece
            if events(text)[-1].data["paused"]:
                steer(client, slow, "cancel")

    told = [event.data["paused"] for event in events(text)]
    assert [False, True, False] == [paused for paused, _ in groupby(told)]


def test_the_status_needs_no_queue(client, subject, monkeypatch):
    """With Redis away a task can still be looked at."""
    task_id = ran(client)
    redis.outage.begin()
    try:
        looked = client.get(f"/api/v1/task-status/{task_id}")
    finally:
        redis.outage.end()

    assert 200 == looked.status_code


@pytest.mark.parametrize("noun", ["tasks", "experiments"])
def test_progress_is_told_as_it_happens(client, subject, worker, provider, noun):
    """Progress events only go forward, each with an id of its own, and the last is the result."""
    provider.configure(latency=0.2)
    made = make_prompt(subject, templates=[ASKED], examples=16, model=MOCK)
    experiment_id = started(client, made, concurrency=4)
    heard = listened(client, experiment_id, noun=noun)
    done = [event.data["progress"]["done"] for event in heard]

    assert ["progress"] * (len(heard) - 1) + ["result"] == [event.name for event in heard]
    assert sorted(done) == done
    assert 16 == done[-1]
    assert len(heard) == len({event.id for event in heard})
    assert "completed" == heard[-1].data["status"]


def test_a_reader_that_comes_back_goes_on(client, subject, worker, provider):
    """With the id of the last event it saw, it hears what came after and nothing again."""
    provider.configure(latency=0.1)
    made = make_prompt(subject, templates=[ASKED], examples=24, model=MOCK)
    experiment_id = started(client, made, concurrency=4)
    headers = {"authorization": f"Bearer {make_key(subject)}"}
    path = f"/api/v1/tasks/{experiment_id}/events"
    with (
        listening() as url,
        httpx2.Client(base_url=url, headers=headers, trust_env=False) as reader,
        reader.stream("GET", path) as answer,
    ):
        text = ""
        for piece in answer.iter_text():
            text += piece
            if (seen := events(text)) and seen[-1].data["progress"]["done"]:
                break
    rest = listened(client, experiment_id, last=seen[-1].id)

    assert not {event.id for event in seen} & {event.id for event in rest}
    assert "result" == rest[-1].name


def test_a_reader_that_comes_back_after_the_end_hears_the_end(client, worker):
    """A connection that broke with the last event must not wait for ever."""
    task_id = ran(client)
    ended(client, task_id)
    (first,) = listened(client, task_id)
    (again,) = listened(client, task_id, last=first.id)

    assert ("result", "result") == (first.name, again.name)
    assert first.data == again.data


def test_silence_is_filled(client, monkeypatch):
    """Proxies cut what is silent: a comment is sent while nothing changes."""
    monkeypatch.setattr(router, "KEEP_ALIVE_S", 0.0)
    monkeypatch.setattr(router, "LOOK_S", 0.01)
    redis.outage.begin()  # nobody takes the run
    try:
        task_id = ran(client, model="local:extractive-baseline")
    finally:
        redis.outage.end()
    look, looks = router._look, []

    def in_the_end(*arguments: Any) -> Any:
        looks.append(1)
        if len(looks) > 3:
            raise TaskNotFound
        return look(*arguments)

    monkeypatch.setattr(router, "_look", in_the_end)
    answer = client.get(f"/api/v1/tasks/{task_id}/events").text

    assert ": keep-alive" in answer


def test_a_stream_outlives_a_restart_of_the_database(client, worker, monkeypatch):
    """While the database is away the reader waits; it is neither cut nor told anything wrong."""
    task_id = ran(client)
    ended(client, task_id)
    look, away = router._look, [1, 1]

    def away_at_first(*arguments: Any) -> Any:
        if away:
            away.pop()
            raise OperationalError("", {}, Exception())
        return look(*arguments)

    monkeypatch.setattr(router, "_look", away_at_first)

    assert ["result"] == [event.name for event in listened(client, task_id)]


def test_a_task_that_is_erased_ends_the_stream(client, monkeypatch):
    """A stream always ends in an event that says so."""
    task_id = ran(client)

    def gone(*_: Any) -> None:
        raise TaskNotFound

    monkeypatch.setattr(router, "_look", gone)
    (last,) = listened(client, task_id)

    assert ("error", "not_found") == (last.name, last.data["problem"]["code"])


def test_a_reader_that_hangs_up_is_let_go(client, subject, monkeypatch):
    """A closed tab must not be looked after for ever."""
    monkeypatch.setattr(router, "LOOK_S", 0.02)
    redis.outage.begin()
    try:
        task_id = ran(client)
    finally:
        redis.outage.end()
    look, looks, quiet = router._look, [], threading.Event()

    def counted(*arguments: Any) -> Any:
        looks.append(1)
        return look(*arguments)

    monkeypatch.setattr(router, "_look", counted)
    headers = {"authorization": f"Bearer {make_key(subject)}"}
    with (
        listening() as url,
        httpx2.Client(base_url=url, headers=headers, trust_env=False) as reader,
        reader.stream("GET", f"/api/v1/tasks/{task_id}/events") as answer,
    ):
        next(answer.iter_text())
        answer.close()
        quiet.wait(0.5)
        after = len(looks)
        quiet.wait(0.3)

    assert after == len(looks)


def test_reading_needs_the_scope(client_of, subject):
    """A key that may only run may not look."""
    writer = client_of(make_key(subject, scopes=frozenset({Scope.run})))

    assert 403 == writer.get(f"/api/v1/task-status/{subject.id}").status_code


def test_evaluating_one_version_can_be_waited_for(client, subject, worker):
    """With ?wait the averages come with the answer: 200 when done."""
    made = make_prompt(subject, examples=3)
    path = f"/api/v1/prompts/{made.prompt_id}/versions/{made.version_ids[0]}/evaluate"
    waited = client.post(f"{path}?wait=30", json={"evaluators": ["similarity"]})
    answer = waited.json()
    status = finished(client, answer["experiment_id"])

    assert 200 == waited.status_code
    assert (3, 3, "completed") == (answer["total_tests"], answer["scored"], answer["status"])
    assert status["results"][0]["avg_score"] == answer["average_score"]


def test_evaluating_without_waiting_is_accepted(client, subject, worker, provider):
    """202 with the task's address; too short a wait is the same, and the work goes on."""
    provider.configure(latency=1.0)
    made = make_prompt(subject, templates=[ASKED], examples=2, model=MOCK)
    path = f"/api/v1/prompts/{made.prompt_id}/versions/{made.version_ids[0]}/evaluate"
    accepted = client.post(path, json={"evaluators": ["similarity"]})
    impatient = client.post(f"{path}?wait=1", json={"evaluators": ["similarity"], "repeats": 3})
    done = ended(client, impatient.json()["task_id"])

    assert (202, 202) == (accepted.status_code, impatient.status_code)
    assert accepted.json()["status_url"] == accepted.headers["location"]
    assert accepted.json()["average_score"] is None
    assert 6 == done["progress"]["done"]


def test_a_version_is_evaluated_as_its_own_prompt_s(client, subject):
    """A version under another prompt's address is not there; too long a wait is refused."""
    one, other = make_prompt(subject), make_prompt(subject)
    wrong = f"/api/v1/prompts/{one.prompt_id}/versions/{other.version_ids[0]}/evaluate"
    right = f"/api/v1/prompts/{one.prompt_id}/versions/{one.version_ids[0]}/evaluate"

    assert 404 == client.post(wrong, json={}).status_code
    assert 422 == client.post(f"{right}?wait=61", json={}).status_code
