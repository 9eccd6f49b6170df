from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing

import httpx2
from openai import AsyncOpenAI

from app.llm import chat_completions
from app.llm.adapter import Adapter, Draft
from app.llm.client import JsonObject, Message, Options
from app.llm.transport import Destination, Wire, as_headers

# Always given, or the SDK would send the key to whatever OPENAI_BASE_URL names.
OPENAI_URL = "https://api.openai.com/v1"


class OpenAIModel(Adapter):
    """A model at OpenAI, or at any server that speaks its chat completions (`base_url`)."""

    provider = "openai"

    def __init__(
        self,
        model: str,
        wire: Wire,
        *,
        api_key: str,
        base_url: str | None = None,
    ) -> None:
        super().__init__(model)
        self._own_server = base_url is not None
        self._wire = wire
        self._to = destination(api_key, base_url or OPENAI_URL)

    def _body(self, messages: Sequence[Message], options: Options, *, streamed: bool) -> JsonObject:
        body = chat_completions.body(self.model, messages, options, streamed=streamed)
        if not self._own_server:  # others know the old name only, OpenAI's newer models the new
            body["max_completion_tokens"] = body.pop("max_tokens")
        return body

    async def _send(self, body: JsonObject, draft: Draft) -> AsyncGenerator[str]:
        if not draft.streamed:
            yield chat_completions.read(await self._wire.ask(self._to, body), draft)
            return
        async with aclosing(self._wire.events(self._to, body)) as found:
            async for event in found:
                yield chat_completions.read_event(event, draft)


def destination(api_key: str, base_url: str) -> Destination:
    """As the official client would send it; it never does, so its own connections stay unused."""
    client = AsyncOpenAI(api_key=api_key, base_url=base_url, http_client=httpx2.AsyncClient())
    headers = as_headers({**client.default_headers, **client.auth_headers})
    return Destination(f"{str(client.base_url).rstrip('/')}/chat/completions", headers)
