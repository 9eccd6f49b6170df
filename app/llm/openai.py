from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from typing import cast

import httpx2
from openai import AsyncOpenAI, AsyncStream

from app.llm import chat_completions
from app.llm.adapter import Adapter, Draft
from app.llm.client import JsonObject, Message, Options
from app.llm.transport import events

# Always given, or the SDK would send the key to whatever OPENAI_BASE_URL names.
OPENAI_URL = "https://api.openai.com/v1"


class OpenAIModel(Adapter):
    """A model at OpenAI, or at any server that speaks its chat completions (`base_url`)."""

    provider = "openai"

    def __init__(
        self,
        model: str,
        http: httpx2.AsyncClient,
        *,
        api_key: str,
        base_url: str | None = None,
    ) -> None:
        super().__init__(model)
        self._own_server = base_url is not None
        self._client = AsyncOpenAI(
            api_key=api_key,
            base_url=base_url or OPENAI_URL,
            http_client=http,
            max_retries=0,  # limits.py retries, and counts
            timeout=None,
        )

    def _body(self, messages: Sequence[Message], options: Options, *, streamed: bool) -> JsonObject:
        body = chat_completions.body(self.model, messages, options, streamed=streamed)
        if not self._own_server:  # others know the old name only, OpenAI's newer models the new
            body["max_completion_tokens"] = body.pop("max_tokens")
        return body

    async def _send(self, body: JsonObject, draft: Draft) -> AsyncGenerator[str]:
        # `post` with the HTTP response as its type: half the CPU of a typed completion (0.56 ms a
        # call instead of 1.10), and no field of a compatible server's reply can trip a model.
        if not draft.streamed:
            whole = await self._client.post("/chat/completions", cast_to=httpx2.Response, body=body)
            yield chat_completions.read(whole.json(), draft)
            return
        response = cast(
            "httpx2.Response",
            await self._client.post(
                "/chat/completions",
                cast_to=httpx2.Response,
                body=body,
                stream=True,
                stream_cls=AsyncStream[object],
            ),
        )
        async with aclosing(response), aclosing(events(response)) as found:
            async for event in found:
                yield chat_completions.read_event(event, draft)
