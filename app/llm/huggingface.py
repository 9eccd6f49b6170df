from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from typing import Any

from huggingface_hub import AsyncInferenceClient

from app.llm import chat_completions
from app.llm.adapter import Adapter, Draft
from app.llm.client import JsonObject, Message, Options
from app.llm.transport import Destination, Wire, as_headers


class Request(AsyncInferenceClient):
    """One request as the official client writes it: route, authentication, provider's format.

    Sending is ours. The client would keep every streamed response open until it is closed itself,
    so that hanging up cancelled nothing, and its reading loses the fields it does not know (cached
    tokens, refusals) at 50 us a streamed chunk.
    """

    written: Any  # address, headers and body

    async def _inner_post(self, request_parameters: Any, *, stream: bool = False) -> Any:  # noqa: ANN401, ARG002 - the base class's signature
        self.written = request_parameters
        return b"{}"  # a reply without content, for the base class to read


class HuggingFaceModel(Adapter):
    """A model behind Hugging Face's router, or at an endpoint of one's own (TGI, `base_url`).

    `route` picks who runs the model (`groq`, `together`, …); without it the router does. It is sent
    as the router's `model:provider`, because the library would ask the Hub for the provider's own
    name of the model in a blocking call.
    """

    provider = "huggingface"

    def __init__(
        self,
        model: str,
        wire: Wire,
        *,
        api_key: str,
        base_url: str | None = None,
        route: str | None = None,
        bill_to: str | None = None,
    ) -> None:
        super().__init__(model)
        self._wire = wire
        self._settings: dict[str, Any] = {"api_key": api_key, "base_url": base_url}
        self._name = model
        if base_url is None:
            self._settings |= {"provider": "auto", "bill_to": bill_to}
            self._name = f"{model}:{route}" if route else model

    def _body(self, messages: Sequence[Message], options: Options, *, streamed: bool) -> JsonObject:
        return chat_completions.body(self._name, messages, options, streamed=streamed)

    async def _send(self, body: JsonObject, draft: Draft) -> AsyncGenerator[str]:
        request = Request(**self._settings)
        await request.chat_completion(**body)
        written = request.written
        to = Destination(written.url, as_headers(written.headers))
        if not draft.streamed:
            yield chat_completions.read(await self._wire.ask(to, written.json), draft)
            return
        async with aclosing(self._wire.events(to, written.json)) as found:
            async for event in found:
                yield chat_completions.read_event(event, draft)
