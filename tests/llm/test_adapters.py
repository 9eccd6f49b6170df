"""What a call gives, through each provider's own SDK."""

import asyncio
import json

import pytest
from jsonschema import Draft202012Validator

from app.llm import adapter as adapter_module
from app.llm.client import Message, Options
from tests.llm.calling import KEY, PROVIDERS, adapter, complete, stream, user, with_adapter

pytestmark = pytest.mark.parametrize("provider", PROVIDERS)

SCHEMA = {
    "type": "object",
    "properties": {
        "score": {"type": "integer", "minimum": 0, "maximum": 10},
        "verdict": {"enum": ["yes", "no"]},
        "claims": {"type": "array", "items": {"type": "string"}},
    },
    "required": ["score", "verdict", "claims"],
    "additionalProperties": False,
}


def test_a_whole_reply(provider, mock):
    """Text, model, tokens and the way it ended come from the provider's reply."""
    completion = complete(provider, mock.url, "whole [[mock:reply=Hello, world]]")

    assert "Hello, world" == completion.text
    assert "mock-gen" == completion.model
    assert "stop" == completion.finish_reason
    assert (8, 12, 0, False) == (
        completion.usage.tokens_in,
        completion.usage.tokens_out,
        completion.usage.cached_in,
        completion.usage.estimated,
    )
    assert completion.latency_ms > 0
    assert completion.first_token_ms is None


def test_a_streamed_reply(provider, mock):
    """The pieces join to the whole, and the usage comes with it."""
    pieces, completion = stream(provider, mock.url, "streamed reply")

    assert len(pieces) > 5
    assert "".join(pieces) == completion.text
    assert (12, False) == (completion.usage.tokens_out, completion.usage.estimated)
    assert "stop" == completion.finish_reason
    assert 0 < completion.first_token_ms <= completion.latency_ms


def test_all_options_reach_the_provider(provider, mock):
    """No option trips an SDK or the wire format."""
    messages = [
        Message(role="system", content="Be brief."),
        Message(role="user", content="Say hello to everybody"),
        Message(role="assistant", content="Hello"),
        Message(role="user", content="Again"),
    ]
    options = Options(temperature=0.0, top_p=0.9, max_tokens=5, seed=7, stop=("END",), timeout_s=20)
    completion = complete(provider, mock.url, messages, options=options)

    assert completion.text
    assert not completion.usage.estimated


def test_a_system_message_alone_is_answered(provider, mock):
    """A prompt may be one system message; Claude, which wants a user's turn, gets one."""
    completion = complete(
        provider, mock.url, [Message(role="system", content="alone [[mock:reply=yes]]")]
    )

    assert "yes" == completion.text


def test_a_reply_follows_its_schema(provider, mock):
    """The schema travels as the provider's native structured output."""
    options = Options(response_schema=SCHEMA, timeout_s=20)
    completion = complete(provider, mock.url, "rate this answer", options=options)

    Draft202012Validator(SCHEMA).validate(json.loads(completion.text))


def test_missing_usage_is_estimated_and_says_so(provider, mock):
    """Four characters a token, on both sides; a stream too."""
    whole = complete(provider, mock.url, "[[mock:usage=none]][[mock:reply=abcdefgh]]")
    _, streamed = stream(provider, mock.url, "[[mock:usage=none]][[mock:reply=abcdefgh]]")

    assert whole.usage.estimated
    assert streamed.usage.estimated
    assert 2 == whole.usage.tokens_out == streamed.usage.tokens_out
    assert 11 == whole.usage.tokens_in


@pytest.mark.parametrize(("said", "tokens"), [("negative", 0), ("huge", 1_000_000_000)])
def test_impossible_usage_is_brought_into_range(provider, mock, said, tokens):
    """A provider's nonsense can neither credit an account nor overflow a column."""
    usage = complete(provider, mock.url, f"[[mock:usage={said}]]").usage

    assert (tokens, tokens) == (usage.tokens_in, usage.tokens_out)


def test_cached_tokens_are_part_of_the_input(provider, mock):
    """`tokens_in` is all of the input, `cached_in` the share of it that was cached."""
    usage = complete(provider, mock.url, f"{'long prompt ' * 40}[[mock:cached=30]]").usage

    assert 30 == usage.cached_in
    assert usage.tokens_in > 100


