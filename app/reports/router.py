"""An experiment as a file over HTTP."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query
from fastapi.responses import StreamingResponse

from app.accounts.access import requires
from app.accounts.subject import Scope, Subject
from app.core.problems import EVERYWHERE, responses
from app.core.session import SessionDep
from app.reports import exporting, html_page
from app.reports.exporting import FORMATS, ReportFormat

router = APIRouter(tags=["experiments"], responses=EVERYWHERE)
Reader = Annotated[Subject, requires(Scope.read)]

FILE: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The file.",
        "content": {form.media_type: {"schema": {"type": "string"}} for form in FORMATS.values()},
    }
}


@router.get(
    "/experiments/{experiment_id}/export",
    response_class=StreamingResponse,
    responses={**FILE, **responses(404)},
)
def export_experiment(
    experiment_id: UUID,
    subject: Reader,
    session: SessionDep,
    report_format: Annotated[ReportFormat, Query(alias="format")] = ReportFormat.jsonl,
) -> StreamingResponse:
    """The experiment as a file: every case (csv, jsonl), or a report (markdown, html, junit).

    In CSV a text that a spreadsheet could run as a formula has an apostrophe before it.
    """
    name, pieces = exporting.export(session, subject, experiment_id, report_format)
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    if report_format is ReportFormat.html:
        headers["Content-Security-Policy"] = html_page.HEADER_POLICY
    return StreamingResponse(pieces, media_type=FORMATS[report_format].media_type, headers=headers)
