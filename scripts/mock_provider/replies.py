"""Whole replies, in each provider's wire format."""

import base64
import hashlib
import math
import struct
import time
from typing import Any

from pydantic_core import to_json

from scripts.mock_provider.call import Call
from scripts.mock_provider.content import Content, words
from scripts.mock_provider.settings import Settings

MODELS = ("mock-gen", "mock-judge", "gpt-4o-mini", "text-embedding-3-small")

WRONG_USAGE = {"negative": (-7, -7), "huge": (10**15, 10**15)}


def usage(call: Call, settings: Settings) -> tuple[int, int] | None:
    """Tokens in and out; None where the prompt asks for a reply without usage."""
    wrong = call.directive.get("usage")
    if wrong is not None:
        return WRONG_USAGE.get(wrong)
    return settings.prompt_tokens or max(1, len(call.text) // 4), settings.tokens


def openai_usage(call: Call, settings: Settings) -> dict[str, Any]:
    counted = usage(call, settings)
    if counted is None:
        return {}
    tokens_in, tokens_out = counted
    return {
        "usage": {
            "prompt_tokens": tokens_in,
            "completion_tokens": tokens_out,
            "total_tokens": tokens_in + tokens_out,
            "prompt_tokens_details": {"cached_tokens": int(call.directive.get("cached", 0))},
            "completion_tokens_details": {"reasoning_tokens": 0},
        }
    }


def anthropic_usage(call: Call, settings: Settings) -> dict[str, Any]:
    counted = usage(call, settings)
    if counted is None:
        return {}
    cached = int(call.directive.get("cached", 0))
    tokens_in, tokens_out = counted
    fresh = tokens_in - cached
    return {
        "input_tokens": fresh,
        "output_tokens": tokens_out,
        "cache_creation_input_tokens": 0,
        "cache_read_input_tokens": cached,
    }


def chat(call: Call, content: Content, settings: Settings) -> bytes:
    message: dict[str, Any] = {"role": "assistant", "content": content.text, "refusal": None}
    if content.tool:
        arguments = to_json(content.tool.arguments).decode()
        message["content"] = None
        message["tool_calls"] = [
            {
                "id": f"call_{call.draw & 0xFFFFFFFF:x}",
                "type": "function",
                "function": {"name": content.tool.name, "arguments": arguments},
            }
        ]
    choice = {
        "index": 0,
        "message": message,
        "logprobs": None,
        "finish_reason": "tool_calls" if content.tool else "stop",
    }
    return to_json(
        {
            "id": f"chatcmpl-{call.draw:016x}",
            "object": "chat.completion",
            "created": int(time.time()),
            "model": call.model,
            "system_fingerprint": "fp_mock",
            "choices": [choice],
            **openai_usage(call, settings),
        }
    )


def messages(call: Call, content: Content, settings: Settings) -> bytes:
    block: dict[str, Any] = {"type": "text", "text": content.text}
    if content.tool:
        block = {
            "type": "tool_use",
            "id": f"toolu_{call.draw & 0xFFFFFFFF:x}",
            "name": content.tool.name,
            "input": content.tool.arguments,
        }
    return to_json(
        {
            "id": f"msg_{call.draw:016x}",
            "type": "message",
            "role": "assistant",
            "model": call.model,
            "content": [block],
            "stop_reason": "tool_use" if content.tool else "end_turn",
            "stop_sequence": None,
            "usage": anthropic_usage(call, settings),
        }
    )


def generated(settings: Settings) -> bytes:
    return to_json([{"generated_text": words(settings.tokens)}])


def vector(text: str, settings: Settings) -> list[float]:
    """A unit vector that depends on seed and text alone."""
    key = str(settings.seed).encode()
    seed = hashlib.blake2b(text.encode(), digest_size=8, key=key).digest()
    raw = hashlib.shake_128(seed).digest(settings.dim * 2)
    values = [number / 32768.0 for number in struct.unpack(f"<{settings.dim}h", raw)]
    length = math.sqrt(sum(value * value for value in values)) or 1.0
    return [value / length for value in values]


def features(call: Call, settings: Settings) -> bytes:
    inputs = call.request.get("inputs")
    if isinstance(inputs, list):
        return to_json([vector(str(text), settings) for text in inputs])
    return to_json(vector(str(inputs), settings))


def embeddings(call: Call, settings: Settings) -> bytes:
    inputs = call.request.get("input")
    if isinstance(inputs, str) or (isinstance(inputs, list) and isinstance(inputs[0], int)):
        inputs = [inputs]
    data, tokens = [], 0
    for index, text in enumerate(inputs or []):
        values: list[float] | str = vector(str(text), settings)
        if call.request.get("encoding_format") == "base64":
            values = base64.b64encode(struct.pack(f"<{settings.dim}f", *values)).decode()
        data.append({"object": "embedding", "index": index, "embedding": values})
        tokens += max(1, len(str(text)) // 4)
    return to_json(
        {
            "object": "list",
            "data": data,
            "model": call.model,
            "usage": {"prompt_tokens": tokens, "total_tokens": tokens},
        }
    )


def models() -> bytes:
    listed = [{"id": m, "object": "model", "created": 0, "owned_by": "mock"} for m in MODELS]
    return to_json({"object": "list", "data": listed})


def reply(call: Call, content: Content, settings: Settings) -> bytes:
    """The body of a faultless, whole reply."""
    if call.route == "chat":
        return chat(call, content, settings)
    if call.route == "messages":
        return messages(call, content, settings)
    if call.route == "embeddings":
        return embeddings(call, settings)
    if call.route == "features":
        return features(call, settings)
    return generated(settings)
