"""The playground: a prompt tried without storing a version, streamed as it is written."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import StreamingResponse
from starlette.concurrency import run_in_threadpool

from app.accounts.access import requires
from app.accounts.subject import Scope, Subject
from app.core import sse
from app.core.problems import EVERYWHERE, responses
from app.core.schema import JsonObject, Link
from app.core.session import SessionDep
from app.llm.client import Completion, ModelError
from app.playground import service, states
from app.playground.schemas import JUDGING, TrialCreate
from app.playground.service import Judging, Trial
from app.prompts.content import Draft
from app.runs.closing import End
from app.runs.schemas import choice

router = APIRouter(tags=["playground"], responses=EVERYWHERE)
Reader = Annotated[Subject, requires(Scope.read)]
Runner = Annotated[Subject, requires(Scope.run)]
KEPT: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "What was sent, byte for byte",
        "content": {"application/json": {"schema": {"type": "object"}}},
    }
}


async def _as_sent(request: Request) -> bytes:
    return await request.body()


@router.post(
    "/playground/stream",
    response_class=StreamingResponse,
    responses={**sse.RESPONSE, **responses(402)},
)
async def stream_trial(body: TrialCreate, subject: Runner) -> StreamingResponse:
    """Events: `start {run_id, model}`, `token {text}` …, then `done {…}` or `error {problem}`.

    With evaluators, `scores [{evaluator, value, state, reason, …}]` follows `done`. The run is
    recorded with its cost, also when the reader hangs up.
    """
    draft = Draft(**body.model_dump(exclude={"variables", *JUDGING}))
    judging = Judging(
        evaluators=[choice(wanted) for wanted in body.evaluators],
        expected_output=body.expected_output,
        context=body.context,
    )
    trial = await run_in_threadpool(service.open_trial, subject, draft, body.variables, judging)
    return await sse.begun(_frames(trial))


async def _frames(trial: Trial) -> AsyncGenerator[str]:
    """Holds no transaction; ends in `done`, `scores` or `error`; who leaves cancels the call."""
    text: str | None = None
    end: End = None
    try:
        yield sse.frame("start", {"run_id": trial.run_id, "model": trial.model})
        async with aclosing(trial.stream()) as chunks:
            text = ""
            async for chunk in chunks:
                if chunk.completion is not None:
                    end = chunk.completion
                elif chunk.text:
                    text += chunk.text
                    yield sse.frame("token", {"text": chunk.text})
    except ModelError as error:
        end = error
    finally:
        # shielded: a reader that hung up cancels this task, but the answer is still recorded, its
        # judges are asked and both are paid
        closing = asyncio.ensure_future(asyncio.to_thread(service.close_trial, trial, text, end))
        judging = asyncio.ensure_future(
            service.judge_closed(trial, text or "", end, closing=closing)
        )
        await asyncio.shield(closing)
    yield _last(trial.run_id, end)
    if isinstance(end, Completion) and trial.judging.evaluators:
        yield sse.frame("scores", await asyncio.shield(judging))


def _last(run_id: UUID, end: End) -> str:
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


@router.post("/playground/states", status_code=201)
def create_playground_state(
    state: JsonObject,  # noqa: ARG001 - it is checked, and kept as it was sent
    subject: Runner,
    session: SessionDep,
    sent: Annotated[bytes, Depends(_as_sent)],
) -> Link:
    """Keeps what stands in the playground under a link: any JSON object of at most 256 KiB."""
    kept = states.create(session, subject, sent)
    return Link(id=kept.id, url=f"/playground/s/{kept.id}")


@router.get(
    "/playground/states/{state_id}",
    response_class=Response,
    responses={**KEPT, **responses(404)},
)
def get_playground_state(state_id: UUID, subject: Reader, session: SessionDep) -> Response:
    """The same JSON, byte for byte."""
    kept = states.get(session, subject, state_id)
    return Response(kept.content, media_type="application/json")
