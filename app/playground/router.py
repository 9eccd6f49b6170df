"""The playground: a prompt tried without storing a version, streamed as it is written."""

import asyncio
from collections.abc import AsyncIterator
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import StreamingResponse

from app.accounts.access import requires
from app.accounts.subject import Scope, Subject
from app.core import sse
from app.core.problems import EVERYWHERE
from app.llm.client import Completion, ModelError
from app.playground import service
from app.playground.schemas import TrialCreate
from app.playground.service import Trial
from app.prompts.content import Draft

router = APIRouter(tags=["playground"], responses=EVERYWHERE)
Runner = Annotated[Subject, requires(Scope.run)]


@router.post("/playground/stream", response_class=StreamingResponse, responses=dict(sse.RESPONSE))
def stream_trial(body: TrialCreate, subject: Runner) -> StreamingResponse:
    """Events: `start {run_id, model}`, `token {text}` …, then `done {…}` or `error {problem}`.

    The run is recorded with its cost, also when the reader hangs up.
    """
    draft = Draft(**body.model_dump(exclude={"variables"}))
    trial = service.open_trial(subject, draft, body.variables)
    return sse.streamed(_frames(trial))


async def _frames(trial: Trial) -> AsyncIterator[str]:
    """Holds no transaction; ends in `done` or `error`; a reader that leaves cancels the call."""
    text: list[str] = []
    end: Completion | ModelError | None = None
    yield sse.frame("start", {"run_id": trial.run_id, "model": trial.model})
    try:
        async for chunk in trial.stream():
            if chunk.completion is not None:
                end = chunk.completion
            elif chunk.text:
                text.append(chunk.text)
                yield sse.frame("token", {"text": chunk.text})
    except ModelError as error:
        end = error
    finally:
        # shielded: a reader that hung up cancels this task, but what was paid is still recorded
        closing = asyncio.ensure_future(
            asyncio.to_thread(service.close_trial, trial, "".join(text), end)
        )
        await asyncio.shield(closing)
    yield _last(trial.run_id, end)


def _last(run_id: UUID, end: Completion | ModelError | None) -> str:
    if isinstance(end, Completion):
        usage: dict[str, Any] = {
            "tokens_in": end.usage.tokens_in,
            "tokens_out": end.usage.tokens_out,
            "estimated": end.usage.estimated,
        }
        return sse.frame(
            "done",
            {
                "run_id": run_id,
                "model": end.model,
                "usage": usage,
                "latency_ms": end.latency_ms,
                "first_token_ms": end.first_token_ms,
                "finish_reason": end.finish_reason,
            },
        )
    code = end.code if end else "interrupted"
    detail = end.message if end else "The stream ended before the model was done."
    return sse.frame("error", {"run_id": run_id, "problem": {"code": code, "detail": detail}})
