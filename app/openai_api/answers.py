"""A completion as OpenAI's clients read it, whole or in chunks."""

import json
from collections.abc import AsyncIterator, Mapping
from typing import Any

from app.llm.client import Chunk, Completion, ModelError, Usage
from app.openai_api.calls import Call
from app.openai_api.errors import described, from_provider

DONE = "data: [DONE]\n\n"
REASONS = frozenset({"stop", "length", "content_filter"})  # all that a client without tools knows

Json = dict[str, Any]


def headers_of(call: Call) -> dict[str, str]:
    found = {"x-llmops-run-id": str(call.run_id)}
    if call.version_number is not None:
        found["x-llmops-prompt-version"] = str(call.version_number)
    return found


def whole(call: Call, completion: Completion) -> Json:
    message = {"role": "assistant", "content": completion.text, "refusal": None}
    return {
        **_head(call, "chat.completion"),
        "choices": [
            {
                "index": 0,
                "message": message,
                "logprobs": None,
                "finish_reason": _reason(completion),
            }
        ],
        "usage": _usage(completion.usage),
    }


async def frames(
    call: Call, first: Chunk, rest: AsyncIterator[Chunk], *, include_usage: bool
) -> AsyncIterator[str]:
    """Ends in `[DONE]`, or in an error where the provider broke off."""
    extra: Json = {"usage": None} if include_usage else {}
    end = first.completion
    yield _frame(_chunk(call, {"role": "assistant", "content": ""}, extra))
    try:
        if first.text:
            yield _frame(_chunk(call, {"content": first.text}, extra))
        async for piece in rest:
            end = piece.completion or end
            if piece.text:
                yield _frame(_chunk(call, {"content": piece.text}, extra))
    except ModelError as error:
        yield _frame(described(from_provider(error, call.model)))
        return
    if end is not None:
        yield _frame(_chunk(call, {}, extra, _reason(end)))
        if include_usage:
            counted = {"choices": [], "usage": _usage(end.usage)}
            yield _frame({**_head(call, "chat.completion.chunk"), **counted})
    yield DONE


def _head(call: Call, kind: str) -> Json:
    return {
        "id": f"chatcmpl-{call.run_id.hex}",
        "object": kind,
        "created": int(call.opened_at.timestamp()),
        "model": call.model,
    }


def _chunk(call: Call, delta: Json, extra: Json, reason: str | None = None) -> Json:
    choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": reason}
    return {**_head(call, "chat.completion.chunk"), "choices": [choice], **extra}


def _reason(completion: Completion) -> str:
    return completion.finish_reason if completion.finish_reason in REASONS else "stop"


def _usage(usage: Usage) -> Json:
    return {
        "prompt_tokens": usage.tokens_in,
        "completion_tokens": usage.tokens_out,
        "total_tokens": usage.tokens_in + usage.tokens_out,
        "prompt_tokens_details": {"cached_tokens": usage.cached_in},
    }


def _frame(data: Mapping[str, Any]) -> str:
    return f"data: {json.dumps(data, separators=(',', ':'))}\n\n"
