"""An experiment's bundle over HTTP."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import StreamingResponse

from app.accounts.access import requires
from app.accounts.subject import Scope, Subject
from app.backup.bundle import bundle
from app.core.problems import EVERYWHERE, responses
from app.core.session import SessionDep

router = APIRouter(tags=["experiments"], responses=EVERYWHERE)
Reader = Annotated[Subject, requires(Scope.read)]

FILE: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "A ZIP file; `llmops verify` computes its verdicts again.",
        "content": {"application/zip": {"schema": {"type": "string", "format": "binary"}}},
    }
}


@router.get(
    "/experiments/{experiment_id}/bundle",
    response_class=StreamingResponse,
    responses={**FILE, **responses(404, 409)},
)
def bundle_experiment(
    experiment_id: UUID, subject: Reader, session: SessionDep
) -> StreamingResponse:
    """The verdicts with all they were computed from: evidence, policy, versions, examples, seed."""
    name, pieces = bundle(session, subject, experiment_id)
    return StreamingResponse(
        pieces,
        media_type="application/zip",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
