"""Schedules against the database, with a clock that is a column."""

from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from app.accounts.subject import SubjectKind, parse_scopes
from app.core.clock import new_id, now
from app.core.database import system_unit_of_work, unit_of_work
from app.models import CanaryCheck, Schedule
from app.schedules import reading, service, starting, watching
from tests.support.fixtures import make_key
from tests.support.prompts import make_prompt

MORNINGS = "0 6 * * *"


@pytest.fixture
def schedule(bench):
    """`schedule(...)`: a watched one of a prompt with four examples."""
    made = make_prompt(bench.subject, templates=("Say {{ question }}",), model="openai:mock-gen")

    def make(**values: Any) -> UUID:
        caller = values.pop("caller", bench.subject)
        request = {"evaluators": ["exact"], **values.pop("request", {})}
        columns = {
            "name": "nightly",
            "cron": MORNINGS,
            "time_zone": "Europe/Berlin",
            "versions": [1],
            "watch": True,
            "enabled": True,
            **values,
        }
        with unit_of_work(bench.subject.workspace_id) as session:
            found = service.create(
                session, caller, prompt=made.prompt_id, values=columns | {"request": request}
            )
            return found.id

    bench.apart.sql("UPDATE schedules SET enabled = false")
    return make


def ripen(bench) -> None:
    bench.apart.sql(
        "UPDATE schedules SET next_run_at = clock_timestamp() - interval '3 days' WHERE enabled"
    )


def runs(bench, schedule_id: UUID) -> list[Any]:
    query = "SELECT * FROM schedule_runs WHERE schedule_id = :id ORDER BY id"
    return bench.apart.sql(query, id=schedule_id)


def events(bench, kind: str) -> list[Any]:
    query = "SELECT * FROM events WHERE kind = :kind AND workspace_id = :w ORDER BY id"
    return bench.apart.sql(query, kind=kind, w=bench.subject.workspace_id)


def run_once(bench, schedule_id: UUID) -> None:
    """One run to its end."""
    with unit_of_work(bench.subject.workspace_id) as session:
        service.run_now(session, bench.subject, schedule_id)
    bench.apart.work_off()


def test_what_is_due_runs_once(bench, schedule):
    """Three days that were missed are one run, however many sweepers look and messages come."""
    schedule_id = schedule()
    ripen(bench)
    starting.sweep()
    starting.sweep()
    bench.apart.sent.extend(list(bench.apart.sent))
    bench.apart.work_off()
    (run,) = runs(bench, schedule_id)
    experiment = bench.experiment(run.experiment_id)

    assert ("done", None) == (run.state, run.error)
    assert ("completed", "schedule", "schedule nightly") == (
        experiment.status,
        experiment.trigger,
        experiment.created_by,
    )
    assert experiment.options["cache"] is False
    (row,) = bench.apart.sql("SELECT next_run_at FROM schedules WHERE id = :id", id=schedule_id)
    assert row.next_run_at > now()


def test_the_key_that_asked_pays(bench, schedule):
    """Its budget holds for the runs as well, until a person or another key changes the schedule."""
    key = replace(bench.subject, kind=SubjectKind.key, id=new_id())
    schedule_id = schedule(caller=key)
    run_once(bench, schedule_id)
    with unit_of_work(bench.subject.workspace_id) as session:
        service.change(session, bench.subject, schedule_id, changes={"cron": "0 7 * * *"})
    run_once(bench, schedule_id)
    payers = [bench.experiment(run.experiment_id).api_key_id for run in runs(bench, schedule_id)]

    assert [key.id, None] == payers


@pytest.mark.parametrize(("scopes", "statuses"), [("write", (403, 403)), ("write,run", (201, 200))])
def test_who_makes_a_schedule_has_to_be_allowed_to_run(client_of, subject, scopes, statuses):
    """The clock would spend for a key that may not; the same goes for changing one."""
    made = make_prompt(subject)
    body = {"prompt_id": str(made.prompt_id), "name": "nightly", "cron": MORNINGS, "versions": [1]}
    asked = body | {"request": {"evaluators": ["exact"]}}
    admin = client_of(make_key(subject))
    client = client_of(make_key(subject, parse_scopes(scopes)))
    there = admin.post("/api/v1/schedules", json=asked | {"name": "there"}).json()["id"]
    created = client.post("/api/v1/schedules", json=asked)
    changed = client.patch(f"/api/v1/schedules/{there}", json={"cron": "0 7 * * *"})

    assert statuses == (created.status_code, changed.status_code), changed.text


