"""Baselines over HTTP."""

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from app.accounts.access import requires
from app.accounts.subject import Scope, Subject
from app.core.problems import EVERYWHERE, responses
from app.core.schema import Page
from app.core.session import SessionDep
from app.gates import baselines, staleness
from app.gates.schemas import BaselineCreate, BaselineRead
from app.models import Baseline
from app.prompts.headers import PageDep

router = APIRouter(prefix="/baselines", tags=["baselines"], responses=EVERYWHERE)

Reader = Annotated[Subject, requires(Scope.read)]
Admin = Annotated[Subject, requires(Scope.admin)]


def _answers(session: SessionDep, rows: Sequence[Baseline]) -> list[BaselineRead]:
    because = staleness.stale_because(session, rows)
    answers = []
    for row in rows:
        columns = {column.key: getattr(row, column.key) for column in row.__table__.columns}
        found = {"stale": bool(because[row.id]), "stale_because": because[row.id]}
        answers.append(BaselineRead.model_validate(columns | found))
    return answers


@router.post("", status_code=201, responses=responses(404, 409))
def create_baseline(
    body: BaselineCreate, subject: Admin, session: SessionDep, response: Response
) -> BaselineRead:
    """Approves a version's results in a finished experiment as what others are measured against."""
    baseline = baselines.approve(
        session,
        subject,
        prompt_id=body.prompt_id,
        experiment_id=body.experiment_id,
        version_id=body.version_id,
        reason=body.reason,
    )
    response.headers["Location"] = f"/api/v1/baselines/{baseline.id}"
    return _answers(session, [baseline])[0]


@router.get("")
def list_baselines(
    subject: Reader,
    session: SessionDep,
    page: PageDep,
    prompt: Annotated[UUID | None, Query(description="Baselines of this prompt only.")] = None,
) -> Page[BaselineRead]:
    """The baselines in use, newest first, each with whether it still holds."""
    found = baselines.page(session, subject, prompt_id=prompt, cursor=page.cursor, limit=page.limit)
    page.link(found.next_cursor)
    return Page[BaselineRead](
        items=_answers(session, found.items), next_cursor=found.next_cursor, total=found.total
    )


@router.get("/{baseline_id}", responses=responses(404))
def get_baseline(baseline_id: UUID, subject: Reader, session: SessionDep) -> BaselineRead:
    """One baseline, retired or not, and whether it still holds."""
    return _answers(session, [baselines.get(session, subject, baseline_id)])[0]


@router.delete("/{baseline_id}", status_code=204, responses=responses(404))
def retire_baseline(baseline_id: UUID, subject: Admin, session: SessionDep) -> None:
    """Retires it: nothing is compared with it any more, what was stays."""
    baselines.retire(session, subject, baseline_id)
