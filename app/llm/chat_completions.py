"""The chat-completions wire format: OpenAI's, and by now almost everybody's."""

from collections.abc import Mapping, Sequence
from typing import Any

from app.llm.adapter import BrokenStream, Draft
from app.llm.client import JsonObject, Message, Options


def body(
    model: str, messages: Sequence[Message], options: Options, *, streamed: bool
) -> JsonObject:
    written: JsonObject = {
        "model": model,
        "messages": [{"role": turn.role, "content": turn.content} for turn in messages],
        "max_tokens": options.max_tokens,
    }
    optional = {"temperature": options.temperature, "top_p": options.top_p, "seed": options.seed}
    written |= {name: value for name, value in optional.items() if value is not None}
    if options.stop:
        written["stop"] = list(options.stop)
    if options.response_schema is not None:
        schema = dict(options.response_schema)
        shape = {"name": "reply", "schema": schema, "strict": closed(schema)}
        written["response_format"] = {"type": "json_schema", "json_schema": shape}
    if streamed:
        written |= {"stream": True, "stream_options": {"include_usage": True}}
    return written


def closed(schema: object) -> bool:
    """Whether every object in a schema names all its fields and requires them.

    OpenAI's strict mode refuses any other schema; the rest are followed as well as the model can.
    """
    if isinstance(schema, list):
        return all(closed(part) for part in schema)
    if not isinstance(schema, dict):
        return True
    fields = schema.get("properties")
    if isinstance(fields, dict) or schema.get("type") == "object":
        named = set(fields or {})
        if schema.get("additionalProperties") is not False:
            return False
        if named != set(schema.get("required") or ()):
            return False
    return all(closed(part) for part in schema.values())


def read(reply: Mapping[str, Any], draft: Draft) -> str:
    """The text of a whole reply; a refusal in words is its text."""
    choice = reply["choices"][0]
    message = choice["message"]
    note_usage(reply, draft)
    draft.finish(choice.get("finish_reason") or "stop")
    if message.get("refusal"):
        draft.finish("refusal")
    return text_of(message)


def read_event(event: Mapping[str, Any], draft: Draft) -> str:
    """The text a streamed event adds; often none."""
    if event.get("error"):
        raise BrokenStream
    note_usage(event, draft)
    choices = event.get("choices")
    if not choices:
        return ""  # the last event: usage alone
    draft.finish(choices[0].get("finish_reason"))
    delta = choices[0]["delta"]
    return text_of(delta)


def text_of(message: Mapping[str, Any]) -> str:
    content = message.get("content") or message.get("refusal") or ""
    if isinstance(content, list):  # some servers send parts, as they take them
        return "".join(part["text"] for part in content if part.get("type") == "text")
    if not isinstance(content, str):
        raise TypeError("the content is not text")
    return content


def note_usage(reply: Mapping[str, Any], draft: Draft) -> None:
    draft.said_by(reply.get("model"))
    usage = reply.get("usage")
    if not usage:
        return
    draft.tokens_in = usage.get("prompt_tokens")
    draft.tokens_out = usage.get("completion_tokens")
    draft.cached_in = (usage.get("prompt_tokens_details") or {}).get("cached_tokens")
