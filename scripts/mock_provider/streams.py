"""Streamed replies, cut into the frames each provider sends."""

import time
from typing import Any, Protocol

from pydantic_core import to_json

from scripts.mock_provider.call import Call
from scripts.mock_provider.content import Content
from scripts.mock_provider.replies import anthropic_usage, openai_usage
from scripts.mock_provider.settings import Settings
from scripts.mock_provider.wire import END, event, named_event


class Stream(Protocol):
    """`first`, then `token(i)` for i below `length`, then `last`. `error` is an error event."""

    length: int

    def first(self) -> bytes: ...
    def token(self, index: int) -> bytes: ...
    def last(self) -> bytes: ...
    def error(self) -> bytes: ...


def tokens_of(content: Content, count: int) -> list[str]:
    """At most `count` pieces that join to the whole text."""
    if content.tool:
        return []
    words = content.text.split(" ")
    step = -(-len(words) // max(1, count))
    pieces = [" ".join(words[i : i + step]) for i in range(0, len(words), step)]
    return [piece if i == 0 else f" {piece}" for i, piece in enumerate(pieces)]


class OpenAIStream:
    def __init__(self, call: Call, content: Content, settings: Settings) -> None:
        self._tool = content.tool
        self._tokens = [to_json(token) for token in tokens_of(content, settings.tokens)]
        self._stamp = settings.stamp and not self._tool
        self.length = settings.tokens if self._stamp else len(self._tokens)
        wants = (call.request.get("stream_options") or {}).get("include_usage")
        self._usage = openai_usage(call, settings) if wants else {}
        start = {
            "id": f"chatcmpl-{call.draw:016x}",
            "object": "chat.completion.chunk",
            "created": int(time.time()),
            "model": call.model,
            "system_fingerprint": "fp_mock",
        }
        self._start = to_json(start)[:-1]
        self._before = self._start + b',"choices":[{"index":0,"delta":'
        self._after = b',"logprobs":null,"finish_reason":null}]}'

    def first(self) -> bytes:
        delta: dict[str, Any] = {"role": "assistant", "content": ""}
        if self._tool:
            arguments = to_json(self._tool.arguments).decode()
            function = {"name": self._tool.name, "arguments": arguments}
            called = {"index": 0, "id": "call_mock", "type": "function", "function": function}
            delta = {"role": "assistant", "content": None, "tool_calls": [called]}
        return event(self._before + to_json(delta) + self._after)

    def token(self, index: int) -> bytes:
        text = b'"%d "' % time.monotonic_ns() if self._stamp else self._tokens[index]
        return event(b'%b{"content":%b}%b' % (self._before, text, self._after))

    def last(self) -> bytes:
        reason = b"tool_calls" if self._tool else b"stop"
        frames = event(b'%b{},"logprobs":null,"finish_reason":"%b"}]}' % (self._before, reason))
        if self._usage:
            counted = to_json(self._usage["usage"])
            frames += event(b'%b,"choices":[],"usage":%b}' % (self._start, counted))
        return frames + event(b"[DONE]") + END

    def error(self) -> bytes:
        body = {"error": {"message": "mock overload", "type": "server_error", "code": 503}}
        return event(to_json(body)) + END


class AnthropicStream:
    def __init__(self, call: Call, content: Content, settings: Settings) -> None:
        self._tool = content.tool
        self._tokens = tokens_of(content, settings.tokens)
        self._stamp = settings.stamp and not self._tool
        self.length = settings.tokens if self._stamp else len(self._tokens)
        self._model = call.model
        self._id = f"msg_{call.draw:016x}"
        self._usage = anthropic_usage(call, settings)

    def first(self) -> bytes:
        message: dict[str, Any] = {
            "id": self._id,
            "type": "message",
            "role": "assistant",
            "model": self._model,
            "content": [],
            "stop_reason": None,
            "stop_sequence": None,
            "usage": {**self._usage, "output_tokens": 1} if self._usage else {},
        }
        frames = named_event("message_start", {"type": "message_start", "message": message})
        block: dict[str, Any] = {"type": "text", "text": ""}
        if self._tool:
            block = {"type": "tool_use", "id": "toolu_mock", "name": self._tool.name, "input": {}}
        start = {"type": "content_block_start", "index": 0, "content_block": block}
        frames += named_event("content_block_start", start)
        if self._tool:
            arguments = to_json(self._tool.arguments).decode()
            frames += self._delta({"type": "input_json_delta", "partial_json": arguments})
        return frames

    def token(self, index: int) -> bytes:
        text = f"{time.monotonic_ns()} " if self._stamp else self._tokens[index]
        return self._delta({"type": "text_delta", "text": text})

    def last(self) -> bytes:
        ended = {"stop_reason": "tool_use" if self._tool else "end_turn", "stop_sequence": None}
        counted = {"output_tokens": self._usage["output_tokens"]} if self._usage else {}
        return (
            named_event("content_block_stop", {"type": "content_block_stop", "index": 0})
            + named_event(
                "message_delta", {"type": "message_delta", "delta": ended, "usage": counted}
            )
            + named_event("message_stop", {"type": "message_stop"})
            + END
        )

    def error(self) -> bytes:
        inner = {"type": "overloaded_error", "message": "mock overload"}
        return named_event("error", {"type": "error", "error": inner}) + END

    @staticmethod
    def _delta(delta: dict[str, Any]) -> bytes:
        value = {"type": "content_block_delta", "index": 0, "delta": delta}
        return named_event("content_block_delta", value)


def stream_of(call: Call, content: Content, settings: Settings) -> Stream:
    kind = OpenAIStream if call.route == "chat" else AnthropicStream
    return kind(call, content, settings)
