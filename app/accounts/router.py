"""Signing in with tokens, API keys, and who is calling."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Request

from app.accounts import keys, person, registration, sessions
from app.accounts.access import Zone, address_of, requires, visit_of
from app.accounts.registration import Entry, NewPerson
from app.accounts.schemas import (
    ApiKeyCreate,
    ApiKeyList,
    ApiKeyMade,
    ApiKeyRead,
    Login,
    ProtectedRead,
    Refresh,
    Register,
    TokenRead,
    UserRead,
    WorkspaceRead,
    whoami,
)
from app.accounts.sessions import SessionEnded, Tokens
from app.accounts.subject import Scope, Subject
from app.accounts.throttle import REFRESHES_PER_MINUTE, throttle
from app.core import rate_limit
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


def person_in(body: Register) -> NewPerson:
    return NewPerson(
        email=body.email,
        username=body.username,
        password=body.password,
        language=body.language,
        time_zone=body.time_zone,
    )


def entry_in(body: Register) -> Entry:
    return Entry(setup_token=body.setup_token, invite_token=body.invite_token)


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
    throttle(request, body.username)
    with system_unit_of_work() as session:
        visit = visit_of(request)
        member = registration.register(session, person_in(body), entry_in(body), visit=visit)
        return _answer(sessions.open_for(session, *member, visit=visit))


@auth.post("/auth/login")
@auth.post("/login", include_in_schema=False)
def login(body: Login, request: Request) -> TokenRead:
    """An access token for 30 minutes and a refresh token for 7 days."""
    throttle(request, body.username)
    with system_unit_of_work() as session:
        tokens = sessions.log_in(
            session, name=body.username, password=body.password, visit=visit_of(request)
        )
        return _answer(tokens)


@auth.post("/auth/refresh")
def refresh(body: Refresh, request: Request) -> TokenRead:
    """New tokens; a refresh token is good for one use."""
    rate_limit.hit("refresh", address_of(request), REFRESHES_PER_MINUTE, on_outage=OnOutage.allow)
    with system_unit_of_work() as session:
        tokens = sessions.refresh(session, token=body.refresh_token, visit=visit_of(request))
        answer = _answer(tokens) if tokens else None
    if answer is None:  # raised outside, so that revoking a stolen family is committed
        raise SessionEnded
    return answer


@auth.post("/auth/logout", status_code=204)
def logout(body: Refresh, request: Request) -> None:
    """Ends the session the refresh token belongs to."""
    with system_unit_of_work() as session:
        sessions.log_out(session, token=body.refresh_token, visit=visit_of(request))


@router.get("/protected")
@router.get("/me", operation_id="me")
def protected(subject: Reader) -> ProtectedRead:
    """Who the key, the token or the cookie belongs to, and what it may do."""
    with system_unit_of_work() as session:
        return whoami(subject, person.find(session, subject))


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
