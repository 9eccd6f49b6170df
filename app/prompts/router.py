"""The prompt library over HTTP; the endpoints of versions and labels are in their own files."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Query, Request, Response

from app.accounts.access import requires
from app.accounts.subject import Scope, Subject
from app.core.problems import EVERYWHERE, responses
from app.core.schema import Page, ShortText, Tag
from app.core.session import SessionDep
from app.prompts import headers, library, service, versions
from app.prompts.field_types import FOLDER, LABEL
from app.prompts.headers import Cursor, IfMatch
from app.prompts.library import Filters, Sort
from app.prompts.schemas import PromptCreate, PromptPatch, PromptRead

router = APIRouter(prefix="/prompts", tags=["prompts"], responses=EVERYWHERE)

Reader = Annotated[Subject, requires(Scope.read)]
Writer = Annotated[Subject, requires(Scope.write)]

Search = Annotated[ShortText | None, Query(description="Looked for in names and texts.")]


def _answer(
    session: SessionDep, subject: Subject, prompt_id: UUID, response: Response
) -> PromptRead:
    card = library.get(session, subject, prompt_id)
    response.headers["ETag"] = headers.etag(card.revision)
    return PromptRead.model_validate(card)


@router.post("", status_code=201, responses=responses(409))
def create_prompt(
    body: PromptCreate, subject: Writer, session: SessionDep, response: Response
) -> PromptRead:
    """A prompt, with its first version if the body has a template or messages."""
    draft = body.draft() if body.has_version else None
    prompt = service.create(
        session, subject, name=body.name, description=body.description, tags=body.tags
    )
    if draft is not None:
        versions.create(session, subject, prompt_id=prompt.id, draft=draft)
    response.headers["Location"] = f"/api/v1/prompts/{prompt.id}"
    return _answer(session, subject, prompt.id, response)


@router.get("")
def list_prompts(
    subject: Reader,
    session: SessionDep,
    request: Request,
    response: Response,
    q: Search = None,
    tag: Annotated[list[Tag], Query(max_length=20, description="All of them.")] = [],  # noqa: B006 - FastAPI copies it
    label: Annotated[str | None, Query(pattern=LABEL)] = None,
    archived: Annotated[bool, Query(description="The archived ones instead.")] = False,  # noqa: FBT002 - a query parameter
    folder: Annotated[
        str | None, Query(max_length=200, pattern=FOLDER, description="Such as `support/`.")
    ] = None,
    regressed: Annotated[  # noqa: FBT002 - a query parameter
        bool, Query(description="The newest version is proven worse than the one in production.")
    ] = False,
    owner: Annotated[ShortText | None, Query(description="Who made it.")] = None,
    unexampled: Annotated[  # noqa: FBT002 - a query parameter
        bool, Query(description="Without a golden example.")
    ] = False,
    sort: Sort = "name",
    limit: Annotated[int, Query(ge=1, le=1_000)] = 50,
    cursor: Cursor = None,
) -> Page[PromptRead]:
    """Prompts with their labels, newest version, number of examples, score and use."""
    found = library.page(
        session,
        subject,
        filters=Filters(q, tag, label, archived, folder, regressed, owner, unexampled),
        sort=sort,
        cursor=cursor,
        limit=limit,
    )
    response.headers.update(headers.next_link(request, found.next_cursor))
    return Page[PromptRead].model_validate(found)


@router.get("/named/{name:path}", responses=responses(404))
def get_prompt_by_name(
    name: Annotated[str, Path(max_length=200)],
    subject: Reader,
    session: SessionDep,
    response: Response,
) -> PromptRead:
    """One prompt by its name, or a name that it had before."""
    return _answer(session, subject, service.find_by_name(session, subject, name).id, response)


@router.get("/{prompt_id}", responses=responses(404))
def get_prompt(
    prompt_id: UUID, subject: Reader, session: SessionDep, response: Response
) -> PromptRead:
    """One prompt; its ETag goes into `If-Match` of a change."""
    return _answer(session, subject, prompt_id, response)


@router.patch("/{prompt_id}", responses=responses(404, 409, 412))
def change_prompt(
    prompt_id: UUID,
    body: PromptPatch,
    subject: Writer,
    session: SessionDep,
    response: Response,
    if_match: IfMatch = None,
) -> PromptRead:
    """Renames, describes, tags, archives or restores; the old name goes on working."""
    service.change(
        session,
        subject,
        prompt_id,
        changes=body.model_dump(exclude_unset=True),
        revisions=headers.tags_of(if_match),
    )
    return _answer(session, subject, prompt_id, response)


@router.delete("/{prompt_id}", status_code=204, responses=responses(404))
def delete_prompt(
    prompt_id: UUID,
    subject: Writer,
    session: SessionDep,
    erase: Annotated[bool, Query(description="For good; needs the scope `admin`.")] = False,  # noqa: FBT002 - a query parameter
) -> None:
    """Archives the prompt: it can be restored, and clients that use it go on working."""
    if erase:
        service.erase(session, subject, prompt_id)
    else:
        service.change(session, subject, prompt_id, changes={"archived": True})
