"""Who may call stands in the signature; what has no `requires` is public, and listed here."""

from typing import Annotated

from fastapi import APIRouter, Depends, FastAPI

from app.accounts.access import requires
from app.accounts.subject import Scope, Subject
from tests.contracts.operations import in_api, operations

PUBLIC = {
    "DELETE /api/v1/auth/session",
    "GET /api/v1/auth/setup",
    "GET /api/v1/health",
    "GET /docs",
    "GET /docs/assets",
    "GET /docs/problems",
    "GET /docs/start.js",
    "GET /healthz",
    "GET /openapi.json",
    "GET /readyz",
    "GET /version",
    "HEAD /openapi.json",
    "POST /api/v1/auth/login",
    "POST /api/v1/auth/logout",
    "POST /api/v1/auth/password/reset",
    "POST /api/v1/auth/refresh",
    "POST /api/v1/auth/register",
    "POST /api/v1/auth/session",
    "POST /api/v1/auth/session/link",
    "POST /api/v1/auth/session/register",
    "POST /api/v1/login",
}


def test_nothing_else_is_public():
    """An endpoint that forgot to say who may call it shows up here."""
    found = {f"{item.method} {item.path}" for item in operations() if item.scope is None}

    assert PUBLIC == found


def test_the_walk_sees_every_operation_of_the_document(server):
    """The list is only as good as the walk: it finds what the OpenAPI document has."""
    paths = server.get("/openapi.json").json()["paths"]
    documented = {
        (method.upper(), path, operation["operationId"])
        for path, methods in paths.items()
        for method, operation in methods.items()
    }

    assert documented == {(item.method, item.path, item.name) for item in in_api()}


def test_the_walk_sees_through_dependencies_and_routers():
    """A scope is found behind another dependency and below an included router; a lack is too."""
    caller = Annotated[Subject, requires(Scope.admin)]

    def behind(subject: caller) -> Subject:
        return subject

    def guarded(_subject: Annotated[Subject, Depends(behind)]) -> None: ...
    def open_to_all() -> None: ...

    inner, outer, application = APIRouter(prefix="/a"), APIRouter(prefix="/b"), FastAPI()
    inner.get("/guarded")(guarded)
    inner.get("/open")(open_to_all)
    outer.include_router(inner)
    application.include_router(outer, prefix="/c")
    found = {item.path: item.scope for item in operations(application)}

    assert Scope.admin is found["/c/b/a/guarded"]
    assert found["/c/b/a/open"] is None


def test_without_a_credential_every_other_operation_says_who_are_you(client_of):
    """Default deny: the same 401 for each of them, before anything about ids is told."""
    nobody = client_of(None)
    guarded = [item for item in operations() if item.scope is not None]
    answers = {
        f"{item.method} {item.path}": nobody.request(
            item.method, item.path.replace("{", "").replace("}", "")
        ).status_code
        for item in guarded
    }

    assert {401} == set(answers.values()), answers