def test_a_parameter_the_model_does_not_take_is_left_out_from_then_on(provider, mock):
    """A model without temperature costs one refusal, not every call."""
    options = Options(temperature=0.0, timeout_s=20)
    prompt = f"no temperature at {provider} [[mock:refuses=temperature]]"

    async def twice(model):
        await model.complete(user(prompt), options)
        return await model.complete(user(f"{prompt} "), options)

    before = mock.stats()["statuses"].get("400", 0)
    completion = with_adapter(provider, mock.url, twice)

    assert completion.text
    assert 1 == mock.stats()["statuses"]["400"] - before


def test_hanging_up_on_a_stream_cancels_the_call(provider, mock):
    """The provider sees the connection close while it still has tokens to send."""

    async def hang_up(model):
        chunks = model.stream(user(f"hang up on {provider} [[mock:stall]]"), Options(timeout_s=20))
        first = await anext(chunks)
        await chunks.aclose()
        return first

    before = mock.stats()["aborted"]
    first = with_adapter(provider, mock.url, hang_up)

    assert first.text
    assert before + 1 == mock.stats()["aborted"]


def test_cancelling_a_call_hangs_up(provider, mock):
    """A cancelled task leaves no call running at the provider."""

    async def cancel(model):
        call = asyncio.ensure_future(
            model.complete(user(f"cancel {provider} [[mock:hang]]"), Options(timeout_s=20))
        )
        await asyncio.sleep(0.2)
        call.cancel()
        return await asyncio.gather(call, return_exceptions=True)

    before = mock.stats()["aborted"]
    (ended,) = with_adapter(provider, mock.url, cancel)

    assert isinstance(ended, asyncio.CancelledError)
    assert before + 1 == mock.stats()["aborted"]


def test_streams_leave_nothing_behind(provider, mock):
    """Twenty streams one after the other share a connection instead of keeping one each."""

    async def many(model):
        for number in range(20):
            async for _ in model.stream(user(f"{provider} {number}"), Options(timeout_s=20)):
                pass

    before = mock.stats()["connections_opened"]
    with_adapter(provider, mock.url, many)

    assert mock.stats()["connections_opened"] - before <= 3  # the stats' own two among them


def test_260_calls_are_in_flight_at_once(provider, mock):
    """No pool limits what the gate allows."""
    mock.reset()

    async def many(model):
        prompts = [user(f"{provider} {n} [[mock:latency=1.5]]") for n in range(260)]
        options = Options(timeout_s=60)
        return await asyncio.gather(*(model.complete(prompt, options) for prompt in prompts))

    completions = with_adapter(provider, mock.url, many)

    assert 260 == len(completions)
    assert 260 == mock.stats()["max_inflight"]


def test_no_proxy_is_taken_from_the_environment(provider, mock, monkeypatch):
    """A proxy variable cannot send prompts and keys elsewhere."""
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")

    completion = complete(provider, mock.url, "no proxy [[mock:reply=direct]]")

    assert "direct" == completion.text


def test_a_key_goes_out_as_it_was_given(provider, mock):
    """The provider sees the credential's key, and no other the machine may hold."""
    mock.reset()
    complete(provider, mock.url, "whose key")

    assert [f"…{KEY[-12:]}"] == list(mock.stats()["keys"])


def test_a_model_can_be_used_in_two_loops_with_clients_of_their_own(provider, mock):
    """A second event loop gets its own connections."""

    async def call(text):
        async with adapter(provider, mock.url) as model:
            return (await model.complete(user(text), Options(timeout_s=20))).text

    texts = [asyncio.run(call(f"[[mock:reply={n}]]")) for n in range(2)]

    assert ["0", "1"] == texts


def test_text_is_storable(provider, mock):
    """NUL and half a surrogate pair, which PostgreSQL refuses, become signs of loss."""
    completion = complete(provider, mock.url, "[[mock:reply=a\0b]]")

    assert "a\ufffdb" == completion.text
    assert "a?b ü" == adapter_module.storable("a\ud800b ü")
