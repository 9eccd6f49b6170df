"""The audit log, providers and models, and the search over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from fastapi.responses import StreamingResponse

from app.accounts.access import requires
from app.accounts.subject import Scope, Subject
from app.core.config import get_settings
from app.core.problems import EVERYWHERE, responses
from app.core.schema import Line, Moment, Page, ShortText
from app.core.session import SessionDep
from app.operations import audit_log, providers, search, trying_out
from app.operations.audit_log import ExportFormat, Filters
from app.operations.schemas import (
    AuditRead,
    AuditTags,
    ModelList,
    ModelRead,
    ProviderRead,
    ProviderTest,
    ProviderTestRead,
    SearchHit,
    SearchRead,
)
from app.prompts.headers import PageDep

router = APIRouter(tags=["operations"], responses=EVERYWHERE)

Reader = Annotated[Subject, requires(Scope.read)]
Admin = Annotated[Subject, requires(Scope.admin)]

TAG = r"^[a-z_]{1,40}(:[a-z_]{1,40}){0,2}$"
MEDIA_TYPES = {
    ExportFormat.csv: "text/csv; charset=utf-8",
    ExportFormat.jsonl: "application/jsonl",
}


def filters(
    actor: Annotated[ShortText | None, Query(description="A part of the actor's name.")] = None,
    tag: Annotated[
        str | None, Query(pattern=TAG, description="`prompt`, `prompt:version`, or a whole tag.")
    ] = None,
    object_id: UUID | None = None,
    since: Annotated[Moment | None, Query(alias="from")] = None,
    until: Annotated[Moment | None, Query(alias="to")] = None,
) -> Filters:
    return Filters(actor, tag, object_id, since, until)


FiltersDep = Annotated[Filters, Depends(filters)]


@router.get("/audit")
def list_audit_events(
    subject: Admin, session: SessionDep, wanted: FiltersDep, page: PageDep
) -> Page[AuditRead]:
    """What was done in the workspace and by whom, newest first."""
    found = audit_log.page(session, subject, filters=wanted, cursor=page.cursor, limit=page.limit)
    page.link(found.next_cursor)
    return Page[AuditRead].model_validate(found)


@router.get("/audit/tags")
def list_audit_tags(_subject: Admin) -> AuditTags:
    """The kinds of acts that are recorded, `source:subject:action`."""
    return AuditTags(items=audit_log.tags())


@router.get("/audit/export", response_class=StreamingResponse)
def export_audit_events(
    subject: Admin,
    wanted: FiltersDep,
    file_format: Annotated[ExportFormat, Query(alias="format")] = ExportFormat.jsonl,
) -> StreamingResponse:
    """The log as a file, oldest first, with the digests that chain its rows."""
    name, pieces = audit_log.export(subject, filters=wanted, fmt=file_format)
    return StreamingResponse(
        pieces,
        media_type=MEDIA_TYPES[file_format],
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


@router.get("/providers")
def list_providers(subject: Reader, session: SessionDep) -> Page[ProviderRead]:
    """The providers of models: whether each is set up, its models, their prices and limits."""
    found = [ProviderRead.model_validate(item) for item in providers.page(session, subject)]
    return Page[ProviderRead](items=found, next_cursor=None, total=len(found))


@router.post("/providers/{provider}/test", responses=responses(402, 404))
def test_provider(provider: str, body: ProviderTest, subject: Admin) -> ProviderTestRead:
    """Makes one small call, paid like any other, and says how it ended."""
    tested = trying_out.try_out(subject, name=provider, model=body.model)
    return ProviderTestRead.model_validate(tested)


@router.get("/models")
def list_models(subject: Reader, session: SessionDep) -> ModelList:
    """Models to choose from; any other `provider:model` works as well."""
    settings = get_settings()
    return ModelList(
        items=[ModelRead.model_validate(item) for item in providers.models(session, subject)],
        default=settings.default_model,
        judge=settings.judge,
    )


@router.get("/search", operation_id="search")
def find_anything(
    subject: Reader,
    session: SessionDep,
    q: Annotated[Line, Query(description="Names, texts, or the start of an experiment's id.")],
    limit: Annotated[int, Query(ge=1, le=50)] = 20,
) -> SearchRead:
    """Prompts, experiments, versions, judges, gates and examples; the best matches first."""
    found = search.find(session, subject, q=q, limit=limit)
    return SearchRead(items=[SearchHit.model_validate(hit) for hit in found])