def test_a_lost_message_is_sent_again(bench, schedule):
    """The row is the truth; the sweeper finds it."""
    schedule_id = schedule()
    ripen(bench)
    starting.sweep()
    bench.apart.sent.clear()
    bench.apart.sql("UPDATE schedule_runs SET next_send = clock_timestamp() - interval '1 hour'")
    starting.sweep()
    bench.apart.work_off()

    assert ["done"] == [run.state for run in runs(bench, schedule_id)]


def test_what_cannot_start_says_so_and_is_told(bench, schedule):
    """The golden examples are gone: the run has failed, with the reason, and the next is planned."""
    schedule_id = schedule()
    bench.apart.sql(
        "DELETE FROM golden_examples WHERE workspace_id = :w", w=bench.subject.workspace_id
    )
    ripen(bench)
    starting.sweep()
    bench.apart.work_off()
    (run,) = runs(bench, schedule_id)
    (told,) = events(bench, "schedule.failed")

    assert "failed" == run.state
    assert "an empty set proves nothing" in run.error
    assert run.error in told.title
    assert run.experiment_id is None


def test_a_time_zone_that_is_no_more_stops_one_schedule(bench, schedule):
    """It is told of, and read without upcoming times; those of others go on."""
    lost, other = schedule(name="lost"), schedule(name="other")
    bench.apart.sql("UPDATE schedules SET time_zone = 'Mars/Olympus' WHERE id = :id", id=lost)
    ripen(bench)
    starting.sweep()
    (told,) = events(bench, "schedule.failed")
    with unit_of_work(bench.subject.workspace_id) as session:
        found = [service.get(session, bench.subject, one) for one in (lost, other)]
        read = reading.schedules(session, found)

    assert "The schedule lost has stopped: there is no time zone 'Mars/Olympus'" in told.title
    assert [0, 3] == [len(one.upcoming) for one in read]
    assert read[0].next_run_at is None


def test_a_run_whose_workers_die_is_given_up(bench, schedule):
    """Its attempts are capped, and its end is told."""
    schedule_id = schedule()
    ripen(bench)
    starting.sweep()
    bench.apart.sent.clear()
    bench.apart.sql(
        "UPDATE schedule_runs SET state = 'running', attempts = 99,"
        " lease_until = clock_timestamp() - interval '1 minute'"
    )
    starting.sweep()

    assert ["failed"] == [run.state for run in runs(bench, schedule_id)]
    assert 1 == len(events(bench, "schedule.failed"))


def drifted(bench, schedule_id: UUID) -> None:
    """Eight runs that answer as expected, then some that do not."""
    expected = dict(
        bench.apart.sql(
            "SELECT 'Say ' || (input_data ->> 'question'), expected_output FROM golden_examples"
            " WHERE workspace_id = :w",
            w=bench.subject.workspace_id,
        )
    )
    bench.answers(lambda prompt: expected[prompt])
    for _ in range(9):
        run_once(bench, schedule_id)
    bench.answers(lambda _prompt: "Something else.")
    for _ in range(2):
        run_once(bench, schedule_id)


def test_drift_is_found_dated_named_and_told_once(bench, schedule):
    """A deterministic evaluator cannot have changed: it was the model, and one event says so."""
    schedule_id = schedule()
    drifted(bench, schedule_id)
    with unit_of_work(bench.subject.workspace_id) as session:
        found = session.get_one(Schedule, schedule_id)
        chart = reading.drift(session, found)
        (state,) = reading.schedules(session, [found])
    (told,) = events(bench, "drift.detected")

    assert ("alarm", "exact", 11) == (chart.state, chart.evaluator, len(chart.points))
    (alarm,) = chart.alarms
    assert ("cusum", "down", "model") == (alarm.test, alarm.direction, alarm.cause)
    assert chart.points[9].at == alarm.changed_at
    assert [("golden", -1.0, 4)] == [(one.of, one.difference, one.n) for one in chart.changes]
    assert "0.00 instead of 1.00" in alarm.sentence == told.title
    assert state.drift
    assert ("alarm", alarm.sentence, 11) == (
        state.drift.state,
        state.drift.sentence,
        state.drift.runs,
    )


def test_an_accepted_drift_is_learned_anew(bench, schedule):
    """The series begins again; what was told belongs to the one before."""
    schedule_id = schedule()
    drifted(bench, schedule_id)
    with unit_of_work(bench.subject.workspace_id) as session:
        service.learn_again(session, bench.subject, schedule_id)
    run_once(bench, schedule_id)
    with unit_of_work(bench.subject.workspace_id) as session:
        chart = reading.drift(session, session.get_one(Schedule, schedule_id))

    assert ("learning", 1, []) == (chart.state, len(chart.points), chart.alarms)


