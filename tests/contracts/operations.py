"""Every operation of the API, read off the application itself."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute, iter_route_contexts

from app.accounts.subject import Scope
from app.main import app

CONVERTER = re.compile(r":\w+\}")  # `{name:path}` is `{name}` in the document
PARAMETER = re.compile(r"\{(\w+)\}")


class Operation(NamedTuple):
    """`scope` is what `requires` asks for; None for an operation that anybody may call."""

    name: str
    method: str
    path: str
    scope: Scope | None
    in_schema: bool

    @property
    def parameters(self) -> list[str]:
        """Names in the path."""
        return PARAMETER.findall(self.path)


def operations(application: FastAPI = app) -> Iterator[Operation]:
    """All of them; mounts and the framework's own routes have no name in the API."""
    for route in iter_route_contexts(application.routes):
        is_ours = isinstance(route.original_route, APIRoute)
        for method in sorted(route.methods or {"GET"}):
            yield Operation(
                name=(route.operation_id or route.name) if is_ours else "",
                method=method,
                path=CONVERTER.sub("}", str(route.path)),
                scope=_scope(route.dependant) if is_ours else None,
                in_schema=is_ours and route.include_in_schema,
            )


def _scope(dependant: Dependant) -> Scope | None:
    found = getattr(dependant.call, "scope", None)
    if isinstance(found, Scope):
        return found
    return next(filter(None, map(_scope, dependant.dependencies)), None)


def in_api() -> list[Operation]:
    """Those in the OpenAPI document."""
    return [operation for operation in operations() if operation.in_schema]
