"""The shape of errors below /v1; `app.main` says that it is theirs."""

from fastapi import Request
from fastapi.responses import JSONResponse

from app.core.errors import AppError
from app.openai_api.errors import NOT_AGAIN, STATUSES, described


def shaped(_request: Request, error: AppError) -> JSONResponse:
    """`{"error": {message, type, param, code}}`; what is 422 elsewhere is 400 here, 402 is 429."""
    headers = error.headers | (NOT_AGAIN if error.status == 402 else {})
    return JSONResponse(described(error), STATUSES.get(error.status, error.status), headers)
