"""Signing in, API keys, and who is calling."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Request

from app.accounts import keys, registration, sessions
from app.accounts.access import Zone, address_of, requires
from app.accounts.schemas import (
    ApiKeyCreate,
    ApiKeyList,
    ApiKeyMade,
    ApiKeyRead,
    Login,
    ProtectedRead,
    RateLimitRead,
    Refresh,
    Register,
    TokenRead,
    UserRead,
    WorkspaceRead,
)
from app.accounts.sessions import SessionEnded, Tokens
from app.accounts.subject import Scope, Subject
from app.core import rate_limit
from app.core.config import get_settings
from app.core.database import system_unit_of_work
from app.core.problems import EVERYWHERE, responses
from app.core.rate_limit import OnOutage
from app.core.security import ACCESS_TOKEN_LIFE
from app.core.session import SessionDep

router = APIRouter(tags=["account"], responses=EVERYWHERE)
auth = APIRouter(tags=["account"], responses=responses(400, 401, 403, 413, 422, 429, 500, 503))

Reader = Annotated[Subject, requires(Scope.read)]
Admin = Annotated[Subject, requires(Scope.admin)]
KeyMaker = Annotated[Subject, requires(Scope.admin, zone=Zone.secrets)]

ATTEMPTS_PER_ACCOUNT = 5
ATTEMPTS_PER_ADDRESS = 30


def _throttle(request: Request, account: str) -> None:
    """Refused while Redis cannot count: an outage must not open the door to guessing."""
    address = address_of(request)
    rate_limit.hit("sign-in", address, ATTEMPTS_PER_ADDRESS, on_outage=OnOutage.refuse)
    rate_limit.hit(
        "sign-in-account",
        f"{account.strip().lower()} {address}",
        ATTEMPTS_PER_ACCOUNT,
        on_outage=OnOutage.refuse,
    )


def _answer(tokens: Tokens) -> TokenRead:
    return TokenRead(
        access_token=tokens.access_token,
        token_type="bearer",  # noqa: S106 - the scheme's name, not a secret
        expires_in=int(ACCESS_TOKEN_LIFE.total_seconds()),
        refresh_token=tokens.refresh_token,
        user=UserRead.model_validate(tokens.user),
        workspace=WorkspaceRead.model_validate(tokens.workspace),
        role=tokens.role,
    )


@auth.post("/auth/register", status_code=201, responses=responses(409))
def register(body: Register, request: Request) -> TokenRead:
    """Creates a person: with a set-up token the first admin, else where sign-up is open."""
    _throttle(request, body.username)
    with system_unit_of_work() as session:
        tokens = registration.register(
            session,
            email=body.email,
            username=body.username,
            password=body.password,
            language=body.language,
            setup_token=body.setup_token,
            address=address_of(request),
        )
        return _answer(tokens)


@auth.post("/auth/login")
@auth.post("/login", include_in_schema=False)
def login(body: Login, request: Request) -> TokenRead:
    """An access token for 30 minutes and a refresh token for 7 days."""
    _throttle(request, body.username)
    with system_unit_of_work() as session:
        tokens = sessions.log_in(
            session, name=body.username, password=body.password, address=address_of(request)
        )
        return _answer(tokens)


@auth.post("/auth/refresh")
def refresh(body: Refresh, request: Request) -> TokenRead:
    """New tokens; a refresh token is good for one use."""
    rate_limit.hit(
        "refresh", address_of(request), ATTEMPTS_PER_ADDRESS * 4, on_outage=OnOutage.allow
    )
    with system_unit_of_work() as session:
        tokens = sessions.refresh(session, token=body.refresh_token, address=address_of(request))
        answer = _answer(tokens) if tokens else None
    if answer is None:  # raised outside, so that revoking a stolen family is committed
        raise SessionEnded
    return answer


@auth.post("/auth/logout", status_code=204)
def logout(body: Refresh, request: Request) -> None:
    """Ends the session the refresh token belongs to."""
    with system_unit_of_work() as session:
        sessions.log_out(session, token=body.refresh_token, address=address_of(request))


@router.get("/protected")
@router.get("/me", operation_id="me")
def protected(subject: Reader) -> ProtectedRead:
    """Who the key or token belongs to, and what it may do."""
    settings = get_settings()
    return ProtectedRead(
        subject=subject.label,
        kind=subject.kind,
        user=subject.username,
        workspace=WorkspaceRead(id=subject.workspace_id, name=subject.workspace_name),
        role=subject.role,
        scopes=sorted(subject.scopes),
        rate_limit=RateLimitRead(
            per_minute=subject.rate_limit_per_minute or settings.rate_limit_per_minute,
            status_per_minute=settings.rate_limit_status_per_minute,
        ),
    )


@router.post("/api-keys", status_code=201)
def create_api_key(body: ApiKeyCreate, subject: KeyMaker, session: SessionDep) -> ApiKeyMade:
    """Makes a key; the answer is the only place its secret ever appears."""
    made = keys.create(
        session,
        subject,
        name=body.name,
        scopes=frozenset(body.scopes),
        expires_in_days=body.expires_in_days,
        rate_limit_per_minute=body.rate_limit_per_minute,
    )
    return ApiKeyMade(**ApiKeyRead.model_validate(made.row).model_dump(), key=made.secret)


@router.get("/api-keys")
def list_api_keys(subject: Admin, session: SessionDep) -> ApiKeyList:
    """All keys of the workspace, without their secrets."""
    rows = [ApiKeyRead.model_validate(key) for key in keys.page(session, subject)]
    return ApiKeyList(items=rows, next_cursor=None, total=len(rows))


@router.delete("/api-keys/{key_id}", status_code=204, responses=responses(404))
def revoke_api_key(key_id: UUID, subject: Admin, session: SessionDep) -> None:
    """Ends a key at once."""
    keys.revoke(session, subject, key_id)


@router.post("/api-keys/{key_id}/rotate", status_code=201, responses=responses(404))
def rotate_api_key(key_id: UUID, subject: KeyMaker, session: SessionDep) -> ApiKeyMade:
    """A successor with the same rights; the old key works for another 24 hours."""
    made = keys.rotate(session, subject, key_id)
    return ApiKeyMade(**ApiKeyRead.model_validate(made.row).model_dump(), key=made.secret)
