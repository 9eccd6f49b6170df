"""The dashboard and figures over time, over HTTP."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from fastapi.responses import Response

from app.accounts.access import requires
from app.accounts.subject import Scope, Subject
from app.analytics import dashboard, export, overview
from app.analytics.facts import Slice
from app.analytics.overview import Question
from app.analytics.schemas import Analytics, Dashboard, Days, Every, ExportFormat, GroupBy, Source
from app.analytics.window import window_of, zone_of
from app.core.problems import EVERYWHERE
from app.core.schema import Moment
from app.core.session import SessionDep

router = APIRouter(tags=["analytics"], responses=EVERYWHERE)

Reader = Annotated[Subject, requires(Scope.read)]
Zone = Annotated[
    str,
    Query(max_length=64, pattern=r"^[^\x00]*$", description="IANA name; its days are the days."),
]

FILE: dict[int | str, dict[str, Any]] = {
    200: {"description": "The file.", "content": {"text/csv": {"schema": {"type": "string"}}}}
}


def _question(
    since: Annotated[Moment, Query(alias="from")],
    until: Annotated[Moment, Query(alias="to", description="At most 400 days later.")],
    by: GroupBy = GroupBy.none,
    prompt_id: UUID | None = None,
    model: Annotated[str | None, Query(max_length=200, pattern=r"^[^\x00]*$")] = None,
    source: Source | None = None,
    failed: Annotated[bool, Query(description="Only the calls that failed.")] = False,  # noqa: FBT002 - a query parameter
    interval: Annotated[Every, Query(description="By hour at most 31 days.")] = Every.day,
    tz: Zone = "UTC",
) -> Question:
    zone = zone_of(tz)
    return Question(
        window=window_of(since, until, interval, zone),
        by=by,
        wanted=Slice(prompt_id, model, source.value if source else None, failed),
        interval=interval,
        tz=tz,
    )


Asked = Annotated[Question, Depends(_question)]


@router.get("/dashboard")
def get_dashboard(
    subject: Reader,
    session: SessionDep,
    days: Annotated[Days, Query(description="Of the figures.")] = Days.week,
    tz: Zone = "UTC",
) -> Dashboard:
    """What got worse, what waits for somebody, what runs, and how production does."""
    return dashboard.show(session, subject, days=days.value, zone=zone_of(tz))


@router.get("/analytics")
def get_analytics(subject: Reader, session: SessionDep, asked: Asked) -> Analytics:
    """Calls, money, latency, errors and scores over time, beside the period before."""
    return overview.analyse(session, subject, asked)


@router.get("/analytics/export", response_class=Response, responses=FILE)
def export_analytics(
    subject: Reader,
    session: SessionDep,
    asked: Asked,
    export_format: Annotated[ExportFormat, Query(alias="format")] = ExportFormat.csv,
) -> Response:
    """The same figures as a file: one row per group and bucket, and one for each total."""
    text = export.render(overview.analyse(session, subject, asked))
    name = f"analytics.{export_format}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(text, media_type="text/csv; charset=utf-8", headers=headers)
