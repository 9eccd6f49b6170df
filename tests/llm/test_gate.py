"""What one call's fate means for the others on its credential: holds and the breaker."""

import asyncio

import pytest

from app.llm.breaker import CircuitOpen, Rules
from app.llm.client import ModelError, Options
from app.llm.limits import Gate, Governed, Limits
from tests.llm.scripted import PROMPT, Scripted, broken, governed


def test_a_long_retry_after_holds_everybody_on_the_credential():
    """Other models behind the same gate wait as well."""
    first = Scripted(broken("rate_limited", retry_after_s=0.2))
    second = Scripted()

    async def run():
        gate = Gate("openai", Limits(stray_s=0.1))
        one = asyncio.ensure_future(Governed(first, gate).complete(PROMPT, Options()))
        await asyncio.sleep(0.02)
        await Governed(second, gate).complete(PROMPT, Options())
        await one

    asyncio.run(run())

    assert second.calls[0] - first.calls[0] >= 0.2


def test_a_stray_429_holds_its_own_call_only():
    """One short wait among many calls costs the others nothing."""
    first = Scripted(broken("rate_limited", retry_after_s=0.3))
    second = Scripted()

    async def run():
        gate = Gate("openai", Limits())
        one = asyncio.ensure_future(Governed(first, gate).complete(PROMPT, Options()))
        await asyncio.sleep(0.02)
        await Governed(second, gate).complete(PROMPT, Options())
        await one

    asyncio.run(run())

    assert second.calls[0] < first.calls[1]


def test_many_short_429s_hold_everybody():
    """A quarter of the last calls: the key is at its limit."""
    limited = Scripted(*[broken("rate_limited", retry_after_s=0.3)] * 10)
    other = Scripted()

    async def run():
        gate = Gate("openai", Limits(tries=1))
        calls = (Governed(limited, gate).complete(PROMPT, Options()) for _ in range(10))
        await asyncio.gather(*calls, return_exceptions=True)
        await Governed(other, gate).complete(PROMPT, Options())

    asyncio.run(run())

    assert other.calls[0] - limited.calls[-1] >= 0.28


def test_a_hold_longer_than_the_caller_waits_is_an_error():
    """A reader is told at once that the key is limited for a minute."""
    model = Scripted(broken("rate_limited", retry_after_s=60.0))

    async def run():
        one = governed(model)
        for _ in range(2):
            with pytest.raises(ModelError) as caught:
                await one.complete(PROMPT, Options(timeout_s=5))
        return caught.value

    error = asyncio.run(run())

    assert ("rate_limited", 1) == (error.code, len(model.calls))
    assert 50 < error.retry_after_s <= 60


OFTEN = Limits(
    tries=1, breaker=Rules(window=4, least_calls=2, open_share=0.5, open_s=0.1), first_wait_s=0.001
)


async def fail(model: Governed, times: int) -> list[str]:
    kinds = []
    for _ in range(times):
        with pytest.raises(ModelError) as caught:
            await model.complete(PROMPT, Options())
        kinds.append(type(caught.value).__name__)
    return kinds


def test_the_breaker_opens_and_says_when_it_will_be_asked_again():
    """Once half of the last calls failed, no further call reaches the provider."""
    model = Scripted(*[broken()] * 9)

    async def run():
        return await fail(governed(model, OFTEN), 4)

    kinds = asyncio.run(run())

    assert ["ModelError", "ModelError", "CircuitOpen", "CircuitOpen"] == kinds
    assert 2 == len(model.calls)


def test_an_open_breaker_is_unavailable_and_not_waited_for():
    """The caller decides: a reader gives up, a job gives its work back."""
    model = Scripted(*[broken()] * 9)

    async def run():
        one = governed(model, OFTEN)
        await fail(one, 2)
        with pytest.raises(CircuitOpen) as caught:
            await one.complete(PROMPT, Options())
        return caught.value

    error = asyncio.run(run())

    assert ("unavailable", True) == (error.code, error.retryable)
    assert error.retry_after_s > 0


def test_one_probe_closes_the_breaker_again():
    """Half open, one call goes through while the others are still refused."""
    model = Scripted(broken(), broken(), takes_s=0.02)

    async def run():
        one = governed(model, OFTEN)
        await fail(one, 2)
        await asyncio.sleep(0.12)
        calls = (one.complete(PROMPT, Options()) for _ in range(3))
        probed = await asyncio.gather(*calls, return_exceptions=True)
        return probed, await one.complete(PROMPT, Options())

    probed, after = asyncio.run(run())

    assert ["Completion", "CircuitOpen", "CircuitOpen"] == [type(p).__name__ for p in probed]
    assert "hello" == after.text


def test_a_failed_probe_keeps_the_breaker_open():
    """The provider is left alone for another while."""
    model = Scripted(*[broken()] * 9)

    async def run():
        one = governed(model, OFTEN)
        await fail(one, 2)
        await asyncio.sleep(0.12)
        return await fail(one, 2)

    assert ["ModelError", "CircuitOpen"] == asyncio.run(run())


def test_a_cancelled_probe_decides_nothing():
    """The next call is the probe instead."""
    model = Scripted(broken(), broken(), takes_s=0.05)

    async def run():
        one = governed(model, OFTEN)
        await fail(one, 2)
        await asyncio.sleep(0.12)
        probe = asyncio.ensure_future(one.complete(PROMPT, Options()))
        await asyncio.sleep(0.01)
        probe.cancel()
        await asyncio.gather(probe, return_exceptions=True)
        return await one.complete(PROMPT, Options())

    assert "hello" == asyncio.run(run()).text


def test_our_own_mistakes_do_not_open_the_breaker():
    """A bad prompt says nothing about the provider."""
    model = Scripted(*[broken("invalid_request")] * 5)

    async def run():
        one = governed(model, OFTEN)
        kinds = await fail(one, 5)
        return kinds, await one.complete(PROMPT, Options())

    kinds, completion = asyncio.run(run())

    assert ["ModelError"] * 5 == kinds
    assert "hello" == completion.text
