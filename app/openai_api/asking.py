"""The model is asked while no transaction is open, and however that ends it is recorded.

By its answer, by its error, or by a reader who leaves: with what had come, and what that cost.
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from typing import cast

from app.llm.client import Chunk, Completion, LanguageModel, ModelError
from app.llm.registry import UnknownModel
from app.openai_api.calls import Call
from app.openai_api.errors import ModelUnknown
from app.runs.closing import End, close
from app.runs.providers import get_model


def _model_of(call: Call) -> LanguageModel:
    try:
        return get_model(call.model)
    except UnknownModel as error:
        raise ModelUnknown(model=call.model) from error


async def whole(call: Call) -> Completion:
    """The answer in one piece; raises ModelError."""
    text: str | None = None
    end: End = None
    try:
        model = _model_of(call)
        text = ""
        end = await model.complete(call.messages, call.options)
        text = end.text
    except ModelError as error:
        end = error
        raise
    finally:
        await _recorded(call, text, end)
    return end


async def pieces(call: Call) -> AsyncIterator[Chunk]:
    """Text as it comes; then, once it is recorded, the completion. Raises ModelError.

    Closing it early cancels the provider's call and records what had come.
    """
    text: str | None = None
    end: End = None
    completion: Completion | None = None
    try:
        stream = _model_of(call).stream(call.messages, call.options)
        text = ""
        # every model's stream is a generator; the port promises no more than iteration
        async with aclosing(cast("AsyncGenerator[Chunk]", stream)) as chunks:
            async for chunk in chunks:
                if chunk.completion is not None:
                    end = completion = chunk.completion
                elif chunk.text:
                    text += chunk.text
                    yield chunk
    except ModelError as error:
        end = error
        raise
    finally:
        await _recorded(call, text, end)
    yield Chunk(completion=completion)


async def _recorded(call: Call, text: str | None, end: End) -> None:
    # shielded: a reader that hung up cancels this task, but what was paid is still recorded
    await asyncio.shield(asyncio.ensure_future(asyncio.to_thread(close, call, text, end)))