def test_a_new_example_starts_a_new_series(bench, schedule):
    """Other questions have another usual score: nothing is compared across them."""
    schedule_id = schedule(request={"golden": {"sample": 3}})
    run_once(bench, schedule_id)
    run_once(bench, schedule_id)
    with unit_of_work(bench.subject.workspace_id) as session:
        before = reading.drift(session, session.get_one(Schedule, schedule_id))
        changed = {"request": {"evaluators": ["exact"]}}
        service.change(session, bench.subject, schedule_id, changes=changed)
    run_once(bench, schedule_id)
    with unit_of_work(bench.subject.workspace_id) as session:
        after = reading.drift(session, session.get_one(Schedule, schedule_id))

    assert [2, 1] == [len(before.points), len(after.points)]


@pytest.mark.parametrize(
    ("rounds", "cause"), [([], "unknown"), ([False], "model"), ([False, True], "judge")]
)
def test_canaries_tell_a_changed_judge_from_a_changed_model(bench, schedule, rounds, cause):
    """Frozen outputs that are judged otherwise are the judge's doing."""
    schedule_id = schedule(request={"evaluators": ["correctness"]})
    run_once(bench, schedule_id)
    with system_unit_of_work() as session:
        found = session.get_one(Schedule, schedule_id)
        experiment = bench.experiment(runs(bench, schedule_id)[0].experiment_id)
        series = watching.Series(
            "key", 1, "m", experiment.evaluators[0], experiment.judge_model, []
        )
        for moved in rounds:
            session.add(
                CanaryCheck(
                    workspace_id=bench.subject.workspace_id,
                    evaluator="correctness",
                    evaluator_version="1",
                    judge_model=experiment.judge_model,
                    n=30,
                    unjudged=0,
                    agreed=30,
                    moved=moved,
                    report=[],
                )
            )
        session.flush()
        named, why = watching._cause(session, found, series, now())

    assert cause == named
    assert why


def test_what_was_not_looked_at_is_looked_at_later(bench, schedule):
    """A message that got lost after the roll-up delays the alarm, and loses none."""
    schedule_id = schedule()
    run_once(bench, schedule_id)
    bench.apart.sql("UPDATE schedule_runs SET watched_at = NULL")
    bench.apart.sql("UPDATE experiments SET updated_at = updated_at - interval '1 hour'")
    starting.sweep()
    bench.apart.work_off()
    (run,) = runs(bench, schedule_id)

    assert run.watched_at


def test_what_the_judge_moved_by_is_taken_off(bench, schedule):
    """Golden examples fell by as much as the canaries: nothing is left for the version."""
    schedule_id = schedule(request={"evaluators": ["correctness"]})
    run_once(bench, schedule_id)
    run_once(bench, schedule_id)
    first, second = (run.experiment_id for run in runs(bench, schedule_id))
    bench.apart.sql(
        "UPDATE results SET score = 1, state = 'scored' WHERE experiment_id = :id", id=first
    )
    bench.apart.sql(
        "UPDATE results SET score = 0.5, state = 'scored' WHERE experiment_id = :id", id=second
    )
    bench.apart.sql(
        "UPDATE experiments SET results = jsonb_set(results, '{0,n}', '4')"
        " WHERE id IN (:first, :second)",
        first=first,
        second=second,
    )
    bench.apart.sql(
        "UPDATE experiments SET results = jsonb_set(results, '{0,avg_score}', '0.5')"
        " WHERE id IN (:first, :second)",
        first=first,
        second=second,
    )
    report = [{"score": 0.5, "first_score": 1.0}] * 6
    with system_unit_of_work() as session:
        model = bench.experiment(first).judge_model
        check = {"evaluator": "correctness", "evaluator_version": "1", "judge_model": model}
        session.add(
            CanaryCheck(
                workspace_id=bench.subject.workspace_id,
                n=6,
                unjudged=0,
                agreed=0,
                moved=True,
                report=report,
                **check,
            )
        )
    with unit_of_work(bench.subject.workspace_id) as session:
        chart = reading.drift(session, session.get_one(Schedule, schedule_id))
    found = {one.of: one for one in chart.changes}

    assert (-0.5, -0.5, 0.0) == tuple(found[of].difference for of in ("golden", "canaries", "left"))
    assert found["left"].interval
    assert found["left"].interval[0] < 0 < found["left"].interval[1]
    assert [(0.5, 6, True)] == [(one.mean, one.n, one.moved) for one in chart.canaries]
