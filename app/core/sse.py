"""Server-sent events by hand: a few lines, and a client that hangs up leaves no traceback."""

import asyncio
import json
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import suppress
from typing import Any

from fastapi.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

KEEP_ALIVE = ": keep-alive\n\n"
HEADERS = {"Cache-Control": "no-cache", "X-Accel-Buffering": "no"}


def frame(event: str, data: dict[str, Any] | list[Any], *, event_id: str | None = None) -> str:
    head = f"id: {event_id}\n" if event_id is not None else ""
    return f"{head}event: {event}\ndata: {json.dumps(data, default=str)}\n\n"


def streamed(frames: AsyncIterator[str]) -> StreamingResponse:
    return StreamingResponse(frames, media_type="text/event-stream", headers=HEADERS)


class ClosedAtItsEnd(StreamingResponse):
    """Closes `source`, which has begun, when the answer ends: also where nothing of it was sent."""

    def __init__(
        self,
        frames: AsyncIterator[str],
        source: AsyncGenerator[Any],
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(
            frames, media_type="text/event-stream", headers={**HEADERS, **(headers or {})}
        )
        self._source = source

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:
            with suppress(RuntimeError):  # a stream that is being closed already
                await asyncio.shield(asyncio.ensure_future(self._source.aclose()))


async def begun(frames: AsyncGenerator[str]) -> StreamingResponse:
    """Takes the first frame at once: then the generator's `finally` runs whenever a reader leaves.

    One that is closed before it has begun runs nothing at all.
    """
    first = await anext(frames)

    async def all_frames() -> AsyncIterator[str]:
        yield first
        async for frame in frames:
            yield frame

    return ClosedAtItsEnd(all_frames(), frames)


EVENT = {
    "type": "object",
    "required": ["event", "data"],
    "properties": {
        "event": {"type": "string"},
        "data": {"type": "string", "contentMediaType": "application/json"},
        "id": {"type": "string"},
    },
}
RESPONSE: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "A stream of server-sent events",
        "content": {"text/event-stream": {"itemSchema": EVENT}},
    }
}
