"""Jobs leave when their transaction has committed, and die with it."""

from contextlib import suppress
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.core.clock import new_id
from app.core.database import system_unit_of_work, unit_of_work
from app.core.queue import enqueue

TASK = "tasks.run_prompt"


class Boom(Exception):
    pass


def names(apart) -> list[str]:
    """The ids that left, in their order."""
    return [ids["run_id"] for _, ids in apart.sent]


@pytest.fixture
def a() -> UUID:
    return new_id()


@pytest.fixture
def b() -> UUID:
    return new_id()


def test_a_job_leaves_with_the_commit_and_not_before(apart, a):
    """What is enqueued is sent once, by name and ids as text, when its row can be read."""
    with unit_of_work() as session:
        enqueue(session, TASK, run_id=a)
        session.flush()
        before = list(apart.sent)

    assert [] == before
    assert [(TASK, {"run_id": str(a)})] == apart.sent


def test_jobs_leave_in_the_order_they_were_asked_for(apart, a, b):
    """A queue that reorders would start the roll-up before its shards."""
    with unit_of_work() as session:
        enqueue(session, TASK, run_id=a)
        enqueue(session, TASK, run_id=b)

    assert [str(a), str(b)] == names(apart)


def test_an_exception_takes_the_jobs_with_it(apart, a):
    """A run that was never stored is never executed."""
    with suppress(Boom), unit_of_work() as session:
        enqueue(session, TASK, run_id=a)
        raise Boom

    assert [] == apart.sent


def test_a_rollback_takes_the_jobs_with_it(apart, a, b):
    """After a rollback the same session may be used again and sends only what came later."""
    with Session(apart.engine()) as session:
        session.execute(text("SELECT 1"))
        enqueue(session, TASK, run_id=a)
        session.rollback()
        enqueue(session, TASK, run_id=b)
        session.commit()
        session.commit()

    assert [str(b)] == names(apart)


def test_a_rolled_back_savepoint_drops_its_own_jobs_only(apart, a, b):
    """What stands around a failed part still happens."""
    with unit_of_work() as session:
        enqueue(session, TASK, run_id=a)
        with suppress(Boom), session.begin_nested():
            enqueue(session, TASK, run_id=b)
            raise Boom

    assert [str(a)] == names(apart)


def test_a_released_savepoint_sends_nothing_early(apart, a, b):
    """A savepoint's release is no commit: the transaction around it may still fail."""
    with unit_of_work() as session:
        with session.begin_nested():
            enqueue(session, TASK, run_id=a)
        after_release = list(apart.sent)
        enqueue(session, TASK, run_id=b)

    assert [] == after_release
    assert [str(a), str(b)] == names(apart)


def test_a_released_savepoint_dies_with_the_transaction(apart, a):
    """Released into a transaction that fails, its jobs fail too."""
    with suppress(Boom), unit_of_work() as session:
        with session.begin_nested():
            enqueue(session, TASK, run_id=a)
        raise Boom

    assert [] == apart.sent


def test_an_outer_savepoint_takes_a_released_inner_one_with_it(apart, a, b):
    """Savepoints nest: the outer one's rollback reaches what the inner one released."""
    outermost = new_id()
    with unit_of_work() as session:
        enqueue(session, TASK, run_id=outermost)
        with suppress(Boom), session.begin_nested():
            enqueue(session, TASK, run_id=a)
            with session.begin_nested():
                enqueue(session, TASK, run_id=b)
            raise Boom

    assert [str(outermost)] == names(apart)


def test_two_sessions_do_not_mix(apart, a, b):
    """One request's rollback does not take another's jobs, nor does its commit send them."""
    with suppress(Boom), unit_of_work() as lost:
        enqueue(lost, TASK, run_id=a)
        with system_unit_of_work() as kept:
            enqueue(kept, TASK, run_id=b)
        meanwhile = names(apart)
        raise Boom

    assert [str(b)] == meanwhile
    assert [str(b)] == names(apart)


def test_a_session_keeps_no_marks_of_ended_savepoints(apart, a):
    """A long transaction with many savepoints holds on to none of them."""
    with unit_of_work() as session:
        for _ in range(3):
            with session.begin_nested():
                enqueue(session, TASK, run_id=a)
        marks = dict(session.info["job_marks"])

    assert {} == marks
    assert 3 == len(apart.sent)
