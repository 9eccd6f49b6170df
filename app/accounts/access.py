"""`requires(scope)`: who may call stands in the signature of every endpoint."""

from collections.abc import Callable
from enum import StrEnum
from typing import Annotated, Any

import structlog
from fastapi import Depends, Request
from fastapi.security import APIKeyHeader, HTTPAuthorizationCredentials, HTTPBearer

from app.accounts import browser, cookie, sign_in
from app.accounts.membership import Visit
from app.accounts.sessions import SessionEnded
from app.accounts.subject import Scope, Subject, SubjectKind
from app.core import rate_limit
from app.core.config import get_settings
from app.core.database import enter
from app.core.errors import BadRequest, Forbidden, Unauthenticated
from app.core.rate_limit import OnOutage
from app.core.session import SessionDep

bearer = HTTPBearer(auto_error=False, description="An API key or an access token.")
key_header = APIKeyHeader(name="X-API-Key", auto_error=False, description="An API key.")

FAILURES_PER_MINUTE = 60
LONGEST_AGENT = 300


class Zone(StrEnum):
    """Requests that are counted together."""

    default = "default"
    status = "status"  # polls: cheap, frequent, and not to eat the other budget
    secrets = "secrets"  # key creation: refused while Redis cannot count


def address_of(request: Request) -> str:
    return request.client.host if request.client else "unknown"


def visit_of(request: Request) -> Visit:
    agent = request.headers.get("user-agent", "")[:LONGEST_AGENT]
    return Visit(address_of(request), agent or None, request.state.request_id)


def authenticate(
    request: Request,
    session: SessionDep,
    credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(bearer)],
    api_key: Annotated[str | None, Depends(key_header)],
) -> Subject:
    """The caller; the request's session sees the caller's workspace from here on."""
    offered = {secret for secret in (credentials and credentials.credentials, api_key) if secret}
    own_cookie = cookie.read(request)
    if len(offered) + (own_cookie is not None) > 1:
        raise BadRequest(
            "Send one credential: 'Authorization: Bearer', 'X-API-Key' or the cookie of a session."
        )
    if own_cookie is not None:
        subject = _by_cookie(request, own_cookie)
    elif offered:
        subject = _by_secret(request, offered.pop())
    else:
        raise Unauthenticated
    enter(session, subject.workspace_id)
    structlog.contextvars.bind_contextvars(
        workspace_id=str(subject.workspace_id), subject=subject.label
    )
    return subject


def _by_cookie(request: Request, own_cookie: str) -> Subject:
    """What a page elsewhere makes a browser send is refused before anybody is identified."""
    if request.method not in cookie.SAFE_METHODS:
        cookie.refuse_cross_site(request)
        cookie.refuse_form(request)
    address = address_of(request)
    found = browser.identify(own_cookie, address=address, request_id=request.state.request_id)
    if found is None:
        _count_failure(address)
        raise SessionEnded
    return found


def _by_secret(request: Request, secret: str) -> Subject:
    address = address_of(request)
    found = sign_in.identify(secret, address=address, request_id=request.state.request_id)
    if found is None:
        _count_failure(address)
        raise Unauthenticated("The key or token is wrong, expired or revoked.")
    return found


def _count_failure(address: str) -> None:
    rate_limit.hit("failed-sign-in", address, FAILURES_PER_MINUTE, on_outage=OnOutage.allow)


def _per_minute(subject: Subject, zone: Zone) -> int:
    settings = get_settings()
    if subject.kind is SubjectKind.session:
        return settings.rate_limit_session_per_minute
    if zone is Zone.status:
        return settings.rate_limit_status_per_minute
    return subject.rate_limit_per_minute or settings.rate_limit_per_minute


def requires(scope: Scope, *, zone: Zone = Zone.default) -> Any:  # noqa: ANN401 - what Depends returns is FastAPI's own
    """The caller, if known, allowed this scope and within the limit of the zone."""

    def check(request: Request, subject: Annotated[Subject, Depends(authenticate)]) -> Subject:
        window = rate_limit.hit(
            zone.value,
            str(subject.id),
            _per_minute(subject, zone),
            on_outage=OnOutage.refuse if zone is Zone.secrets else OnOutage.allow,
        )
        if window:
            request.state.rate_limit = window.headers
        if not subject.may(scope):
            raise Forbidden(
                f"This needs the scope '{scope}'; yours are: "
                f"{', '.join(sorted(subject.scopes)) or 'none'}."
            )
        return subject

    check.scope = scope  # type: ignore[attr-defined] # read by the test that lists who may call
    return Depends(check)


Check = Callable[..., Subject]
