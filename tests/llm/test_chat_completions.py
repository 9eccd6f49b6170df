import pytest

from app.llm import anthropic, chat_completions
from app.llm.adapter import BrokenStream, Draft
from app.llm.client import Message, ModelError, Options

ANY = {"type": "object", "properties": {"a": {"type": "string"}}}
CLOSED = {**ANY, "additionalProperties": False, "required": ["a"]}


@pytest.mark.parametrize(
    ("schema", "strict"),
    [
        (CLOSED, True),
        (ANY, False),
        ({**CLOSED, "required": []}, False),
        ({**CLOSED, "additionalProperties": True}, False),
        ({**CLOSED, "properties": {"a": ANY}}, False),
        ({"type": "array", "items": CLOSED}, True),
        ({"anyOf": [CLOSED, ANY]}, False),
        ({"type": "object"}, False),
    ],
)
def test_strict_is_asked_for_where_the_schema_allows_it(schema, strict):
    """OpenAI refuses a strict schema that leaves anything open."""
    body = chat_completions.body("m", [], Options(response_schema=schema), streamed=False)

    assert strict is body["response_format"]["json_schema"]["strict"]


def test_only_what_was_asked_for_is_sent():
    """A provider's defaults stay its own."""
    prompt = [Message(role="user", content="hello")]
    body = chat_completions.body("m", prompt, Options(), streamed=False)

    assert {"model", "messages", "max_tokens"} == body.keys()


def whole(**message):
    return {"choices": [{"message": message, "finish_reason": "stop"}]}


def test_a_refusal_in_words_is_text_and_filtered():
    """A judge's reader sees why there is no JSON."""
    draft = Draft("m", streamed=False)
    text = chat_completions.read(whole(content=None, refusal="I cannot."), draft)

    assert ("I cannot.", "content_filter") == (text, draft.finish_reason)


def test_a_reply_in_parts_is_joined():
    """As some compatible servers send it."""
    parts = [{"type": "text", "text": "a"}, {"type": "image"}, {"type": "text", "text": "b"}]

    assert "ab" == chat_completions.read(whole(content=parts), Draft("m", streamed=False))


@pytest.mark.parametrize("content", [{"a": 1}, 7])
def test_content_that_is_no_text_is_an_error(content):
    """Not the text of a Python object."""
    with pytest.raises(TypeError):
        chat_completions.read(whole(content=content), Draft("m", streamed=False))


@pytest.mark.parametrize(
    ("said", "noted"),
    [
        ("length", "length"),
        ("eos_token", "stop"),
        ("content_filter", "content_filter"),
        (None, None),
        (3, None),
    ],
)
def test_the_reason_a_reply_ended(said, noted):
    """One vocabulary for all providers."""
    draft = Draft("m", streamed=True)
    chat_completions.read_event({"choices": [{"delta": {}, "finish_reason": said}]}, draft)

    assert noted == draft.finish_reason


def test_an_error_inside_a_stream_ends_it():
    """Both wire formats."""
    with pytest.raises(BrokenStream):
        chat_completions.read_event({"error": {"code": 503}}, Draft("m", streamed=True))
    with pytest.raises(BrokenStream):
        anthropic.read_event({"type": "error", "error": {}}, Draft("m", streamed=True))


def test_claude_is_refused_a_schema_it_cannot_follow():
    """Before anything is sent."""
    model = anthropic.AnthropicModel("claude", None, api_key="none")
    with pytest.raises(ModelError) as caught:
        model._body([], Options(response_schema={"minimum": 3}), streamed=False)

    assert "invalid_request" == caught.value.code


def test_claudes_text_delta_must_be_text():
    """A malformed event is not printed."""
    event = {"type": "content_block_delta", "delta": {"text": 3}}
    with pytest.raises(TypeError):
        anthropic.read_event(event, Draft("m", streamed=True))


def test_claudes_thinking_is_not_its_answer():
    """Other deltas add no text."""
    event = {"type": "content_block_delta", "delta": {"type": "thinking_delta", "thinking": "x"}}

    assert not anthropic.read_event(event, Draft("m", streamed=True))
