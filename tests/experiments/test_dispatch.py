"""Who may run now, who ends an experiment, and that no two of them wait for each other."""

from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from threading import Event
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.core import lease
from app.core.celery_app import Task
from app.core.clock import new_id
from app.core.config import get_settings
from app.core.database import system_unit_of_work, unit_of_work
from app.experiments import claims, dispatch, results, rollup, service, sweeping
from app.experiments.results import SHARDS, Finished
from app.experiments.service import ExperimentEnded, StillRunning
from app.models import CaseState, Experiment, Shard
from app.runs.case import Outcome
from tests.support.bench import Bench

LOST = Outcome(state=CaseState.worker_lost)


def in_a_hurry(session: Session) -> None:
    """Waiting for a lock becomes an error instead of a test that hangs."""
    session.execute(text("SET LOCAL lock_timeout = '2s'"))


def hold(bench: Bench, shard_id: UUID) -> tuple[claims.Campaign, claims.Held]:
    taken = claims.take(shard_id, "test")
    assert taken is not None
    return taken


def finish(campaign: claims.Campaign, held: claims.Held) -> None:
    """Writes every case of the shard, as the loop does with its last batch."""
    done = [Finished(ask.address, LOST) for ask in held.asks]
    versions = [arm.version_id for arm in campaign.arms]
    results.store(held.row, campaign.experiment, versions, done)


def sent(bench: Bench, task: Task) -> list[dict[str, str]]:
    return [ids for name, ids in bench.apart.sent if name == task]


def test_few_messages_however_many_shards(bench):
    """A hundred shards do not put a hundred messages into Redis: one for each loop."""
    one_loop = bench.start(40, concurrency=16)
    two_loops = bench.start(40, concurrency=100)

    assert 1 + 2 == len(sent(bench, Task.run_shard))
    assert 9 == sum(row.next_send is None for row in bench.shards(one_loop))
    assert 8 == sum(row.next_send is None for row in bench.shards(two_loops))


def test_a_loop_that_leaves_sends_a_successor(bench):
    """What it did not do is given to the next, and only as often as there are loops."""
    experiment_id = bench.start(12)
    campaign, held = hold(bench, bench.shards(experiment_id)[0].id)
    bench.apart.sent.clear()
    claims.leave(campaign, [held])

    assert 1 == len(sent(bench, Task.run_shard))


def test_finishing_does_not_wait_for_a_batch_that_is_being_written(bench):
    """The last write of one shard beside any write of another: neither waits, so none deadlocks."""
    experiment_id = bench.start(8)
    first, second = (row.id for row in bench.shards(experiment_id))
    campaign, held = hold(bench, first)
    with ThreadPoolExecutor(1) as loop, system_unit_of_work() as writing:
        writing.execute(  # a batch of the second shard, not committed: its foreign key holds a row
            text(
                "INSERT INTO results (workspace_id, experiment_id, case_no, shard_id, arm,"
                " position, repeat, state) SELECT workspace_id, experiment_id, 7, id, 0, 7, 0,"
                " 'worker_lost' FROM shards WHERE id = :id"
            ),
            {"id": second},
        )
        loop.submit(finish, campaign, held).result(5)
        with system_unit_of_work() as closing:
            in_a_hurry(closing)
            dispatch.close_if_done(closing, experiment_id)

    assert "completed" == bench.shards(experiment_id)[0].state


def test_two_last_shards_at_once_send_one_roll_up(bench):
    """Neither sees the other as open and leaves it to the other; nor do both send."""
    for _ in range(5):
        experiment_id = bench.start(8)
        held = [hold(bench, row.id) for row in bench.shards(experiment_id)]
        bench.apart.sent.clear()
        with ThreadPoolExecutor(2) as loops:
            list(loops.map(lambda taken: finish(*taken), held))

        assert [{"experiment_id": str(experiment_id)}] == sent(bench, Task.roll_up)
        assert "rolling_up" == bench.experiment(experiment_id).status


