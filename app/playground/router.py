"""The playground: a prompt tried without storing a version, streamed as it is written."""

import asyncio
from collections.abc import AsyncIterator
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import StreamingResponse

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
def stream_trial(body: TrialCreate, subject: Runner) -> StreamingResponse:
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
    trial = service.open_trial(subject, draft, body.variables, judging)
    return sse.streamed(_frames(trial))


async def _frames(trial: Trial) -> AsyncIterator[str]:
    """Holds no transaction; ends in `done`, `scores` or `error`; who leaves cancels the call."""
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
    if isinstance(end, Completion) and trial.judging.evaluators:
        # shielded, as above: judges that were asked are paid
        judging = asyncio.ensure_future(service.judge_trial(trial, "".join(text)))
        yield sse.frame("scores", await asyncio.shield(judging))


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
