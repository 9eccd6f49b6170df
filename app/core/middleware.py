"""The edge of every request: id, body cap, security headers, one access-log line.

Plain ASGI, one object: the base class Starlette offers costs a task and a stream per request.
"""

import re
import time

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.core import logs
from app.core.clock import new_id
from app.core.config import get_settings
from app.core.errors import AppError, TooLarge
from app.core.problems import problem

log = logs.get()
REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")
LARGE = ("/import", "/imports", "/experiments/recorded")  # whole files, whole test runs
QUIET_PATHS = {"/healthz", "/readyz", "/api/v1/health"}

STRICT_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; manifest-src 'self'; form-action 'self'; "
    "frame-ancestors 'none'; base-uri 'none'; object-src 'none'"
)
# Swagger's page styles its elements inline; its scripts are files of ours
DOCS_POLICY = STRICT_POLICY.replace("style-src 'self'", "style-src 'self' 'unsafe-inline'")
HEADERS = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "permissions-policy": "camera=(), microphone=(), geolocation=()",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}


class Edge:
    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        offered = Headers(scope=scope).get("x-request-id", "")
        request_id = offered if REQUEST_ID.fullmatch(offered) else str(new_id())
        scope.setdefault("state", {})["request_id"] = request_id
        with logs.bound_log(request_id=request_id):
            await self._serve(scope, receive, send, request_id)

    async def _serve(self, scope: Scope, receive: Receive, send: Send, request_id: str) -> None:
        started, status = time.perf_counter(), 0

        async def send_with_headers(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                _add_headers(MutableHeaders(scope=message), scope, request_id)
            await send(message)

        try:
            await self._capped(scope, receive, send_with_headers)
        except Exception as error:  # the last resort: nobody is shown a stack trace
            log.exception("request_failed", error=type(error).__name__)
            if not status:
                await problem(Request(scope), AppError())(scope, receive, send_with_headers)
        finally:
            if scope["path"] not in QUIET_PATHS:
                log.info(
                    "request",
                    method=scope["method"],
                    path=scope["path"],
                    status=status,
                    ms=round((time.perf_counter() - started) * 1000, 1),
                )

    async def _capped(self, scope: Scope, receive: Receive, send: Send) -> None:
        limit = _limit_of(scope)
        declared = Headers(scope=scope).get("content-length", "0")
        if declared.isdecimal() and int(declared[:19]) > limit:  # more digits only make it larger
            refusal = problem(Request(scope), TooLarge(limit=limit))
            await refusal(scope, receive, send)
        else:
            await self.app(scope, _counted(receive, limit), send)


def _counted(receive: Receive, limit: int) -> Receive:
    received = 0

    async def counting() -> Message:
        nonlocal received
        message = await receive()
        received += len(message.get("body", b""))
        if received > limit:  # Starlette's own exception: FastAPI lets no other through its parser
            raise HTTPException(413, TooLarge(limit=limit).detail)
        return message

    return counting


def _limit_of(scope: Scope) -> int:
    settings = get_settings()
    is_large = scope["method"] == "POST" and scope["path"].endswith(LARGE)
    # the parts of a multipart body cost a few hundred bytes beside the file itself
    return settings.import_limit_bytes + 65_536 if is_large else settings.body_limit_bytes


def _add_headers(headers: MutableHeaders, scope: Scope, request_id: str) -> None:
    headers["x-request-id"] = request_id
    for name, value in scope["state"].get("rate_limit", {}).items():
        headers[name] = value
    for name, value in HEADERS.items():
        headers.setdefault(name, value)
    docs = scope["path"] == "/docs"
    headers.setdefault("content-security-policy", DOCS_POLICY if docs else STRICT_POLICY)
    if scope["path"].startswith(("/api/", "/v1/")):
        headers.setdefault("cache-control", "no-store")
    if scope.get("scheme") == "https":
        headers.setdefault("strict-transport-security", "max-age=31536000; includeSubDomains")
