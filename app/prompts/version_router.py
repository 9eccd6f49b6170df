"""Versions and labels over HTTP, and the two look-ups that know no prompt id: by name, by pair."""

from collections.abc import Sequence
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Header, Path, Query, Response

from app.accounts.subject import Subject
from app.core.problems import EVERYWHERE, responses
from app.core.schema import Page
from app.core.session import SessionDep
from app.models import LabelMove, PromptVersion
from app.prompts import (
    comparing,
    headers,
    labels,
    quality,
    rendering,
    score_history,
    scores,
    versions,
)
from app.prompts.field_types import LABEL, VersionNamed
from app.prompts.headers import IfMatch, PageDep
from app.prompts.router import Reader, Writer
from app.prompts.schemas import Activate, LabelMoveRead
from app.prompts.version_schemas import (
    DiffRead,
    MessageRead,
    Rendered,
    RenderRequest,
    ScorePoint,
    ServedVersion,
    VersionCreate,
    VersionRead,
)

router = APIRouter(prefix="/prompts", tags=["prompts"], responses=EVERYWHERE)

SERVED_FOR_S = 60  # how long a client may serve a version before it asks again


@router.get("/diff", responses=responses(404))
def diff_versions(
    subject: Reader,
    session: SessionDep,
    old: Annotated[
        VersionNamed, Query(alias="from", description="A version: its id or `name@selector`.")
    ],
    new: Annotated[VersionNamed, Query(alias="to", description="Another of the same prompt.")],
) -> DiffRead:
    """What changed between two versions, and what finished experiments say the change did."""
    return DiffRead.model_validate(comparing.compare(session, subject, old, new))


@router.get(
    "/by-name/{name:path}@{selector}",
    response_model=ServedVersion,
    responses={
        **responses(404),
        304: {"description": "The version you have is the one."},
    },
)
def get_version_by_name(
    name: Annotated[str, Path(description="Name of now or a former one, such as support/answer.")],
    selector: Annotated[str, Path(description="A label, a number, or `latest`.")],
    subject: Reader,
    session: SessionDep,
    response: Response,
    if_none_match: Annotated[str | None, Header(max_length=1_000)] = None,
) -> ServedVersion | Response:
    """The version a client is to use; cheap to ask again with `If-None-Match`."""
    version, current = versions.get_by_name(session, subject, name=name, selector=selector)
    caching = {
        "ETag": headers.etag(version.content_hash),
        "Cache-Control": f"private, max-age={SERVED_FOR_S}",
        "Vary": "Authorization, X-API-Key",
    }
    if headers.listed(if_none_match, version.content_hash):
        return Response(status_code=304, headers=caching)
    response.headers.update(caching)
    return ServedVersion.model_validate({**_columns(version), "name": current})


@router.post("/{prompt_id}/versions", status_code=201, responses=responses(404, 409, 412))
def create_version(
    prompt_id: UUID,
    body: VersionCreate,
    subject: Writer,
    session: SessionDep,
    response: Response,
    if_match: IfMatch = None,
) -> VersionRead:
    """Saves the next version; `If-Match` takes the ETag of the version it was based on."""
    version = versions.create(
        session,
        subject,
        prompt_id=prompt_id,
        draft=body.draft(),
        parent_number=body.parent_version,
        seen=headers.tags_of(if_match),
    )
    response.headers["Location"] = f"/api/v1/prompts/{prompt_id}/versions/{version.id}"
    return _answer(session, subject, version, response)


@router.get("/{prompt_id}/versions", responses=responses(404))
def list_versions(
    prompt_id: UUID, subject: Reader, session: SessionDep, page: PageDep
) -> Page[VersionRead]:
    """Newest first, each with its labels and its last score."""
    found = versions.page(session, subject, prompt_id, cursor=page.cursor, limit=page.limit)
    page.link(found.next_cursor)
    return Page[VersionRead](
        items=_described(session, subject, prompt_id, found.items),
        next_cursor=found.next_cursor,
        total=found.total,
    )


@router.get("/{prompt_id}/versions/{version_id}", responses=responses(404))
def get_version(
    prompt_id: UUID, version_id: UUID, subject: Reader, session: SessionDep, response: Response
) -> VersionRead:
    """One version; its ETag goes into `If-Match` of the next."""
    version = versions.get(session, subject, prompt_id=prompt_id, version_id=version_id)
    return _answer(session, subject, version, response)


