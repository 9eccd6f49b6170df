"""The installation over HTTP; here because its health is this layer's own."""

from typing import Annotated

from fastapi import APIRouter, Response

from app.accounts.access import Zone, requires
from app.accounts.subject import Scope, Subject
from app.api import health
from app.api.health import Checks
from app.core.problems import EVERYWHERE
from app.core.session import SessionDep
from app.operations import system
from app.operations.schemas import SystemFacts

router = APIRouter(tags=["operations"], responses=EVERYWHERE)

Poller = Annotated[Subject, requires(Scope.read, zone=Zone.status)]


class SystemRead(SystemFacts):
    checks: Checks


@router.get("/system")
def get_system(subject: Poller, session: SessionDep) -> SystemRead:
    """Versions, health, workers, queues, database, disk and providers' circuits."""
    checks = health.health(Response()).checks
    found = system.facts(session, subject)
    columns = {name: getattr(found, name) for name in found.__slots__}
    return SystemRead.model_validate(
        {**columns, "version": health.current_version(), "checks": checks}
    )
