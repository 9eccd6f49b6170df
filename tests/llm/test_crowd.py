"""Experiments that share a provider's limits, from the first call to the last, in virtual time."""

import asyncio
from itertools import pairwise
from random import Random

import pytest

from app.llm.client import Completion, ModelError, Options, Usage
from app.llm.lane import Shared
from app.llm.leases import Terms
from app.llm.ledger import LocalLedger
from app.llm.limits import Gate, Governed, Limits
from app.llm.party import on_behalf_of
from tests.llm import virtual_time
from tests.llm.crowd import LINE, PROMPT, TERMS, Strict, now, works

SETTLED_S = 30.0


def two_workers(model: Strict, cases: int, terms: Terms = TERMS) -> float:
    async def run():
        ledger = LocalLedger(asyncio.get_running_loop().time)
        parts = (works(model, ledger, cases // 2, terms=terms) for _ in range(2))
        return max(await asyncio.gather(*parts))

    return virtual_time.run(run())


@pytest.mark.parametrize(
    ("limits", "cases", "a_minute"),
    [
        ({"model_concurrency": 16}, 5000, 16 / 0.23 * 60),
        ({"model_rpm": 600}, 1000, 600),
        ({"model_tpm": 60_000}, 1000, 600),
    ],
)
def test_a_limit_is_found_and_kept(limits, cases, a_minute):
    """Once settled at most 1 % of the calls are refused, and the provider is kept busy."""
    model = Strict(**limits)
    ended = two_workers(model, cases)
    a_second = model.answered(SETTLED_S, ended - 5) / (ended - 5 - SETTLED_S)

    assert model.refused_share(SETTLED_S) <= 0.01
    assert 0.7 * a_minute < 60 * a_second <= a_minute


def test_the_operator_may_say_what_the_provider_does_not():
    """Requests a minute from the settings, without a single header."""
    model = Strict(model_rpm=600, silent=True)
    two_workers(model, 1000, Terms(ceiling=256, rpm=600))

    assert 0 == model.refused_share(0)


def test_what_is_not_said_is_found_out():
    """No header and no setting: refusals and their Retry-After hold everybody."""
    model = Strict(model_rpm=600, silent=True)
    two_workers(model, 1400)

    assert model.refused_share(SETTLED_S) <= 0.02


def test_refusals_that_less_does_not_help_are_put_up_with():
    """A storm of 5 % costs its retries and the time to find out, not the speed."""
    calm, stormy = Strict(), Strict(noise=0.05)
    alone = two_workers(calm, 3000)

    assert two_workers(stormy, 3000) < 2 * alone


def test_calls_that_come_one_after_the_other_do_not_wait_for_the_next_beat():
    """A judge is asked when an answer is there: two workers' first sixty calls begin as they come."""
    model = Strict()

    async def run():
        ledger = LocalLedger(asyncio.get_running_loop().time)
        await asyncio.gather(*(works(model, ledger, 30, every_s=0.005) for _ in range(2)))

    virtual_time.run(run())

    assert model.calls[-1][0] < 0.3


def test_a_small_experiment_does_not_wait_for_a_large_one():
    """50 cases that come 20 s after 4,000 others have their half at once."""
    model = Strict(model_concurrency=16)

    async def late(ledger):
        await asyncio.sleep(20)
        return await works(model, ledger, 50, experiment="small", workspace="other") - 20

    async def run():
        ledger = LocalLedger(asyncio.get_running_loop().time)
        return await asyncio.gather(works(model, ledger, 4000), late(ledger))

    large, small = virtual_time.run(run())

    assert large > 50
    assert small < 4  # alone it would take 1 s on all 16 slots


def test_somebody_who_waits_does_not_wait_for_an_experiment():
    """A single call goes through at once, however full the line is."""
    model = Strict(model_rpm=600)

    async def single(ledger):
        limits = Limits(concurrency=256)
        asking = Governed(model, Gate("openai", limits, shared=Shared(ledger, LINE, TERMS)))
        waited = []
        for _ in range(20):
            await asyncio.sleep(2)
            begun = now()
            answer = await asking.complete(PROMPT, Options())
            waited.append(now() - begun - answer.latency_ms / 1000)
        return max(waited)

    async def run():
        ledger = LocalLedger(asyncio.get_running_loop().time)
        experiment = asyncio.ensure_future(works(model, ledger, 1000))
        longest = await single(ledger)
        is_running = not experiment.done()
        await experiment
        return longest, is_running

    longest, is_running = virtual_time.run(run())

    assert is_running
    assert longest < 0.01


def test_retry_after_is_everybodys():
    """A long wait asked of one process holds the other within a beat."""
    limited, other = Strict(noise=1.0), Strict()

    async def refused(ledger):
        limits = Limits(tries=1, stray_s=0.5)
        asking = Governed(limited, Gate("openai", limits, shared=Shared(ledger, LINE, TERMS)))
        await asyncio.sleep(3)
        with pytest.raises(ModelError, match="noise"):
            await asking.complete(PROMPT, Options())

    async def run():
        ledger = LocalLedger(asyncio.get_running_loop().time)
        await asyncio.gather(works(other, ledger, 3000), refused(ledger))

    virtual_time.run(run())
    begun = sorted(at for at, _ in other.calls)
    pauses = [later - sooner for sooner, later in pairwise(begun)]

    assert max(pauses) > 0.4


class FarLedger(LocalLedger):
    """Books that take a while to reach, as Redis does on a busy machine."""

    async def settle(self, *entry):
        await asyncio.sleep(0.2)
        return await super().settle(*entry)


def test_a_call_that_comes_while_its_lane_takes_leave_is_served():
    """Whenever it comes: also when another came and was over while the books were asked."""
    pauses = Random(1)

    async def run():
        ledger = FarLedger(asyncio.get_running_loop().time)
        model = Governed(Quick(), Gate("openai", shared=Shared(ledger, LINE, TERMS)))
        with on_behalf_of("workspace", "careful"):
            for _ in range(3000):
                async with asyncio.timeout(30):
                    await model.complete(PROMPT, Options())
                await asyncio.sleep(pauses.choice([0.11, pauses.uniform(0, 2)]))

    virtual_time.run(run())


class Quick:
    provider, model = "openai", "crowded"

    async def complete(self, _messages, _options):
        await asyncio.sleep(0.01)
        usage = Usage(tokens_in=1, tokens_out=1)
        return Completion(text="", usage=usage, model="m", latency_ms=10)
