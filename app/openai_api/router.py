"""`/v1` as any OpenAI client knows it: chat completions, and the models there are.

It is not in the OpenAPI document: the protocol is another's, and its clients have their own.
"""

from collections.abc import AsyncGenerator
from typing import Annotated, Any, cast

from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse
from starlette.concurrency import run_in_threadpool

from app.accounts.access import requires
from app.accounts.subject import Scope, Subject
from app.core import sse
from app.core.session import SessionDep
from app.llm.client import Chunk, ModelError
from app.openai_api import answers, asking, calls, naming
from app.openai_api.calls import Call, Order
from app.openai_api.errors import from_provider
from app.openai_api.naming import Offered
from app.openai_api.schemas import ChatCompletionCreate

router = APIRouter(prefix="/v1", tags=["openai"], include_in_schema=False)

# `chat` asks managed prompts; a model without one needs `run` besides
Caller = Annotated[Subject, requires(Scope.chat)]


@router.post("/chat/completions", response_model=None)
async def create_chat_completion(body: ChatCompletionCreate, subject: Caller) -> Response:
    """Asks a managed prompt, or a model; the answer whole, or as server-sent events."""
    call = await run_in_threadpool(_open, subject, body)
    try:
        if body.stream:
            return await _streamed(call, include_usage=body.include_usage)
        completion = await asking.whole(call)
    except ModelError as error:
        refusal = from_provider(error, call.model)
        refusal.headers |= answers.headers_of(call)
        raise refusal from error
    return JSONResponse(answers.whole(call, completion), headers=answers.headers_of(call))


async def _streamed(call: Call, *, include_usage: bool) -> Response:
    """The first piece is waited for: until it is there, a refusal has a status of its own."""
    rest = cast("AsyncGenerator[Chunk]", asking.pieces(call))
    first = await anext(rest)
    frames = answers.frames(call, first, rest, include_usage=include_usage)
    return sse.ClosedAtItsEnd(frames, rest, answers.headers_of(call))


def _open(subject: Subject, body: ChatCompletionCreate) -> Call:
    body.refuse_unsupported()
    shape = body.response_format
    return calls.open_call(
        subject,
        Order(
            model=body.model,
            messages=[turn.message() for turn in body.messages],
            variables=body.prompt_variables(),
            parameters=body.parameters(),
            response_schema=shape.schema_asked if shape else None,
        ),
    )


@router.get("/models", response_model=None)
def list_offered_models(subject: Caller, session: SessionDep) -> JSONResponse:
    """Every prompt by label, and the models in use."""
    found = [_model(model) for model in naming.offered(session, subject)]
    return JSONResponse({"object": "list", "data": found})


@router.get("/models/{model_id:path}", response_model=None)
def get_offered_model(model_id: str, subject: Caller, session: SessionDep) -> JSONResponse:
    """One model, if a completion may name it."""
    return JSONResponse(_model(naming.get(session, subject, model_id)))


def _model(model: Offered) -> dict[str, Any]:
    created = int(model.made_at.timestamp()) if model.made_at else 0
    return {"id": model.id, "object": "model", "created": created, "owned_by": model.owned_by}
