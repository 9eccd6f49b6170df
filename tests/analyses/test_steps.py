"""The steps of an analysis: repeated, lost, killed, cancelled."""

from uuid import UUID

import pytest

from app.analyses import advance, bisect, sweeping
from app.analyses.advance import ANALYSES
from app.core import lease
from app.core.config import get_settings
from app.core.database import system_unit_of_work
from tests.analyses.lab import BAD, EXAMPLES, GOOD, Lab, make_lab

CHAIN = [f"Take {word}. {GOOD}" for word in ("care", "heart")] + [
    f"Take {word}. {BAD}" for word in ("part", "off")
]
AGO = "clock_timestamp() - interval '1 hour'"


@pytest.fixture
def lab(bench, client_of, monkeypatch) -> Lab:
    monkeypatch.setattr(get_settings(), "shard_size", 50)
    bench.apart.sql("UPDATE analyses SET state = 'cancelled', next_send = NULL")
    made = make_lab(bench, client_of)
    made.prompt(CHAIN)
    return made


def row(lab: Lab, analysis_id: str):
    return lab.bench.apart.sql("SELECT * FROM analyses WHERE id = :id", id=analysis_id)[0]


def until_waiting(lab: Lab, analysis_id: str) -> None:
    """Works off until the second experiment was started and its messages wait."""
    while len(lab.children(analysis_id)) < 2:
        lab.next_job()


def test_a_step_twice_is_a_step_once(lab):
    """Whoever delivers a message again, in between or at the end, starts nothing twice."""
    analysis_id = lab.started("bisect")
    for _ in range(3):
        advance.advance(UUID(analysis_id))
    while lab.bench.apart.sent:
        lab.next_job()
        advance.advance(UUID(analysis_id))
        advance.advance(UUID(analysis_id))
    read = lab.read(analysis_id)

    assert ("completed", 3) == (read["status"], read["result"]["first_bad"]["number"])
    assert [1, 1] == [child.repeats for child in lab.children(analysis_id)][:2]
    assert len(lab.children(analysis_id)) == 3
    assert 4 * EXAMPLES == len(lab.model.asked)


def test_between_two_steps_it_runs_and_holds_no_worker(lab):
    """Its row is given back; a reader sees how far it is and what it waits for."""
    analysis_id = lab.started("bisect")
    until_waiting(lab, analysis_id)
    read, stored = lab.read(analysis_id), row(lab, analysis_id)
    task = lab.client.get(f"/api/v1/task-status/{analysis_id}")
    (listed,) = lab.client.get("/api/v1/analyses", params={"kind": "bisect"}).json()["items"]

    assert ("pending", None, 0) == (stored.state, stored.owner, stored.attempts)
    assert stored.next_send is not None
    assert ("running", ["v4"], None) == (
        read["status"],
        [step["what"] for step in read["steps"]],
        read["result"],
    )
    assert (1, 3, 2 * EXAMPLES, "Runs v2 on 60 golden examples.") == tuple(
        read["progress"][name] for name in ("done", "total_estimate", "calls", "step")
    )
    assert "1" == task.headers["retry-after"]
    assert ("bisect", "running", {"done": 1, "total": 3, "failed": 0, "eta_s": None}) == tuple(
        task.json()[name] for name in ("kind", "status", "progress")
    )
    assert analysis_id == listed["id"]
    assert [] == lab.client.get("/api/v1/analyses", params={"kind": "blame"}).json()["items"]


def test_the_end_is_told_by_the_task_too(lab):
    """`/task-status` has the result, the cost and the kind."""
    analysis_id = lab.started("bisect")
    first = lab.read(analysis_id)
    lab.bench.apart.work_off()
    task = lab.client.get(f"/api/v1/task-status/{analysis_id}").json()

    assert ("pending", "Not started.") == (first["status"], first["progress"]["step"])
    assert ("completed", {"done": 3, "total": 3, "failed": 0, "eta_s": None}, None) == (
        task["status"],
        task["progress"],
        task["cost_usd"],  # the mock's price is unknown
    )
    assert lab.read(analysis_id)["result"] == task["result"]


def test_a_lost_message_is_sent_again(lab):
    """FLUSHALL between a roll-up and the next step: the sweeper knows the analysis waits."""
    analysis_id = lab.started("bisect")
    until_waiting(lab, analysis_id)
    while lab.bench.apart.sent:
        lab.next_job()
        lab.bench.apart.sent[:] = [
            job for job in lab.bench.apart.sent if job[0] != "tasks.advance_analysis"
        ]
    lab.bench.apart.sql(f"UPDATE analyses SET next_send = {AGO} WHERE id = :id", id=analysis_id)
    stuck = lab.read(analysis_id)["status"]
    swept = sweeping.sweep()
    lab.bench.apart.work_off()

    assert ("running", 1) == (stuck, swept)
    assert "completed" == lab.read(analysis_id)["status"]
    assert 4 * EXAMPLES == len(lab.model.asked)


