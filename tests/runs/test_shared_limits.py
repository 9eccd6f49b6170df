"""The books of a line in a real Valkey: shared by processes, forgotten, away, contended."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

import pytest
from pydantic import SecretStr

from app.core import redis
from app.core.clock import new_id
from app.core.config import get_settings
from app.llm.client import Message, Options
from app.llm.credentials import credentials
from app.llm.leases import Line, Report, Terms
from app.llm.party import on_behalf_of
from app.llm.quota import Quota, Stated
from app.runs import providers, shared_limits
from app.runs.shared_limits import SharedLedger

TERMS = Terms(ceiling=90, rpm=600)


@pytest.fixture
def line() -> Line:
    return Line("openai", "model", new_id().hex)


def settle(ledger: SharedLedger, line: Line, member: str, **more):
    told = {"workspace": "w", "experiment": member, "want": 100, **more}
    return asyncio.run(ledger.settle(line, Report(member=member, **told), TERMS))


def test_two_processes_share_what_there_is(line):
    """Each has its part after a few reports, and together they have no more than all."""
    here, there = SharedLedger(), SharedLedger()
    first = settle(here, line, "a")
    for _ in range(3):
        leases = settle(here, line, "a", hungry=True), settle(there, line, "b", hungry=True)

    assert first.slots > 70
    assert {first.slots // 2, first.slots - first.slots // 2} == {one.slots for one in leases}
    assert sum(one.requests_per_s for one in leases) == pytest.approx(9.3)


def test_a_hold_reaches_the_other_process(line):
    """What one was told by the provider all keep to."""
    settle(SharedLedger(), line, "a", hold_s=30.0)

    assert 25 < settle(SharedLedger(), line, "b").hold_s <= 30


def test_reports_at_the_same_moment_are_all_entered(line):
    """Whoever wrote later reads again."""
    with ThreadPoolExecutor(6) as threads:
        report = [Report(member=str(n), experiment=str(n), workspace="w") for n in range(6)]
        list(threads.map(lambda one: shared_limits._settle(line, one, TERMS), report))
    _, written = shared_limits._read(f"llmops-lines:openai:{line.fingerprint}", "model")

    assert {str(n) for n in range(6)} == set(shared_limits._book(written).members)


def test_without_redis_each_process_takes_a_fixed_part(line, monkeypatch):
    """A quarter of what the operator allows, of calls in flight and of the pace."""
    address = SecretStr("redis://127.0.0.1:9/0")
    monkeypatch.setattr(get_settings(), "redis_url", address)
    redis._client.cache_clear()
    lease = settle(SharedLedger(), line, "a")
    is_known = redis.outage.lasts
    states = shared_limits.standings("openai", line.fingerprint)
    redis._client.cache_clear()

    assert is_known
    assert 20 <= lease.slots <= 22
    assert lease.requests_per_s == pytest.approx(9.3 / 4)
    assert {} == states


def test_books_of_another_release_are_begun_anew(line):
    """What cannot be read is not an error."""
    redis.client().hset(f"llmops-lines:openai:{line.fingerprint}", "model", b'{"at": "noon"}')

    assert settle(SharedLedger(), line, "a").slots > 70


def test_what_is_known_of_a_line_can_be_shown(line):
    """For the page of providers: its room, its hold and what the provider states."""
    quota = Quota(requests=Stated(per_minute=500, left=400))
    lease = settle(SharedLedger(), line, "a", in_flight=7, hold_s=20.0, quota=quota)
    standing = shared_limits.standings("openai", line.fingerprint)["model"]

    assert (lease.slots, 7) == (standing.concurrency, standing.in_flight)
    assert 15 < standing.held_s <= 20
    assert (500, None) == (standing.requests_per_minute, standing.tokens_per_minute)


def test_a_fingerprint_tells_keys_apart_and_tells_no_key(monkeypatch):
    """Another key or another address is another line."""
    settings = get_settings()
    seen = set()
    for key, url in (("one", None), ("two", None), ("two", "http://127.0.0.1:9/v1")):
        monkeypatch.setattr(settings, "openai_api_key", SecretStr(key))
        monkeypatch.setattr(settings, "openai_base_url", url)
        seen.add(credentials(settings)["openai"].fingerprint)

    assert 3 == len(seen)
    assert all(len(one) == 16 for one in seen)


def test_experiments_and_single_runs_meet_on_one_line(provider, monkeypatch):
    """The models of a process report to the shared books."""
    monkeypatch.setattr(get_settings(), "openai_base_url", f"{provider.url}/v1")
    monkeypatch.setattr(get_settings(), "openai_api_key", SecretStr(new_id().hex))
    providers._registry.cache_clear()
    registry = providers.registry()
    fingerprint = credentials(get_settings())["openai"].fingerprint

    async def ask():
        model = registry.get("openai:mock-gen")
        with on_behalf_of("w", "e"):
            await model.complete([Message(role="user", content="hello")], Options())
        await asyncio.sleep(0.2)  # the second report: the first reply's headers are news
        await registry.aclose()

    asyncio.run(ask())
    providers._registry.cache_clear()
    standing = shared_limits.standings("openai", fingerprint)["mock-gen"]

    assert standing.concurrency > 100
    assert 10_000_000 == standing.requests_per_minute
