"""Files of other tools over HTTP."""

from typing import Annotated

from fastapi import APIRouter, File, Form, UploadFile

from app.accounts.access import requires
from app.accounts.subject import Scope, Subject
from app.core.problems import EVERYWHERE, responses
from app.core.session import SessionDep
from app.golden.column_form import ColumnsForm, column_map
from app.imports import service
from app.imports.formats import ForeignFormat
from app.imports.schemas import ImportReport
from app.imports.service import Upload
from app.prompts.field_types import Name

router = APIRouter(tags=["imports"], responses={**EVERYWHERE, **responses(404, 409)})

Writer = Annotated[Subject, requires(Scope.write)]


@router.post("/imports")
def import_foreign_file(
    subject: Writer,
    session: SessionDep,
    file: Annotated[UploadFile, File(description="At most 50 MiB; YAML 2 MiB, JSON 20 MiB.")],
    file_format: Annotated[
        ForeignFormat | None, Form(alias="format", description="Told by content, if not said.")
    ] = None,
    prompt: Annotated[
        Name | None,
        Form(description="Where to: a name of the library, or a new one if the file has prompts."),
    ] = None,
    columns: ColumnsForm = None,
    dry_run: Annotated[bool, Form(description="Store nothing, tell everything.")] = False,  # noqa: FBT002 - a form field
) -> ImportReport:
    """Prompts, examples and checks of another tool, and a report of what has no place here.

    All or nothing. Code in a file is never executed: it is listed under `not_imported`.
    """
    done = service.import_file(
        session,
        subject,
        upload=Upload(
            file=file.file,
            filename=file.filename or "",
            format=file_format,
            prompt=prompt,
            columns=column_map(columns),
        ),
        dry_run=dry_run,
    )
    return ImportReport.model_validate(
        {
            "format": done.format,
            "dry_run": dry_run,
            "prompts": done.prompts,
            "versions": done.versions,
            "golden_examples": done.rows.stored,
            "models": done.found.models,
            "evaluators": done.found.evaluators,
            "thresholds": done.found.thresholds,
            "not_imported": [*done.found.not_imported, *done.rows.left_out],
            "errors": done.rows.errors,
        }
    )
