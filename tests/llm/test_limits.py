import asyncio
from collections.abc import AsyncIterator, Sequence

import pytest

from app.llm.breaker import CircuitOpen, Rules
from app.llm.client import Chunk, Completion, Message, ModelError, Options, Usage
from app.llm.limits import Gate, Governed, Limits, pause_after

QUICK = Limits(first_wait_s=0.001, deadline_s=5)
PROMPT = [Message(role="user", content="hello")]


def broken(code="unavailable", **details) -> ModelError:
    return ModelError(code, "It is down; try again.", provider="openai", **details)


class Scripted:
    """A model that goes through a list: an error is raised, None answered; then it answers."""

    provider = "openai"
    model = "scripted"

    def __init__(self, *script: ModelError | None, takes_s: float = 0.0) -> None:
        self.script = list(script)
        self.takes_s = takes_s
        self.calls: list[float] = []
        self.timeouts: list[float] = []
        self.in_flight = 0
        self.most_in_flight = 0

    async def complete(self, _messages: Sequence[Message], options: Options) -> Completion:
        self.calls.append(asyncio.get_running_loop().time())
        self.timeouts.append(options.timeout_s)
        self.in_flight += 1
        self.most_in_flight = max(self.most_in_flight, self.in_flight)
        try:
            await asyncio.sleep(self.takes_s)
            error = self.script.pop(0) if self.script else None
            if error is not None:
                raise error
        finally:
            self.in_flight -= 1
        usage = Usage(tokens_in=1, tokens_out=1)
        return Completion(text="hello", usage=usage, model="scripted", latency_ms=1.0)

    async def stream(self, messages: Sequence[Message], options: Options) -> AsyncIterator[Chunk]:
        completion = await self.complete(messages, options)
        yield Chunk(text="hel")
        if self.script and self.script[0] is not None:
            raise self.script.pop(0)
        yield Chunk(text="lo")
        yield Chunk(completion=completion)


def governed(model: Scripted, limits: Limits = QUICK) -> Governed:
    return Governed(model, Gate("openai", limits))


def ask(model: Scripted, limits: Limits = QUICK, options: Options | None = None) -> Completion:
    async def run():
        return await governed(model, limits).complete(PROMPT, options or Options())

    return asyncio.run(run())


@pytest.mark.parametrize(
    "code", ["rate_limited", "timeout", "unavailable", "malformed_reply", "interrupted"]
)
def test_a_passing_failure_is_tried_again(code):
    """The completion says how many tries it took."""
    completion = ask(Scripted(broken(code), broken(code)))

    assert ("hello", 3) == (completion.text, completion.tries)


@pytest.mark.parametrize("code", ["authentication", "model_not_found", "invalid_request"])
def test_a_lasting_failure_is_not(code):
    """Asking again cannot help."""
    model = Scripted(broken(code))
    with pytest.raises(ModelError) as caught:
        ask(model)

    assert 1 == len(model.calls) == caught.value.tries


def test_after_five_tries_the_last_error_stands():
    """It says how many tries were made."""
    model = Scripted(*[broken()] * 4, broken("timeout"), broken())
    with pytest.raises(ModelError) as caught:
        ask(model)

    assert ("timeout", 5) == (caught.value.code, caught.value.tries)
    assert 5 == len(model.calls)


def test_retry_after_is_never_cut_short():
    """The next try comes after what the provider asked for."""
    model = Scripted(broken("rate_limited", retry_after_s=0.2))
    ask(model)

    assert model.calls[1] - model.calls[0] >= 0.2


def test_no_try_begins_that_could_not_end_in_time():
    """A Retry-After beyond the deadline is an answer, not a reason to sleep."""
    model = Scripted(broken("rate_limited", retry_after_s=60.0))
    with pytest.raises(ModelError) as caught:
        ask(model)

    assert (60.0, 1) == (caught.value.retry_after_s, len(model.calls))


def test_a_try_gets_no_more_time_than_the_call_has_left():
    """The deadline bounds the last try too."""
    model = Scripted(broken(), takes_s=0.05)
    ask(model, Limits(first_wait_s=0.001, deadline_s=0.5), Options(timeout_s=0.48))

    assert 0.48 == model.timeouts[0]
    assert model.timeouts[1] < 0.46


def test_pauses_grow_and_end():
    """Twice as long each time, spread by a half either way, up to the longest."""
    limits = Limits(first_wait_s=1.0, longest_wait_s=4.0)
    pauses = [pause_after(tries, limits, None) for tries in (1, 2, 3, 9)]

    assert 0.5 <= pauses[0] <= 1.5
    assert 1.0 <= pauses[1] <= 3.0
    assert 4.0 == pauses[3]
    assert pause_after(1, limits, 7.0) > 7.0


def test_slots_bound_the_calls_in_flight():
    """Ten calls through three slots."""
    model = Scripted(takes_s=0.01)

    async def run():
        one = governed(model, Limits(concurrency=3))
        await asyncio.gather(*(one.complete(PROMPT, Options()) for _ in range(10)))

    asyncio.run(run())

    assert (3, 10) == (model.most_in_flight, len(model.calls))


def test_a_cancelled_call_gives_its_slot_back():
    """Whether it waited for one or held one."""
    model = Scripted(takes_s=0.05)

    async def run():
        one = governed(model, Limits(concurrency=1))
        calls = [asyncio.ensure_future(one.complete(PROMPT, Options())) for _ in range(3)]
        await asyncio.sleep(0.01)
        calls[0].cancel()
        calls[1].cancel()
        await asyncio.gather(*calls, return_exceptions=True)
        return [call.cancelled() for call in calls], await one.complete(PROMPT, Options())

    cancelled, completion = asyncio.run(run())

    assert [True, True, False] == cancelled
    assert "hello" == completion.text


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


async def read(model: Governed) -> tuple[list[str], Completion | None]:
    chunks = [chunk async for chunk in model.stream(PROMPT, Options())]
    return [chunk.text for chunk in chunks], chunks[-1].completion


def test_a_stream_is_tried_again_before_its_first_text():
    """The reader sees one stream, however many tries it took."""

    async def run():
        return await read(governed(Scripted(broken(), broken())))

    pieces, completion = asyncio.run(run())

    assert ["hel", "lo", ""] == pieces
    assert 3 == completion.tries


def test_a_stream_is_not_tried_again_after_its_first_text():
    """A second answer after half of a first one would be nonsense."""
    model = Scripted(None, broken("interrupted"))
    pieces = []

    async def run():
        stream = governed(model).stream(PROMPT, Options())
        pieces.append((await anext(stream)).text)
        with pytest.raises(ModelError) as caught:
            await anext(stream)
        return caught.value

    error = asyncio.run(run())

    assert ["hel"] == pieces
    assert ("interrupted", 1) == (error.code, error.tries)
    assert 1 == len(model.calls)


def test_a_stream_holds_its_slot_until_it_is_closed():
    """Hanging up frees it."""
    model = Scripted()

    async def run():
        one = governed(model, Limits(concurrency=1))
        stream = one.stream(PROMPT, Options())
        await anext(stream)
        waiting = asyncio.ensure_future(one.complete(PROMPT, Options()))
        await asyncio.sleep(0.02)
        before = len(model.calls)
        await stream.aclose()
        await waiting
        return before

    assert 1 == asyncio.run(run())
    assert 2 == len(model.calls)
