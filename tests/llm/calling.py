"""Calls the mock provider through the real adapters."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any, TypeVar

import pytest
from pydantic import SecretStr

from app.llm.adapter import Adapter
from app.llm.client import Completion, Message, ModelError, Options
from app.llm.registry import Credential, ModelReference, remote, wire_of

T = TypeVar("T")

PROVIDERS = ("huggingface", "openai", "anthropic")

KEY = "hf_canary0123456789abcdefghijklmnop"


def base_url(provider: str, url: str) -> str:
    return url if provider == "anthropic" else f"{url}/v1"


def credential(provider: str, url: str, key: str = KEY) -> Credential:
    address = base_url(provider, url)
    return Credential(provider=provider, api_key=SecretStr(key), base_url=address)


@asynccontextmanager
async def adapter(
    provider: str, url: str, *, model: str = "mock-gen", key: str = KEY
) -> AsyncIterator[Adapter]:
    found = credential(provider, url, key)
    wire = wire_of(found)
    try:
        opened = remote(ModelReference(provider, model), wire, found)
        assert isinstance(opened, Adapter)
        yield opened
    finally:
        await wire.aclose()


def with_adapter(
    provider: str, url: str, act: Callable[[Adapter], Awaitable[T]], **settings: str
) -> T:
    """Runs `act` with a fresh adapter in an event loop of its own."""

    async def run() -> T:
        async with adapter(provider, url, **settings) as model:
            return await act(model)

    return asyncio.run(run())


def user(text: str) -> list[Message]:
    return [Message(role="user", content=text)]


def complete(
    provider: str, url: str, prompt: str | Sequence[Message], **settings: Any
) -> Completion:
    messages = user(prompt) if isinstance(prompt, str) else prompt
    options = settings.pop("options", Options(timeout_s=20))
    return with_adapter(provider, url, lambda m: m.complete(messages, options), **settings)


async def streamed(
    model: Adapter, prompt: str, options: Options | None = None
) -> tuple[list[str], Completion]:
    pieces, completion = [], None
    async for chunk in model.stream(user(prompt), options or Options(timeout_s=20)):
        if chunk.completion is None:
            pieces.append(chunk.text)
        else:
            completion = chunk.completion
    assert completion is not None
    return pieces, completion


def stream(provider: str, url: str, prompt: str, **settings: Any) -> tuple[list[str], Completion]:
    options = settings.pop("options", None)
    return with_adapter(provider, url, lambda m: streamed(m, prompt, options), **settings)


def failure(call: Callable[..., Any], *arguments: Any, **settings: Any) -> ModelError:
    """The ModelError a call ends in; it must hold neither key nor address."""
    with pytest.raises(ModelError) as caught:
        call(*arguments, **settings)
    message = caught.value.message
    assert str(caught.value) == message
    for secret in (KEY, "canary", "127.0.0.1", "http", "mock.invalid"):
        assert secret not in message
    return caught.value
