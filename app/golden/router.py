"""Golden examples over HTTP: one by one, and as files."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, File, Form, Query, Response, UploadFile
from fastapi.responses import StreamingResponse

from app.accounts.access import requires
from app.accounts.subject import Scope, Subject
from app.core.problems import EVERYWHERE, responses
from app.core.schema import Page, ShortText, Tag
from app.core.session import SessionDep
from app.golden import facets, files, service
from app.golden.column_form import ColumnsForm, column_map
from app.golden.importing import ImportFormat
from app.golden.schemas import ExampleCreate, ExamplePatch, ExampleRead, FacetsRead, ImportRead
from app.golden.service import Filters, Sort
from app.models import GoldenExample
from app.prompts import headers
from app.prompts.headers import IfMatch, PageDep

router = APIRouter(
    prefix="/prompts/{prompt_id}/golden-examples",
    tags=["golden examples"],
    responses={**EVERYWHERE, **responses(404)},
)

Reader = Annotated[Subject, requires(Scope.read)]
Writer = Annotated[Subject, requires(Scope.write)]

MEDIA_TYPES = {
    ImportFormat.csv: "text/csv; charset=utf-8",
    ImportFormat.jsonl: "application/jsonl",
    ImportFormat.parquet: "application/vnd.apache.parquet",
}


def filters(
    tags: Annotated[list[Tag], Query(max_length=20, description="All of them.")] = [],  # noqa: B006 - FastAPI copies it
    split: Annotated[ShortText | None, Query()] = None,
    critical: Annotated[bool | None, Query()] = None,
    q: Annotated[ShortText | None, Query(description="Looked for in inputs and texts.")] = None,
    lacks: Annotated[
        ShortText | None, Query(description="A variable that has no value or an empty text.")
    ] = None,
) -> Filters:
    return Filters(tags, split, critical, q, lacks)


FiltersDep = Annotated[Filters, Depends(filters)]


def _answer(example: GoldenExample, response: Response) -> ExampleRead:
    response.headers["ETag"] = headers.etag(example.revision)
    return ExampleRead.model_validate(example)


@router.post("", status_code=201)
def create_golden_example(
    prompt_id: UUID, body: ExampleCreate, subject: Writer, session: SessionDep, response: Response
) -> ExampleRead:
    """Adds one example; its inputs are those the prompt's newest version reads."""
    example = service.add(session, subject, prompt_id, fields=body.model_dump())
    response.headers["Location"] = f"/api/v1/prompts/{prompt_id}/golden-examples/{example.id}"
    return _answer(example, response)


@router.get("")
def list_golden_examples(
    prompt_id: UUID,
    subject: Reader,
    session: SessionDep,
    wanted: FiltersDep,
    page: PageDep,
    sort: Sort = "created_at",
) -> Page[ExampleRead]:
    """The examples in the order they were added."""
    found = service.page(
        session,
        subject,
        prompt_id,
        filters=wanted,
        sort=sort,
        cursor=page.cursor,
        limit=page.limit,
    )
    page.link(found.next_cursor)
    return Page[ExampleRead].model_validate(found)


@router.post("/import", responses=responses(409))
def import_golden_examples(
    prompt_id: UUID,
    subject: Writer,
    session: SessionDep,
    file: Annotated[UploadFile, File(description="CSV, JSONL or Parquet, at most 50 MiB.")],
    file_format: Annotated[ImportFormat | None, Form(alias="format")] = None,
    columns: ColumnsForm = None,
    dry_run: Annotated[bool, Form(description="Store nothing, list the errors.")] = False,  # noqa: FBT002 - a form field
) -> ImportRead:
    """Adds all examples of a file, or none: then 422 with `rows`, one entry for each problem."""
    found = files.import_examples(
        session,
        subject,
        prompt_id,
        file=file.file,
        file_format=file_format,
        columns=column_map(columns),
        dry_run=dry_run,
    )
    return ImportRead.model_validate(found)


@router.get("/export", response_class=StreamingResponse)
def export_golden_examples(
    prompt_id: UUID,
    subject: Reader,
    session: SessionDep,
    wanted: FiltersDep,
    file_format: Annotated[Literal["csv", "jsonl", "parquet"], Query(alias="format")] = "jsonl",
) -> StreamingResponse:
    """The examples as a file that an import reads back as they are."""
    fmt = ImportFormat(file_format)
    name, pieces = files.export_examples(session, subject, prompt_id, filters=wanted, fmt=fmt)
    return StreamingResponse(
        pieces,
        media_type=MEDIA_TYPES[fmt],
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


@router.get("/facets")
def get_golden_facets(prompt_id: UUID, subject: Reader, session: SessionDep) -> FacetsRead:
    """What the examples can be filtered by, and what the newest version would lack in them."""
    return FacetsRead.model_validate(facets.get(session, subject, prompt_id))


@router.get("/{example_id}")
def get_golden_example(
    prompt_id: UUID, example_id: UUID, subject: Reader, session: SessionDep, response: Response
) -> ExampleRead:
    """One example; its ETag goes into `If-Match` of a change."""
    return _answer(service.get(session, subject, prompt_id, example_id), response)


@router.patch("/{example_id}", responses=responses(412))
def change_golden_example(
    prompt_id: UUID,
    example_id: UUID,
    body: ExamplePatch,
    subject: Writer,
    session: SessionDep,
    response: Response,
    if_match: IfMatch = None,
) -> ExampleRead:
    """Changes what is sent; `input_data` is replaced as a whole."""
    example = service.change(
        session,
        subject,
        prompt_id,
        example_id,
        changes=body.model_dump(exclude_unset=True),
        revisions=headers.tags_of(if_match),
    )
    return _answer(example, response)


@router.delete("/{example_id}", status_code=204)
def delete_golden_example(
    prompt_id: UUID, example_id: UUID, subject: Writer, session: SessionDep
) -> None:
    """Removes an example for good; experiments keep the copy they froze."""
    service.remove(session, subject, prompt_id, example_id)