def test_a_worker_that_dies_in_a_step_costs_nothing(lab):
    """Its claim runs out, the step is done again, and nothing is asked twice."""
    analysis_id = lab.started("bisect")
    with system_unit_of_work() as session:
        lease.claim(session, ANALYSES, UUID(analysis_id), "a worker that dies")
    lab.bench.apart.work_off()
    held = lab.read(analysis_id)
    lab.bench.apart.sql(f"UPDATE analyses SET lease_until = {AGO} WHERE id = :id", id=analysis_id)
    sweeping.sweep()
    lab.bench.apart.work_off()

    assert ("running", []) == (held["status"], held["steps"])
    assert 3 == lab.read(analysis_id)["result"]["first_bad"]["number"]
    assert 4 * EXAMPLES == len(lab.model.asked)


def test_a_step_that_keeps_failing_ends_the_analysis(lab, monkeypatch):
    """After so many attempts it fails with a sentence, and is not tried for ever."""

    def fail(_search) -> None:
        raise RuntimeError("a mistake of ours")

    monkeypatch.setitem(advance.FIND, "bisect", fail)
    monkeypatch.setattr(get_settings(), "max_attempts", 2)
    analysis_id = lab.started("bisect")
    lab.bench.apart.sent.clear()
    for _ in range(2):
        with pytest.raises(RuntimeError):
            advance.advance(UUID(analysis_id))
        lab.bench.apart.sql(f"UPDATE analyses SET lease_until = {AGO}, next_send = {AGO}")
        sweeping.sweep()
    read = lab.read(analysis_id)

    assert "failed" == read["status"]
    assert read["error"].startswith("2 attempts at its next step failed")
    assert read["finished_at"]


def test_a_lost_lease_writes_nothing(lab, monkeypatch):
    """A step whose claim went to somebody else meanwhile leaves the row alone."""
    analysis_id = lab.started("bisect")
    lab.bench.apart.sent.clear()
    with system_unit_of_work() as session:
        stale = lease.claim(session, ANALYSES, UUID(analysis_id), "slow")
    lab.bench.apart.sql("UPDATE analyses SET fence = fence + 1 WHERE id = :id", id=analysis_id)
    advance._step(stale)

    assert ({}, "running") == (row(lab, analysis_id).progress, row(lab, analysis_id).state)


def test_cancelling_ends_its_experiment_too(lab):
    """Nothing is asked any more; what was found stays; a second time is a conflict."""
    analysis_id = lab.started("bisect")
    until_waiting(lab, analysis_id)
    calls = len(lab.model.asked)
    answer = lab.client.post(f"/api/v1/analyses/{analysis_id}/cancel")
    lab.bench.apart.work_off()
    again = lab.client.post(f"/api/v1/analyses/{analysis_id}/cancel")
    statuses = [child.status for child in lab.children(analysis_id)]

    assert (200, "cancelled") == (answer.status_code, answer.json()["status"])
    assert ["v4"] == [step["what"] for step in lab.read(analysis_id)["steps"]]
    assert ["completed", "cancelled"] == statuses
    assert calls == len(lab.model.asked)
    assert 409 == again.status_code
    assert "ended as cancelled" in again.json()["detail"]


def test_an_experiment_that_is_cancelled_fails_its_analysis(lab):
    """It says which one, and that what is stored counts the next time."""
    analysis_id = lab.started("bisect")
    until_waiting(lab, analysis_id)
    child = lab.children(analysis_id)[-1]
    lab.client.post(f"/api/v1/experiments/{child.id}/cancel")
    lab.bench.apart.work_off()
    read = lab.read(analysis_id)
    calls = len(lab.model.asked)
    result = lab.found("bisect")

    assert ("failed", ["v4"]) == (read["status"], [step["what"] for step in read["steps"]])
    assert "'bisect of v4: v2' ended as cancelled" in read["error"]
    assert (True, 2 * EXAMPLES) == (result["steps"][0]["reused"], calls)
    assert 2 * EXAMPLES == result["calls"]


def test_nobody_else_sees_or_ends_it(lab, stranger):
    """Another workspace's is the same 404 as none."""
    analysis_id = lab.started("bisect")
    answers = [
        stranger.get(f"/api/v1/analyses/{analysis_id}"),
        stranger.post(f"/api/v1/analyses/{analysis_id}/cancel"),
        stranger.get(f"/api/v1/task-status/{analysis_id}"),
    ]

    assert [404, 404, 404] == [answer.status_code for answer in answers]
    assert [] == stranger.get("/api/v1/analyses").json()["items"]


def test_the_list_has_pages(lab):
    """Newest first, by prompt if asked."""
    ids = [lab.started("bisect") for _ in range(3)]
    first = lab.client.get("/api/v1/analyses", params={"limit": 2}).json()
    rest = lab.client.get("/api/v1/analyses", params={"cursor": first["next_cursor"]}).json()
    other = lab.client.get("/api/v1/analyses", params={"prompt": str(UUID(int=1))}).json()

    assert ids[::-1] == [item["id"] for item in first["items"] + rest["items"]]
    assert (3, 3, 0) == (first["total"], rest["total"], other["total"])


def test_every_kind_has_a_search():
    """A kind without one would wait for ever."""
    assert {"bisect", "blame"} == {kind.value for kind in advance.FIND}
    assert bisect.find in advance.FIND.values()
