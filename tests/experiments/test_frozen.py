"""A process that is frozen for longer than its lease: nothing that waited for its turn is sent."""

import asyncio
import time
from collections.abc import Iterator
from uuid import UUID

import pytest

from app.core.config import get_settings
from app.experiments import shard, sweeping
from app.llm.client import LanguageModel
from app.llm.limits import Limits
from app.llm.registry import Registry
from app.runs import providers
from scripts.mock_provider.launch import MockProvider
from tests.llm.calling import credential

FREEZE_S = 1.6


class Freezing:
    """The mock provider, one call at a time; the first one finds its process frozen while it runs.

    The heartbeat would notice, but is slow: who is sent depends on the calls' own check.
    """

    def __init__(self, mock: MockProvider) -> None:
        openai = credential("openai", mock.url)
        self.registry = Registry({"openai": openai}, Limits(concurrency=1))
        self._mock = mock
        self._freezing: asyncio.Task[None] | None = None

    def __call__(self, reference: str) -> LanguageModel:
        if self._freezing is None:
            self._freezing = asyncio.create_task(self._freeze())
        return self.registry.get(reference)

    async def _freeze(self) -> None:
        while not (await asyncio.to_thread(self._mock.stats))["inflight"]:  # noqa: ASYNC110 - another process tells
            await asyncio.sleep(0.01)
        time.sleep(FREEZE_S)  # noqa: ASYNC251 - all of the process stands still


@pytest.fixture
def freezing(bench, provider, monkeypatch) -> Iterator[None]:
    """Leases that end during the freeze, and a heartbeat that comes after it."""
    made = Freezing(provider)
    provider.configure(latency=0.5)
    monkeypatch.setattr(shard, "get_model", made)
    monkeypatch.setattr(shard, "TICK_S", 4.0)
    monkeypatch.setattr(get_settings(), "heartbeat_seconds", 4.0)
    monkeypatch.setattr(get_settings(), "lease_seconds", 2.0)
    yield
    providers.run_async(made.registry.aclose)


def test_calls_that_waited_for_their_turn_are_not_sent(bench, provider, freezing, monkeypatch):
    """I3: one of four was in flight; the others are left to whoever has the shard afterwards."""
    experiment_id = bench.start(4)
    _, ids = bench.apart.sent.pop()
    shard.work(UUID(ids["shard_id"]))
    sent = provider.stats()["exactly_once"]["calls"]
    monkeypatch.setattr(shard, "TICK_S", 0.02)
    monkeypatch.setattr(get_settings(), "heartbeat_seconds", 0.1)
    monkeypatch.setattr(get_settings(), "lease_seconds", 20.0)
    provider.configure(latency=0.0)
    bench.expire(experiment_id)
    sweeping.sweep()
    bench.apart.work_off()
    books = provider.stats()["exactly_once"]

    assert 1 == sent
    assert {"scored": 4} == bench.states(experiment_id)
    assert (4, 0) == (books["calls"], books["paid_twice"])
