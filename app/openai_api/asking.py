"""The model is asked while no transaction is open, and however that ends it is recorded.

By its answer, by its error, or by a reader who leaves: with what had come, and what that cost.
"""

import asyncio
import time
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from typing import cast

from app.core.clock import now
from app.core.database import unit_of_work
from app.llm import tokens
from app.llm.client import Chunk, Completion, LanguageModel, ModelError
from app.llm.registry import UnknownModel
from app.models import Run
from app.openai_api import money
from app.openai_api.calls import Call
from app.openai_api.errors import ModelUnknown
from app.runs.providers import get_model

End = Completion | ModelError | None  # None: the reader left


def _model_of(call: Call) -> LanguageModel:
    try:
        return get_model(call.model)
    except UnknownModel as error:
        raise ModelUnknown(model=call.model) from error


async def whole(call: Call) -> Completion:
    """The answer in one piece; raises ModelError."""
    end: End = None
    try:
        end = await _model_of(call).complete(call.messages, call.options)
    except ModelError as error:
        end = error
        raise
    finally:
        await _recorded(call, end.text if isinstance(end, Completion) else "", end)
    return end


async def pieces(call: Call) -> AsyncIterator[Chunk]:
    """Text as it comes; then, once it is recorded, the completion. Raises ModelError.

    Closing it early cancels the provider's call and records what had come.
    """
    text: list[str] = []
    end: End = None
    completion: Completion | None = None
    try:
        stream = _model_of(call).stream(call.messages, call.options)
        # every model's stream is a generator; the port promises no more than iteration
        async with aclosing(cast("AsyncGenerator[Chunk]", stream)) as chunks:
            async for chunk in chunks:
                if chunk.completion is not None:
                    end = completion = chunk.completion
                elif chunk.text:
                    text.append(chunk.text)
                    yield chunk
    except ModelError as error:
        end = error
        raise
    finally:
        await _recorded(call, "".join(text), end)
    yield Chunk(completion=completion)


async def _recorded(call: Call, text: str, end: End) -> None:
    # shielded: a reader that hung up cancels this task, but what was paid is still recorded
    closing = asyncio.ensure_future(asyncio.to_thread(close_call, call, text, end))
    await asyncio.shield(closing)


def close_call(call: Call, text: str, end: End) -> None:
    """Stores how it ended: completed, failed, or cut off by a reader who left."""
    paid = end if isinstance(end, Completion) else _begun(call, text)
    with unit_of_work(call.workspace_id) as session:
        run = session.get_one(Run, call.run_id)
        run.finished_at = now()
        run.lease_until = None
        run.output = text or None
        run.state = "completed"
        if isinstance(end, ModelError):
            run.state, run.error_code, run.error = "failed", end.code, end.message
        elif end is None:
            run.state = "cancelled"
            run.error_code, run.error = "interrupted", "The reader left before the end."
        money.book(session, run, paid)


def _begun(call: Call, text: str) -> Completion | None:
    """What a stream that was cut has cost, by our own count; None where nothing had come."""
    if not text:
        return None
    return Completion(
        text=text,
        usage=tokens.usage(call.messages, text),
        model=call.model,
        latency_ms=(time.perf_counter() - call.started) * 1000,
    )
