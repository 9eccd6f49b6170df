"""A roll-up that cannot be done ends its experiment, with words; an outage is waited for."""

from uuid import UUID

import pytest
from sqlalchemy.exc import OperationalError

from app.core.celery_app import Task
from app.experiments import rollup, sweeping
from app.verdicts import service as verdicts
from tests.support.bench import Bench

PLAIN = "The results could not be rolled up: KeyError; the cases are kept."


@pytest.fixture
def broken(monkeypatch):
    """`broken(error)`: from here on every roll-up raises it; `broken(None)`: none does."""

    works = verdicts.collect

    def fail(error: Exception | None) -> None:
        def collect(*_of: object) -> None:
            raise error

        monkeypatch.setattr(verdicts, "collect", collect if error else works)

    return fail


def swept(bench: Bench, experiment_id: UUID) -> list[str]:
    """What the sweeper sends for an experiment nothing has happened to for an hour."""
    bench.apart.sent.clear()
    old = "UPDATE experiments SET updated_at = clock_timestamp() - interval '1 hour'"
    bench.apart.sql(f"{old} WHERE id = :id", id=experiment_id)
    sweeping.sweep()
    return [task for task, ids in bench.apart.sent if str(experiment_id) in ids.values()]


def told(bench: Bench, experiment_id: UUID) -> list[str]:
    query = "SELECT title FROM events WHERE object_id = :id ORDER BY id"
    return [title for (title,) in bench.apart.sql(query, id=experiment_id)]


def test_an_experiment_whose_results_cannot_be_rolled_up_has_failed(bench, broken):
    """It says why without what the error quotes, is told of, and is not tried for ever."""
    experiment_id = bench.start(4)
    broken(KeyError("what a customer wrote"))
    bench.apart.work_off()
    found = bench.experiment(experiment_id)

    assert "failed" == found.status
    assert found.error.startswith(PLAIN)
    assert "customer" not in found.error
    assert found.finished_at is not None
    assert {"scored": 4} == bench.states(experiment_id)
    assert [f"bench: {found.error}"] == told(bench, experiment_id)
    assert [] == swept(bench, experiment_id)


def test_a_failed_roll_up_is_done_again_by_a_retry(bench, broken):
    """After an upgrade: no case is asked for again, and nothing is left of the failure."""
    experiment_id = bench.start(4)
    broken(KeyError("x"))
    bench.apart.work_off()
    broken(None)
    asked = len(bench.model.asked)
    bench.steer("retry_failed", experiment_id)
    bench.apart.work_off()
    found = bench.experiment(experiment_id)

    assert ("completed", None) == (found.status, found.error)
    assert found.results
    assert asked == len(bench.model.asked)


def test_what_is_left_of_an_earlier_roll_up_is_not_shown(bench, broken):
    """Results of before a retry are not those of the cases that are there now."""
    experiment_id = bench.start(4)
    bench.apart.work_off()
    bench.apart.sql("UPDATE experiments SET status = 'rolling_up' WHERE id = :id", id=experiment_id)
    broken(KeyError("x"))
    rollup.roll_up(experiment_id)
    found = bench.experiment(experiment_id)

    assert ("failed", None, None) == (found.status, found.results, found.verdict)


def test_a_cancelled_one_stays_cancelled(bench, broken):
    """It is not rolled up again and again either."""
    experiment_id = bench.start(4)
    bench.steer("cancel", experiment_id)
    broken(KeyError("x"))
    bench.apart.work_off()
    found = bench.experiment(experiment_id)

    assert "cancelled" == found.status
    assert found.error.startswith(PLAIN)
    assert [] == swept(bench, experiment_id)


def test_an_outage_of_the_database_fails_no_experiment(bench, broken):
    """The task has failed, and the sweeper sends it again."""
    experiment_id = bench.start(4)
    broken(OperationalError("SELECT", {}, Exception("server closed the connection")))
    with pytest.raises(OperationalError):
        bench.apart.work_off()

    assert "rolling_up" == bench.experiment(experiment_id).status
    assert [Task.roll_up] == swept(bench, experiment_id)