@router.post("/{prompt_id}/versions/{version_id}/render", responses=responses(404))
def render_version(
    prompt_id: UUID, version_id: UUID, body: RenderRequest, subject: Reader, session: SessionDep
) -> Rendered:
    """What the version says with these variables; no model is called."""
    version = versions.get(session, subject, prompt_id=prompt_id, version_id=version_id)
    messages = rendering.preview(version, body.variables)
    return Rendered(
        messages=[MessageRead.model_validate(message) for message in messages],
        text=rendering.as_text(messages),
    )


@router.post("/{prompt_id}/versions/{version_id}/activate", responses=responses(404, 409, 412))
def activate_version(
    prompt_id: UUID,
    version_id: UUID,
    subject: Writer,
    session: SessionDep,
    body: Activate | None = None,
) -> LabelMoveRead:
    """Moves a label, `production` unless another is named, to this version.

    A label that a gate protects moves only to a version whose newest verdict against the one it
    stands on is a pass under the policy in force; else 409 with that verdict. The version that
    held it immediately before may have it back without a pass, for a reason.
    """
    asked = (body or Activate()).asked()
    move = labels.move(session, subject, prompt_id=prompt_id, version_id=version_id, asked=asked)
    return _move(move)


@router.get("/{prompt_id}/score-history", responses=responses(404))
def list_scores(prompt_id: UUID, subject: Reader, session: SessionDep) -> Page[ScorePoint]:
    """How each version scored in the newest finished experiment that judged it, oldest first."""
    found = score_history.points(session, subject, prompt_id)
    points = [ScorePoint.model_validate(point) for point in found]
    return Page[ScorePoint](items=points, next_cursor=None, total=len(points))


@router.get("/{prompt_id}/labels", responses=responses(404))
def list_labels(prompt_id: UUID, subject: Reader, session: SessionDep) -> Page[LabelMoveRead]:
    """Where each label stands, and the move that put it there."""
    moves = [_move(move) for move in labels.page(session, subject, prompt_id)]
    return Page[LabelMoveRead](items=moves, next_cursor=None, total=len(moves))


@router.get("/{prompt_id}/labels/{label}/history", responses=responses(404))
def list_label_moves(
    prompt_id: UUID,
    label: Annotated[str, Path(pattern=LABEL)],
    subject: Reader,
    session: SessionDep,
    page: PageDep,
) -> Page[LabelMoveRead]:
    """All moves of a label, newest first; undo is a move back."""
    found = labels.history(
        session, subject, prompt_id=prompt_id, label=label, cursor=page.cursor, limit=page.limit
    )
    page.link(found.next_cursor)
    return Page[LabelMoveRead](
        items=[_move(move) for move in found.items],
        next_cursor=found.next_cursor,
        total=found.total,
    )


def _columns(row: PromptVersion | LabelMove) -> dict[str, Any]:
    return {column.key: getattr(row, column.key) for column in row.__table__.columns}


def _move(move: LabelMove) -> LabelMoveRead:
    return LabelMoveRead.model_validate({**_columns(move), "moved_at": move.created_at})


def _answer(
    session: SessionDep, subject: Subject, version: PromptVersion, response: Response
) -> VersionRead:
    response.headers["ETag"] = headers.etag(version.content_hash)
    return _described(session, subject, version.prompt_id, [version])[0]


def _described(
    session: SessionDep, subject: Subject, prompt_id: UUID, rows: Sequence[PromptVersion]
) -> list[VersionRead]:
    standing = labels.standing(session, subject, [prompt_id])[prompt_id]
    last = scores.of_versions(session, subject, prompt_id)
    judged = quality.of_versions(session, subject, prompt_id, [row.id for row in rows])
    answers = []
    for row in rows:
        names = [label.name for label in standing if label.version_id == row.id]
        answers.append(
            VersionRead.model_validate(
                {
                    **_columns(row),
                    "labels": names,
                    "is_active": labels.PRODUCTION in names,
                    "last_score": last.get(row.number),
                    "verdict": judged.get(row.id),
                }
            )
        )
    return answers
