from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing
from typing import Any

import httpx2
from anthropic import AsyncAnthropic, transform_schema

from app.llm.adapter import Adapter, BrokenStream, Draft
from app.llm.client import JsonObject, Message, ModelError, Options
from app.llm.transport import Destination, Wire, as_headers

# Always given, or the SDK would send the key to whatever ANTHROPIC_BASE_URL names.
ANTHROPIC_URL = "https://api.anthropic.com"


class AnthropicModel(Adapter):
    """A Claude model. It takes no seed: `Options.seed` is not sent."""

    provider = "anthropic"

    def __init__(
        self, model: str, wire: Wire, *, api_key: str, base_url: str | None = None
    ) -> None:
        super().__init__(model)
        self._wire = wire
        self._to = destination(api_key, base_url or ANTHROPIC_URL)

    def _body(self, messages: Sequence[Message], options: Options, *, streamed: bool) -> JsonObject:
        system = "\n\n".join(turn.content for turn in messages if turn.role == "system")
        turns = [
            {"role": turn.role, "content": turn.content}
            for turn in messages
            if turn.role != "system"
        ]
        if not turns:  # Claude answers a user's turn; a prompt may be a system message alone
            turns, system = [{"role": "user", "content": system}], ""
        body: JsonObject = {
            "model": self.model,
            "messages": turns,
            "max_tokens": options.max_tokens,
        }
        optional = {
            "system": system or None,
            "temperature": options.temperature,
            "top_p": options.top_p,
            "stop_sequences": list(options.stop) or None,
            "stream": streamed or None,
        }
        body |= {name: value for name, value in optional.items() if value is not None}
        if options.response_schema is not None:
            body["output_config"] = {"format": self._format(options.response_schema)}
        return body

    def _format(self, schema: Mapping[str, Any]) -> JsonObject:
        """The SDK's own rewriting: what Claude's structured output cannot hold becomes prose."""
        try:
            return {"type": "json_schema", "schema": transform_schema(dict(schema))}
        except (ValueError, AssertionError) as error:
            raise ModelError(
                "invalid_request",
                f"Anthropic cannot follow this response schema: {error}",
                provider=self.provider,
            ) from error

    async def _send(self, body: JsonObject, draft: Draft) -> AsyncGenerator[str]:
        if not draft.streamed:
            yield read(await self._wire.ask(self._to, body), draft)
            return
        async with aclosing(self._wire.events(self._to, body)) as found:
            async for event in found:
                yield read_event(event, draft)


def destination(api_key: str, base_url: str) -> Destination:
    """As the official client would send it; it never does, so its own connections stay unused."""
    client = AsyncAnthropic(api_key=api_key, base_url=base_url, http_client=httpx2.AsyncClient())
    headers = as_headers({**client.default_headers, **client.auth_headers})
    return Destination(f"{str(client.base_url).rstrip('/')}/v1/messages", headers)


def read(reply: Mapping[str, Any], draft: Draft) -> str:
    """The text of a whole message."""
    note(reply, draft)
    draft.finish(reply.get("stop_reason") or "stop")
    return "".join(block["text"] for block in reply["content"] if block["type"] == "text")


def read_event(event: Mapping[str, Any], draft: Draft) -> str:
    """The text a streamed event adds; often none."""
    kind = event["type"]
    if kind == "content_block_delta":
        text = event["delta"].get("text", "")
        if not isinstance(text, str):
            raise TypeError("a delta's text is not text")
        return text
    if kind == "message_start":
        note(event["message"], draft)
    elif kind == "message_delta":
        note(event, draft)
        draft.finish(event["delta"].get("stop_reason"))
    elif kind == "error":
        raise BrokenStream
    return ""


def note(reply: Mapping[str, Any], draft: Draft) -> None:
    """Notes model and usage.

    Claude counts cached and newly cached input beside the rest; `tokens_in` is all of it.
    """
    draft.said_by(reply.get("model"))
    usage = reply.get("usage") or {}
    if isinstance(usage.get("input_tokens"), int):
        parts = ("input_tokens", "cache_creation_input_tokens", "cache_read_input_tokens")
        draft.tokens_in = sum(max(usage.get(part) or 0, 0) for part in parts)
        draft.cached_in = usage.get("cache_read_input_tokens")
    if "output_tokens" in usage:
        draft.tokens_out = usage["output_tokens"]
