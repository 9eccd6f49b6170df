"""Refusals as OpenAI's clients read them: below /v1 and nowhere else."""

import re

from app.core.errors import AppError, NotFound, TooManyRequests, Unavailable
from app.llm.client import ModelError

# the official clients ask again after 408, 409, 429 and 5xx, unless they are told not to
NOT_AGAIN = {"x-should-retry": "false"}
STATUSES = {402: 429, 422: 400}
TYPES = {
    401: "authentication_error",
    402: "insufficient_quota",
    403: "permission_error",
    429: "rate_limit_error",
}
CODES = {
    "unauthenticated": "invalid_api_key",
    "rate_limited": "rate_limit_exceeded",
    "budget_gone": "insufficient_quota",
}


class ModelUnknown(NotFound):
    code = "model_not_found"
    message = (
        "The model {model!r} does not exist, or your key may not use it; write "
        "'prompt:support/answer@production' or 'provider:model'. GET /v1/models lists them."
    )


class NotSupported(AppError):
    status = 400
    code = "unsupported_parameter"
    title = "This cannot be asked for here"
    message = "{what} cannot be asked for through this endpoint; leave it out."


class ProviderFailed(AppError):
    status = 502
    code = "provider_failed"
    title = "The model's provider did not answer as it should"
    message = "The model's provider did not answer as it should; try again."


class ProviderLate(AppError):
    status = 504
    code = "provider_late"
    title = "The model's provider took too long"
    message = "The model's provider took too long; try again."


class PromptRefused(AppError):
    status = 400
    code = "provider_refused"
    title = "The model's provider refused this"
    message = "The model's provider refused the messages or the parameters."


# what to answer, and whether to say when to ask again
MEANT: dict[str, tuple[type[AppError], bool]] = {
    "rate_limited": (TooManyRequests, True),
    "unavailable": (Unavailable, True),
    "invalid_request": (PromptRefused, False),
    "timeout": (ProviderLate, False),
}


def described(error: AppError) -> dict[str, dict[str, str | None]]:
    fallback = "invalid_request_error" if error.status < 500 else "server_error"
    pointer = error.errors[0].pointer if error.errors else None
    return {
        "error": {
            "message": error.detail,
            "type": TYPES.get(error.status, fallback),
            "param": None if pointer is None else param_of(pointer),
            "code": CODES.get(error.code, error.code),
        }
    }


def param_of(pointer: str) -> str | None:
    """`#/messages/0/content` as `messages[0].content`; None for the body as a whole."""
    path = pointer.removeprefix("#").removeprefix("/parameters").removeprefix("/")
    dotted = re.sub(r"/(\d+)(?=/|$)", r"[\1]", path).replace("/", ".")
    return dotted.replace("~1", "/").replace("~0", "~") or None


def from_provider(error: ModelError, reference: str) -> AppError:
    """What a provider did to the call, told to who asked us; his own key is never the matter."""
    retry = {"Retry-After": f"{max(1, round(error.retry_after_s or 1))}"}
    if error.code == "authentication":
        return ProviderFailed(error.message, headers=NOT_AGAIN)
    if error.code == "model_not_found":
        return ModelUnknown(model=reference)
    made, dated = MEANT.get(error.code, (ProviderFailed, False))
    return made(error.message, headers=retry if dated else None)