def test_leases_are_renewed_in_the_order_in_which_a_cancel_takes_them(bench):
    """Two that lock the same shards lock them by number: otherwise each might wait for the other."""
    experiment_id = bench.start(8)
    taken = [hold(bench, row.id) for row in bench.shards(experiment_id)]
    first, second = (held for _, held in taken)
    with ThreadPoolExecutor(1) as loop, system_unit_of_work() as cancelling:
        lease.lock(cancelling, SHARDS, first.row.id, first.row.fence)
        renewing = loop.submit(claims.renew, [second, first], bench.subject.workspace_id)
        with suppress(TimeoutError):
            renewing.result(0.3)  # it has locked what it can and waits for the rest
        in_a_hurry(cancelling)
        locked = lease.lock(cancelling, SHARDS, second.row.id, second.row.fence)
        cancelling.commit()

        assert locked
        assert [] == renewing.result(10)


def test_resuming_while_a_loop_leaves_wakes_somebody(bench):
    """The resume counts the shard as running, the loop thinks it is paused: nobody would be sent."""
    experiment_id = bench.start(4)
    campaign, held = hold(bench, bench.shards(experiment_id)[0].id)
    bench.steer("pause", experiment_id)
    bench.apart.sent.clear()
    with ThreadPoolExecutor(1) as loop:
        with unit_of_work(bench.subject.workspace_id) as session:
            service.resume(session, bench.subject, experiment_id)
            leaving = loop.submit(claims.leave, campaign, [held])
            with suppress(TimeoutError):
                leaving.result(0.3)  # it waits for the resume, or has wrongly not
        leaving.result(10)

    assert 1 == len(sent(bench, Task.run_shard))


def blocked_by(bench: Bench, first: str, second: str, experiment_id: UUID) -> Future[None]:
    """`second` is asked for while `first` has done its work and not yet committed."""
    started = Event()

    def later() -> None:
        started.set()
        bench.steer(second, experiment_id)

    with ThreadPoolExecutor(1) as other, unit_of_work(bench.subject.workspace_id) as session:
        getattr(service, first)(session, bench.subject, experiment_id)
        asked = other.submit(later)
        started.wait(5)
        with suppress(TimeoutError, ExperimentEnded):
            asked.result(0.3)
    return asked


@pytest.mark.parametrize("act", ["pause", "resume", "cancel"])
def test_a_cancel_stands_whatever_is_asked_meanwhile(bench, act):
    """A decision made on what was true before must not undo a cancel that came first."""
    experiment_id = bench.start(4)
    if act == "resume":
        bench.steer("pause", experiment_id)
    refused = blocked_by(bench, "cancel", act, experiment_id).exception(10)

    assert isinstance(refused, ExperimentEnded)
    assert "cancelled" == bench.experiment(experiment_id).status
    assert {"cancelled": 4} == bench.states(experiment_id)


def test_an_experiment_that_ended_while_paused_is_rolled_up_on_resume(bench):
    """Its last cases were in flight when it was paused; nobody else would notice that it is done."""
    experiment_id = bench.start(4)
    campaign, held = hold(bench, bench.shards(experiment_id)[0].id)
    bench.steer("pause", experiment_id)
    finish(campaign, held)
    bench.steer("resume", experiment_id)
    bench.apart.work_off()

    assert "completed_with_errors" == bench.experiment(experiment_id).status


def test_a_running_experiment_is_not_resumed_twice(bench):
    """Resuming what runs changes nothing and sends nothing."""
    experiment_id = bench.start(4)
    before = bench.apart.sent[:]
    bench.steer("resume", experiment_id)

    assert before == bench.apart.sent


def test_what_is_paused_before_its_first_case_starts_with_it(bench):
    """No start while nothing was asked; with the first claim after it is resumed there is one."""
    experiment_id = bench.start(4)
    bench.steer("pause", experiment_id)
    bench.steer("resume", experiment_id)
    before = bench.experiment(experiment_id).started_at
    bench.apart.work_off()
    ended = bench.experiment(experiment_id)

    assert before is None
    assert ended.created_at < ended.started_at < ended.finished_at


