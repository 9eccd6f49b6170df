"""OpenAI's own package asks managed prompts and models; every call is a run."""

import asyncio
import json
from decimal import Decimal

import openai
import pytest

from app.core.config import get_settings
from tests.support.experiments import MOCK
from tests.support.fixtures import eventually, make_key
from tests.support.prompts import make_prompt

ASKED = {"question": "How long is the warranty?", "context": "The warranty covers three years."}
METADATA = {"variables": json.dumps(ASKED)}


@pytest.fixture
def prompt(subject, client) -> str:
    """A prompt whose version 2 is in production, and answers by the mock provider."""
    made = make_prompt(
        subject,
        templates=("{{ question }}{{ context }}", "Say {{ question }} {{ context }}"),
        model=MOCK,
    )
    path = f"/api/v1/prompts/{made.prompt_id}/versions/{made.version_ids[1]}/activate"
    assert 200 == client.post(path).status_code
    return f"prompt:{made.name}"


def test_a_managed_prompt_is_called_by_name_and_recorded(sdk, prompt, run_of, mock):
    """The version in production, its variables, then the caller's message; the headers say which."""
    told = sdk().chat.completions.with_raw_response.create(
        model=f"{prompt}@production",
        messages=[{"role": "user", "content": "Be {brief}."}],
        metadata=METADATA,
        temperature=0.5,
        user="ignored",
    )
    answer = told.parse()
    run = run_of(answer.id)

    assert "stop" == answer.choices[0].finish_reason
    assert run.output == answer.choices[0].message.content
    assert answer.usage
    assert (answer.usage.prompt_tokens, answer.usage.completion_tokens) == (
        run.tokens_in,
        run.tokens_out,
    )
    assert answer.usage.total_tokens == run.tokens_in + run.tokens_out
    assert ("completed", "gateway", MOCK, 2) == (
        run.state,
        run.source,
        run.model,
        run.version_number,
    )
    assert (
        f"user:\nSay {ASKED['question']} {ASKED['context']}\n\nuser:\nBe {{brief}}."
        == run.rendered_prompt
    )
    assert {"temperature": 0.5} == run.parameters
    assert run.cost_estimated > 0
    assert str(run.id) == told.headers["x-llmops-run-id"]
    assert "2" == told.headers["x-llmops-prompt-version"]
    assert told.headers["x-request-id"]
    assert "system_fingerprint" not in json.loads(told.text)


@pytest.mark.parametrize(("selector", "number"), [("", 2), ("@1", 1), ("@latest", 2)])
def test_a_version_is_named_by_label_number_or_latest(sdk, prompt, run_of, mock, selector, number):
    """Without a selector it is the one in production; variables may also come as they are."""
    answer = sdk().chat.completions.create(
        model=prompt + selector, messages=[], extra_body={"variables": ASKED}
    )

    assert number == run_of(answer.id).version_number


def test_a_stream_comes_in_pieces_with_usage_at_its_end(sdk, prompt, run_of, mock):
    """Role, text, reason, usage: and the run says the same."""
    mock.configure(itl=0.001)
    with sdk().chat.completions.create(
        model=prompt,
        messages=[],
        metadata=METADATA,
        stream=True,
        stream_options={"include_usage": True},
    ) as stream:
        chunks = list(stream)
    *spoken, counted = chunks
    text = "".join(chunk.choices[0].delta.content or "" for chunk in spoken)
    run = run_of(chunks[0].id)

    assert 3 < len(chunks)
    assert "assistant" == spoken[0].choices[0].delta.role
    assert "stop" == spoken[-1].choices[0].finish_reason
    assert [None] * len(spoken) == [chunk.usage for chunk in spoken]
    assert [] == counted.choices
    assert counted.usage
    assert counted.usage.completion_tokens == run.tokens_out
    assert ("completed", text) == (run.state, run.output)


def test_the_asynchronous_client_asks_and_streams_alike(address, subject, mock):
    """A model without a prompt, by `provider:model`; `{` in a message is only a brace."""

    async def both() -> tuple[str, str]:
        async with openai.AsyncOpenAI(
            base_url=address,
            api_key=make_key(subject),
            http_client=openai.DefaultAsyncHttpxClient(trust_env=False),
        ) as client:
            asked = {
                "model": MOCK,
                "messages": [
                    {"role": "developer", "content": [{"type": "text", "text": "{{ x }}"}]}
                ],
                "max_completion_tokens": 20,
            }
            whole = await client.chat.completions.create(**asked)
            pieces = [
                chunk async for chunk in await client.chat.completions.create(**asked, stream=True)
            ]
        assert all(chunk.usage is None for chunk in pieces)
        return whole.choices[0].message.content, "".join(
            chunk.choices[0].delta.content or "" for chunk in pieces
        )

    whole, streamed = asyncio.run(both())

    assert whole == streamed
    assert whole


def test_the_built_in_model_answers_without_a_key_of_any_provider(sdk, subject, run_of):
    """A fresh installation serves OpenAI's clients at once, for nothing."""
    made = make_prompt(subject)
    answer = sdk().chat.completions.create(
        model=f"prompt:{made.name}@1", messages=[], metadata=METADATA
    )
    run = run_of(answer.id)

    assert "three years" in answer.choices[0].message.content
    assert (get_settings().default_model, 0) == (run.model, run.cost_usd)


def test_a_reader_that_hangs_up_ends_the_call(sdk, client, run_of, mock):
    """The provider's stream is closed; what had come is kept and paid, and nothing is held."""
    mock.configure(itl=0.05, tokens=200)
    limit = {"limit_usd": "1", "hard_stop": True}
    budget = client.post("/api/v1/budgets", json=limit).json()["id"]
    stream = sdk().chat.completions.create(
        model=MOCK, messages=[{"role": "user", "content": "Hello"}], stream=True
    )
    first = next(iter(stream))
    next(iter(stream))
    stream.close()
    aborted = eventually(lambda: mock.stats()["aborted"], within=10)
    run = eventually(lambda: run_of(first.id).state != "running" and run_of(first.id), within=10)
    booked = client.get(f"/api/v1/budgets/{budget}").json()

    assert 1 == aborted
    assert ("cancelled", "interrupted") == (run.state, run.error_code)
    assert run.output
    assert 0 < run.tokens_out < 200
    assert run.cost_estimated == Decimal(booked["spent_usd"]) > 0
    assert "0" == booked["reserved_usd"]


def test_a_provider_that_breaks_off_ends_the_stream_in_an_error(sdk, run_of, mock):
    """No `[DONE]` after half an answer: the client raises, and the run is failed."""
    mock.configure(itl=0.001)
    stream = sdk().chat.completions.create(
        model=MOCK,
        messages=[{"role": "user", "content": "[[mock:drop_mid]] Hello"}],
        stream=True,
    )
    first = next(stream)
    with pytest.raises(openai.APIError) as raised:
        list(stream)
    run = run_of(first.id)

    assert "server_error" == raised.value.type
    assert "failed" == run.state
    assert run.output


def test_a_structured_answer_is_asked_for_as_elsewhere(sdk, run_of, mock):
    """`response_format` reaches the provider as the schema the reply must follow."""
    schema = {
        "type": "object",
        "properties": {"a": {"type": "string"}},
        "required": ["a"],
        "additionalProperties": False,
    }
    answer = sdk().chat.completions.create(
        model=MOCK,
        messages=[{"role": "user", "content": "Say a."}],
        response_format={"type": "json_schema", "json_schema": {"name": "x", "schema": schema}},
    )

    assert schema == run_of(answer.id).template["response_schema"]
    assert {"a"} == json.loads(answer.choices[0].message.content or "").keys()
