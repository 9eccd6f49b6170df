"""Which waiting shard a message starts: fair between workspaces, then between experiments."""

from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import pytest

from app.experiments import claims
from tests.support.bench import Bench
from tests.support.fixtures import make_subject, make_workspace


@pytest.fixture
def neighbour(bench, monkeypatch) -> Bench:
    """Another workspace of the same platform."""
    return Bench(bench.apart, make_subject(make_workspace()), monkeypatch)


def nudge(bench: Bench) -> UUID | None:
    """The experiment that the oldest message starts a shard of."""
    _, ids = bench.apart.sent.pop(0)
    taken = claims.take(UUID(ids["shard_id"]), "test")
    return taken and taken[0].experiment.id


def test_who_has_the_fewest_at_work_is_next(bench, neighbour):
    """A workspace with many messages before its neighbour's does not make the neighbour wait."""
    large = bench.start(40, concurrency=100)  # two loops: two messages
    small = bench.start(4)
    neighbours = neighbour.start(4)
    started = [nudge(bench) for _ in range(4)]

    assert [large, neighbours, small, large] == started


def test_a_workspace_that_is_paused_takes_no_turn(bench, neighbour):
    """Its shard has nothing running and would be next; the message starts one that may run."""
    large = bench.start(40, concurrency=100)
    paused = neighbour.start(4)
    bench.apart.sql("UPDATE experiments SET status = 'paused' WHERE id = :id", id=paused)
    started = [nudge(bench) for _ in range(2)]

    assert [large, large] == started


def test_messages_at_once_start_a_shard_each(bench, neighbour):
    """None waits for another, none is lost, and no shard is taken twice."""
    for one in (bench, neighbour):
        one.start(40, concurrency=100)
        one.start(4)
    messages = [UUID(ids["shard_id"]) for _, ids in bench.apart.sent]
    with ThreadPoolExecutor(6) as workers:
        taken = list(workers.map(lambda named: claims.take(named, "test"), messages))

    assert 6 == len({held.row.id for _, held in filter(None, taken)})
    assert claims.take(messages[0], "test") is None
