"""The verdict over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from app.accounts.access import requires
from app.accounts.subject import Scope, Subject
from app.core.problems import EVERYWHERE, responses
from app.core.session import SessionDep
from app.verdicts import service
from app.verdicts.schemas import Verdict

router = APIRouter(tags=["verdicts"], responses=EVERYWHERE)
Reader = Annotated[Subject, requires(Scope.read)]


@router.get("/compare", responses=responses(404))
def compare(
    subject: Reader,
    session: SessionDep,
    baseline: Annotated[UUID, Query(description="A version or an experiment.")],
    candidate: Annotated[UUID, Query(description="A version or an experiment.")],
) -> Verdict:
    """The verdict on a candidate: the same object the CLI, JUnit and a pull request show."""
    return service.compare(session, subject, baseline, candidate)
