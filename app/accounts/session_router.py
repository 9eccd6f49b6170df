"""Signing in as browsers do: the answer sets a cookie, and no script ever sees a token."""

from importlib.metadata import version as installed_version
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from app.accounts import browser, cookie, recovery, registration
from app.accounts.access import address_of, requires, visit_of
from app.accounts.browser import Opened
from app.accounts.router import entry_in, person_in
from app.accounts.schemas import (
    ChangePassword,
    FollowLink,
    Login,
    Register,
    ResetPassword,
    SessionRead,
    SetupRead,
    UserRead,
    WorkspaceRead,
)
from app.accounts.subject import SCOPES_OF, Scope, Subject
from app.accounts.throttle import LOOKS_PER_MINUTE, throttle, throttle_account
from app.core import rate_limit
from app.core.config import get_settings
from app.core.database import system_unit_of_work
from app.core.problems import EVERYWHERE, responses
from app.core.rate_limit import OnOutage


def own_page(request: Request) -> None:
    """Another site must not sign anybody in, or out: what has a cookie needs proof."""
    has_cookie = cookie.read(request) is not None
    cookie.refuse_cross_site(request, unknown_may=not has_cookie)
    cookie.refuse_form(request)


router = APIRouter(tags=["account"], responses=EVERYWHERE)
auth = APIRouter(tags=["account"], responses=responses(400, 401, 403, 413, 422, 429, 500, 503))

Person = Annotated[Subject, requires(Scope.read)]
OWN_PAGE = [Depends(own_page)]


def _answer(request: Request, response: Response, opened: Opened) -> SessionRead:
    cookie.put(request, response, opened.cookie)
    member = opened.member
    return SessionRead(
        user=UserRead.model_validate(member.user),
        workspace=WorkspaceRead.model_validate(member.workspace),
        role=member.role,
        scopes=sorted(SCOPES_OF[member.role]),
    )


@auth.get("/auth/setup")
def setup(request: Request) -> SetupRead:
    """Which page a visitor needs: the first start, sign-up or sign-in."""
    rate_limit.hit("setup", address_of(request), LOOKS_PER_MINUTE, on_outage=OnOutage.allow)
    with system_unit_of_work() as session:
        return SetupRead(
            first_run=registration.is_first_run(session),
            signup_open=get_settings().signup_open,
            product="llmops",
            version=installed_version("llmops-platform"),
        )


@auth.post("/auth/session", dependencies=OWN_PAGE)
def open_session(body: Login, request: Request, response: Response) -> SessionRead:
    """Signs a browser in; a session it had before ends."""
    throttle(request, body.username)
    before, visit = cookie.read(request), visit_of(request)
    with system_unit_of_work() as session:
        opened = browser.sign_in(session, name=body.username, password=body.password, visit=visit)
        if before is not None:
            browser.close(session, cookie=before, visit=visit)
        return _answer(request, response, opened)


@auth.delete("/auth/session", status_code=204, dependencies=OWN_PAGE)
def close_session(request: Request, response: Response) -> None:
    """Signs the browser out; without a session there is nothing to do."""
    before = cookie.read(request)
    if before is not None:
        with system_unit_of_work() as session:
            browser.close(session, cookie=before, visit=visit_of(request))
    cookie.clear(request, response)


@auth.post(
    "/auth/session/register", status_code=201, dependencies=OWN_PAGE, responses=responses(409)
)
def register_session(body: Register, request: Request, response: Response) -> SessionRead:
    """Creates a person and signs the browser in: by set-up link, invitation or open sign-up."""
    throttle(request, body.username)
    visit = visit_of(request)
    with system_unit_of_work() as session:
        member = registration.register(session, person_in(body), entry_in(body), visit=visit)
        return _answer(request, response, browser.open_for(session, member, visit))


@auth.post("/auth/session/link", dependencies=OWN_PAGE)
def follow_sign_in_link(body: FollowLink, request: Request, response: Response) -> SessionRead:
    """Signs the browser in by a link that the command line made, once."""
    throttle(request)
    with system_unit_of_work() as session:
        opened = browser.follow(session, token=body.token, visit=visit_of(request))
        return _answer(request, response, opened)


@auth.post("/auth/password/reset", dependencies=OWN_PAGE)
def reset_password(body: ResetPassword, request: Request, response: Response) -> SessionRead:
    """Another password by a reset link; every session of the person ends, and one begins."""
    throttle(request)
    with system_unit_of_work() as session:
        opened = recovery.reset_password(
            session, token=body.token, new_password=body.new_password, visit=visit_of(request)
        )
        return _answer(request, response, opened)


@router.post("/auth/password", status_code=204, responses=responses(409))
def change_password(
    body: ChangePassword, subject: Person, request: Request, response: Response
) -> None:
    """Another password; every other session of the person ends."""
    throttle_account(request, subject.label)
    with system_unit_of_work() as session:
        renewed = recovery.change_password(
            session,
            subject,
            current_password=body.current_password,
            new_password=body.new_password,
        )
    if renewed is not None:
        cookie.put(request, response, renewed)
