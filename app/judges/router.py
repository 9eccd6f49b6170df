"""Judges over HTTP."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Response

from app.accounts.access import requires
from app.accounts.subject import Scope, Subject
from app.core.problems import EVERYWHERE, responses
from app.core.schema import Page, decode_cursor, encode_cursor
from app.core.security import derived_key
from app.core.session import SessionDep
from app.judges import service, standing
from app.judges.schemas import JudgeCreate, JudgeRead, JudgeSummary, JudgeVersionCreate
from app.judges.service import Draft
from app.judges.standing import Standing
from app.models import Judge

router = APIRouter(prefix="/judges", tags=["judges"], responses=EVERYWHERE)

Reader = Annotated[Subject, requires(Scope.read)]
Writer = Annotated[Subject, requires(Scope.write)]


def _draft(body: JudgeVersionCreate) -> Draft:
    return Draft(**body.model_dump(include={"evaluator", "options", "model", "message"}))


def _told(judge: Judge, found: Standing) -> dict[str, Any]:
    own = JudgeSummary.model_fields.keys() - set(Standing._fields)
    return {**{name: getattr(judge, name) for name in own}, **found._asdict()}


def _answer(session: SessionDep, subject: Subject, judge: Judge) -> JudgeRead:
    found = standing.of_judges(session, subject, [judge])[judge.id]
    return JudgeRead.model_validate(
        {**_told(judge, found), "versions": service.versions_of(session, judge)}
    )


@router.post("", status_code=201, responses=responses(409))
def create_judge(
    body: JudgeCreate, subject: Writer, session: SessionDep, response: Response
) -> JudgeRead:
    """A judge with its first version."""
    judge = service.create(
        session, subject, name=body.name, description=body.description, draft=_draft(body)
    )
    response.headers["Location"] = f"/api/v1/judges/{judge.id}"
    return _answer(session, subject, judge)


@router.get("")
def list_judges(
    subject: Reader,
    session: SessionDep,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    cursor: Annotated[str | None, Query(max_length=500)] = None,
) -> Page[JudgeSummary]:
    """The judges that can be named, newest first."""
    key = derived_key(f"cursor judges {subject.workspace_id}")
    before = UUID(decode_cursor(cursor, key=key)[0]) if cursor else None
    rows, total = service.page(session, subject, before=before, limit=limit + 1)
    more = len(rows) > limit
    found = standing.of_judges(session, subject, rows[:limit])
    return Page[JudgeSummary](
        items=[
            JudgeSummary.model_validate(_told(judge, found[judge.id])) for judge in rows[:limit]
        ],
        next_cursor=encode_cursor([rows[limit - 1].id], key=key) if more else None,
        total=total,
    )


@router.get("/{judge_id}", responses=responses(404))
def get_judge(judge_id: UUID, subject: Reader, session: SessionDep) -> JudgeRead:
    """One judge with all its versions."""
    return _answer(session, subject, service.get(session, subject, judge_id))


@router.post("/{judge_id}/versions", status_code=201, responses=responses(404, 409))
def create_judge_version(
    judge_id: UUID, body: JudgeVersionCreate, subject: Writer, session: SessionDep
) -> JudgeRead:
    """The next version; experiments that name the judge without a number use it from now on."""
    judge = service.add_version(session, subject, judge_id, _draft(body))
    return _answer(session, subject, judge)


@router.delete("/{judge_id}", status_code=204, responses=responses(404))
def archive_judge(judge_id: UUID, subject: Writer, session: SessionDep) -> None:
    """Archives it: no new experiment may name it, those that did keep what they froze."""
    service.archive(session, subject, judge_id)
