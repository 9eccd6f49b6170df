"""Errors as `application/problem+json` (RFC 9457): one shape for every status the API can give."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi.routing import iter_route_contexts
from pydantic import BaseModel, ConfigDict
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.exceptions import HTTPException

from app.core import logs
from app.core.errors import AppError, FieldError, Invalid, Unavailable

MEDIA_TYPE = "application/problem+json"
MOST_ERRORS = 100  # a body with 20,000 unknown fields would be answered with two megabytes
LONGEST_KEY = 100
NOTHING = object()
log = logs.get()


class ProblemField(BaseModel):
    pointer: str
    code: str
    detail: str


class Problem(BaseModel):
    """What went wrong and what to do about it."""

    model_config = ConfigDict(extra="allow")

    type: str
    title: str
    status: int
    detail: str
    code: str
    instance: str
    request_id: str
    errors: list[ProblemField]


def responses(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Declares problem answers in OpenAPI."""
    return {
        status: {
            "description": HTTPStatus(status).phrase,
            "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }
        for status in statuses
    }


# what any endpoint behind a key may answer besides its own
DISK_FULL = "53100"  # PostgreSQL's code
DISK_IS_FULL = "The database's disk is full: make room on it and try again; nothing stored is lost."
EVERYWHERE = responses(400, 401, 403, 413, 422, 429, 500, 503)


Shape = Callable[[Request, AppError], JSONResponse]
_shapes: dict[str, Shape] = {}


def shape_below(prefix: str, shape: Shape) -> None:
    """Addresses that begin so answer errors as the protocol they speak has them."""
    _shapes[prefix] = shape


def problem(
    request: Request,
    error: AppError,
) -> JSONResponse:
    for prefix, shape in _shapes.items():
        if request.scope["path"].startswith(prefix):
            return shape(request, error)
    body = {
        "type": f"/docs/problems#{error.code}",
        "title": error.title,
        "status": error.status,
        "detail": error.detail,
        "code": error.code,
        "instance": request.scope["path"],
        "request_id": getattr(request.state, "request_id", ""),
        "errors": [field._asdict() for field in error.errors],
        **error.extra,
    }
    return JSONResponse(body, error.status, error.headers, media_type=MEDIA_TYPE)


def _pointer(location: Sequence[str | int], body: object, kind: str) -> str:
    where, *path = location or ("body",)
    if where == "body":
        keys = [_readable(key).replace("~", "~0").replace("/", "~1") for key in path]
        return "#" + "".join(f"/{keys[at]}" for at in _real(path, body, kind))
    return f"{where}:{'/'.join(map(_readable, path))}"


def _real(path: Sequence[str | int], body: object, kind: str) -> Iterator[int]:
    """Which parts of a place are keys of the body; pydantic puts the members of unions between."""
    value = body
    for at, part in enumerate(path):
        inside = _item(value, part)
        if inside is not NOTHING:
            value = inside
            yield at
        elif kind == "missing" and at == len(path) - 1:
            yield at


def _item(value: object, key: str | int) -> object:
    if isinstance(value, list):
        return value[key] if isinstance(key, int) and key < len(value) else NOTHING
    return value.get(key, NOTHING) if isinstance(value, Mapping) else NOTHING


def _readable(key: str | int) -> str:
    return str(key)[:LONGEST_KEY].encode(errors="backslashreplace").decode()


def _field_error(error: Mapping[str, Any], body: object) -> FieldError:
    # the offending input is never echoed: it may be a key or a prompt
    detail = str(error["msg"]).removeprefix("Value error, ")
    return FieldError(_pointer(error["loc"], body, error["type"]), str(error["type"]), detail)


def _http_error(error: HTTPException) -> AppError:
    """The web framework's own refusals, in our words where there are some."""
    phrase = HTTPStatus(error.status_code).phrase
    ours = next((k for k in AppError.__subclasses__() if k.status == error.status_code), None)
    detail = ours.message if ours and error.detail == phrase else str(error.detail)
    made = AppError(detail, headers=error.headers)
    made.status = error.status_code
    made.code = ours.code if ours else phrase.lower().replace(" ", "_").replace("'", "")
    made.title = ours.title if ours else phrase
    return made


def _methods_of(app: FastAPI, path: str) -> set[str]:
    """Of all the routes of one address: each is an own route, and the router names the first's."""
    routes = [route for route in iter_route_contexts(app.routes) if hasattr(route, "path_regex")]
    first = next((route.path for route in routes if route.path_regex.match(path)), None)
    return {method for route in routes if route.path == first for method in route.methods or ()}


def install(app: FastAPI) -> None:
    """Puts the handlers on an application."""

    @app.exception_handler(AppError)
    def _app_error(request: Request, error: AppError) -> JSONResponse:
        if error.status >= 500:
            log.warning("request_refused", code=error.code, detail=error.detail)
        return problem(request, error)

    @app.exception_handler(RequestValidationError)
    def _validation(request: Request, error: RequestValidationError) -> JSONResponse:
        found = error.errors()
        fields = tuple(_field_error(item, error.body) for item in found[:MOST_ERRORS])
        first = fields[0] if fields else FieldError("#", "invalid", "The input is not valid.")
        more = f" (and {len(found) - 1} more)" if len(found) > 1 else ""
        return problem(request, Invalid(f"{first.pointer}: {first.detail}{more}", errors=fields))

    @app.exception_handler(HTTPException)
    def _http(request: Request, error: HTTPException) -> JSONResponse:
        made = _http_error(error)
        if "Allow" in made.headers:
            made.headers["Allow"] = ", ".join(sorted(_methods_of(app, request.scope["path"])))
        return problem(request, made)

    @app.exception_handler(PoolTimeout)
    @app.exception_handler(OperationalError)
    def _database_away(request: Request, error: Exception) -> JSONResponse:
        full = getattr(getattr(error, "orig", None), "pgcode", None) == DISK_FULL
        log.warning("database_unavailable", error=type(error).__name__, disk_full=full)
        said = DISK_IS_FULL if full else "The database does not answer; try again shortly."
        return problem(request, Unavailable(said, headers={"Retry-After": "2"}))

    @app.exception_handler(DBAPIError)
    def _database_error(request: Request, error: DBAPIError) -> JSONResponse:
        if error.connection_invalidated:
            return _database_away(request, error)
        log.error("request_failed", error=type(error).__name__, exc_info=error)
        return problem(request, AppError())