def test_a_paused_experiment_gives_no_shard_away(bench):
    """Neither by message nor to a loop that looks for its next one."""
    experiment_id = bench.start(8)
    first, second = bench.shards(experiment_id)
    campaign, _ = hold(bench, first.id)
    bench.steer("pause", experiment_id)

    assert claims.take_next(campaign, "test") is None
    assert claims.take(second.id, "test") is None
    assert ("pending", 0) == (
        bench.shards(experiment_id)[1].state,
        bench.shards(experiment_id)[1].attempts,
    )


def test_what_has_ended_cannot_be_steered(bench):
    """Each act names the state it was refused in."""
    experiment_id = bench.start(4)
    with pytest.raises(StillRunning, match="pending"):
        bench.steer("retry_failed", experiment_id)
    bench.apart.work_off()
    for act in ("pause", "resume", "cancel"):
        with pytest.raises(ExperimentEnded, match="completed"):
            bench.steer(act, experiment_id)
    with pytest.raises(service.NothingToRetry):
        bench.steer("retry_failed", experiment_id)


# --- the sweeper ---


def age(bench: Bench, experiment_id: UUID) -> None:
    """Nothing has happened for an hour."""
    bench.expire(experiment_id)
    bench.apart.sql(
        "UPDATE experiments SET updated_at = clock_timestamp() - interval '1 hour' WHERE id = :id",
        id=experiment_id,
    )


def test_a_lost_message_is_sent_again(bench):
    """FLUSHALL between commit and worker: the row is still there, and the sweeper knows it."""
    experiment_id = bench.start(4)
    bench.apart.sent.clear()
    bench.expire(experiment_id)
    sweeping.sweep()
    bench.apart.work_off()

    assert {"scored": 4} == bench.states(experiment_id)


def test_a_job_that_was_just_sent_is_left_alone(bench):
    """The sweeper repairs; it does not flood a queue that is merely long."""
    bench.start(4)
    bench.apart.sent.clear()
    touched = sweeping.sweep()

    assert 0 == touched
    assert [] == bench.apart.sent


def test_waiting_jobs_are_sent_again_less_and_less_often(bench):
    """Back-off: the pause doubles with every message sent for nothing, to ten minutes at most."""
    experiment_id = bench.start(4)
    pauses = []
    for _ in range(8):
        bench.expire(experiment_id)
        sweeping.sweep()
        query = "SELECT extract(epoch FROM next_send - clock_timestamp()) AS s FROM shards"
        found = bench.apart.sql(f"{query} WHERE experiment_id = :id", id=experiment_id)
        pauses.append(round(float(found[0].s)))
    first = get_settings().resend_seconds

    assert [min(600, first * 2 ** min(n, 5)) for n in range(8)] == pauses


def test_a_shard_that_used_up_its_attempts_is_buried(bench):
    """Its open cases end as worker_lost, the experiment ends, and the states add up."""
    experiment_id = bench.start(8)
    doomed = bench.shards(experiment_id)[0].id
    for _ in range(get_settings().max_attempts):
        hold(bench, doomed)
        bench.expire(experiment_id)
    sweeping.sweep()
    bench.apart.work_off()

    assert {"worker_lost": 4, "scored": 4} == bench.states(experiment_id)
    assert "failed" == bench.shards(experiment_id)[0].state
    assert "completed_with_errors" == bench.experiment(experiment_id).status


def test_an_experiment_whose_roll_up_was_lost_is_found(bench):
    """All shards are final and nobody rolls up: the sweeper asks again, and not every second."""
    experiment_id = bench.start(4)
    finish(*hold(bench, bench.shards(experiment_id)[0].id))
    bench.apart.sent.clear()
    age(bench, experiment_id)
    sweeping.sweep()
    sweeping.sweep()

    assert [{"experiment_id": str(experiment_id)}] == sent(bench, Task.roll_up)


