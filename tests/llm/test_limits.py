import asyncio

import pytest

from app.llm.client import Completion, ModelError, Options
from app.llm.limits import Governed, Limits, pause_after
from tests.llm.scripted import PROMPT, Scripted, ask, broken, governed


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
