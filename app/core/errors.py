"""Errors are nouns of the domain that carry their status and a sentence that says what to do.

Business code raises them and never says HTTP. `problems.py` turns them into
`application/problem+json` (RFC 9457).
"""

from collections.abc import Mapping
from typing import Any, NamedTuple


class FieldError(NamedTuple):
    """One thing wrong with the input. `pointer` is a JSON pointer into the body (`#/template`)."""

    pointer: str
    code: str
    detail: str


class AppError(Exception):
    """Base of all refusals; `extra` is added to the answer's members."""

    status: int = 500
    code: str = "internal_error"
    title: str = "Something went wrong on our side"
    message: str = "The request id in this answer finds the log line."

    def __init__(
        self,
        message: str | None = None,
        *,
        errors: tuple[FieldError, ...] = (),
        headers: Mapping[str, str] | None = None,
        extra: Mapping[str, Any] | None = None,
        **values: object,
    ) -> None:
        sentence = message or self.message
        self.detail = sentence.format(**values) if values else sentence
        super().__init__(self.detail)
        self.errors = errors
        self.headers = dict(headers or {})
        self.extra = dict(extra or {})


class BadRequest(AppError):
    status = 400
    code = "bad_request"
    title = "The request cannot be understood"
    message = "The request cannot be understood."


class Unauthenticated(AppError):
    status = 401
    code = "unauthenticated"
    title = "Who are you?"
    message = "Send an API key as 'Authorization: Bearer <key>' or 'X-API-Key: <key>'."

    def __init__(self, message: str | None = None, **values: Any) -> None:  # noqa: ANN401 - passed through
        super().__init__(message, headers={"WWW-Authenticate": "Bearer"}, **values)


class Forbidden(AppError):
    status = 403
    code = "forbidden"
    title = "Not allowed"
    message = "Your role or key does not allow this."


class NotFound(AppError):
    status = 404
    code = "not_found"
    title = "Not found"
    message = "There is nothing here, or it is not yours to see."


class Conflict(AppError):
    status = 409
    code = "conflict"
    title = "In conflict with what is there"
    message = "This conflicts with the current state."


class OutOfDate(AppError):
    status = 412
    code = "out_of_date"
    title = "Changed meanwhile"
    message = "Someone changed this since you read it; read it again and repeat your change."


class TooLarge(AppError):
    status = 413
    code = "too_large"
    title = "Too large"
    message = "The body is larger than {limit} bytes."


class Invalid(AppError):
    status = 422
    code = "invalid"
    title = "The input is not valid"
    message = "The input is not valid."


class TooManyRequests(AppError):
    status = 429
    code = "rate_limited"
    title = "Too many requests"
    message = "The limit of {limit} requests a minute is used up; try again in {seconds} s."


class Unavailable(AppError):
    status = 503
    code = "unavailable"
    title = "Not available right now"
    message = "A part this needs is not available right now; try again shortly."


def invalid(pointer: str, detail: str, *, code: str = "invalid") -> Invalid:
    """One field, one sentence."""
    return Invalid(detail, errors=(FieldError(pointer, code, detail),))
