"""The first steps over HTTP."""

from typing import Annotated

from fastapi import APIRouter

from app.accounts.access import requires
from app.accounts.subject import Scope, Subject
from app.core.problems import EVERYWHERE, responses
from app.core.session import SessionDep
from app.onboarding import checklist, demo_data
from app.onboarding.schemas import DemoDataRead, OnboardingRead

router = APIRouter(tags=["onboarding"], responses=EVERYWHERE)

Reader = Annotated[Subject, requires(Scope.read)]
Writer = Annotated[Subject, requires(Scope.write)]
Admin = Annotated[Subject, requires(Scope.admin)]


@router.get("/onboarding")
def get_onboarding(subject: Reader, session: SessionDep) -> OnboardingRead:
    """Which of the first steps the workspace has taken, and whether it holds the demo's data."""
    return OnboardingRead.model_validate(checklist.look(session, subject))


@router.post("/demo-data", status_code=202, responses=responses(409))
def load_demo_data(subject: Writer, session: SessionDep) -> DemoDataRead:
    """The demo's prompt, examples and gate, and its experiment in the background; done once.

    The experiment needs the scope `run`; that the gate protects production, `admin`.
    """
    return DemoDataRead.model_validate(demo_data.load(session, subject))


@router.delete("/demo-data", status_code=204)
def remove_demo_data(subject: Admin, session: SessionDep) -> None:
    """Erases the demo's prompt with all that belongs to it, for good."""
    demo_data.remove(session, subject)