def test_a_cancelled_experiment_whose_roll_up_was_lost_is_found(bench):
    """A cancelled experiment shows what it has; a lost message must not take that away."""
    experiment_id = bench.start(4)
    bench.steer("cancel", experiment_id)
    bench.apart.sent.clear()
    age(bench, experiment_id)
    sweeping.sweep()
    bench.apart.work_off()

    assert "cancelled" == bench.experiment(experiment_id).status
    assert bench.experiment(experiment_id).results


def test_held_shards_nobody_will_send_are_woken(bench):
    """A loop died between its last shard and its successor: the rest would be held for ever."""
    experiment_id = bench.start(8)
    bench.apart.sql(
        "UPDATE shards SET next_send = NULL WHERE experiment_id = :id", id=experiment_id
    )
    bench.apart.sent.clear()
    age(bench, experiment_id)
    sweeping.sweep()
    bench.apart.work_off()

    assert {"scored": 8} == bench.states(experiment_id)


def test_a_roll_up_delivered_twice_changes_nothing(bench):
    """I7: computed from the stored results alone, written once."""
    experiment_id = bench.start(4)
    bench.apart.work_off()
    before = bench.experiment(experiment_id)
    rollup.roll_up(experiment_id)
    rollup.roll_up(new_id())

    assert before == bench.experiment(experiment_id)


def test_the_same_outputs_give_the_same_numbers(bench):
    """I7: rolled up again from nothing but the results, every digit is the same."""
    experiment_id = bench.start(6, templates=("Case {{ number }}", "{{ question }} {{ number }}"))
    bench.apart.work_off()
    before = bench.experiment(experiment_id)
    bench.apart.sql(
        "UPDATE experiments SET status = 'rolling_up', results = NULL, comparisons = NULL"
        " WHERE id = :id",
        id=experiment_id,
    )
    rollup.roll_up(experiment_id)
    again = bench.experiment(experiment_id)

    assert (before.results, before.comparisons) == (again.results, again.comparisons)


def test_filling_ends_only_cases_without_a_result(bench):
    """What has a result keeps it, in one shard or in all."""
    experiment_id = bench.start(8)
    first, second = bench.shards(experiment_id)
    campaign, held = hold(bench, first.id)
    versions = [arm.version_id for arm in campaign.arms]
    stored = Outcome(state=CaseState.provider_error, error="away")
    results.store(held.row, campaign.experiment, versions, [Finished(held.asks[0].address, stored)])
    with system_unit_of_work() as session:
        experiment = session.get_one(Experiment, experiment_id)
        whole = session.get_one(Shard, second.id)
        filled = [
            dispatch.fill_missing(session, experiment, CaseState.worker_lost, whole),
            dispatch.fill_missing(session, experiment, CaseState.budget_skipped),
            dispatch.fill_missing(session, experiment, CaseState.cancelled),
        ]

    assert [4, 3, 0] == filled
    assert {"provider_error": 1, "worker_lost": 4, "budget_skipped": 3} == bench.states(
        experiment_id
    )
    assert _addresses(bench, experiment_id) == [(number, 0, number, 0) for number in range(8)]


def test_cases_are_numbered_with_neighbours_of_the_same_example(bench):
    """A stopped experiment still has pairs: versions of one example stand side by side."""
    experiment_id = bench.start(2, templates=("A {{ number }}", "B {{ number }}"), repeats=2)
    bench.steer("cancel", experiment_id)

    assert _addresses(bench, experiment_id) == [
        (0, 0, 0, 0),
        (1, 1, 0, 0),
        (2, 0, 0, 1),
        (3, 1, 0, 1),
        (4, 0, 1, 0),
        (5, 1, 1, 0),
        (6, 0, 1, 1),
        (7, 1, 1, 1),
    ]


def _addresses(bench: Bench, experiment_id: UUID) -> list[Any]:
    rows = bench.results(experiment_id)
    return [(row.case_no, row.arm, row.position, row.repeat) for row in rows]
