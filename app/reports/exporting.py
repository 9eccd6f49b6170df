"""The formats of a report, and what each of them reads."""

from collections.abc import Callable, Collection, Iterable, Iterator
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID

from sqlalchemy.orm import Session

from app.accounts.subject import Subject
from app.experiments import service
from app.reports import csv_table, html_page, jsonl, junit, loading, markdown
from app.reports.report import DETAILED, Report, worst_changes

CHUNK_CHARACTERS = 2**16  # a line at a time costs a stream more than it carries


class ReportFormat(StrEnum):
    csv = "csv"
    jsonl = "jsonl"
    markdown = "markdown"
    html = "html"
    junit = "junit"


class Format(NamedTuple):
    """`worst` is how many cases of each verdict it shows; None for all cases."""

    media_type: str
    suffix: str
    render: Callable[[Report], Iterator[str]]
    worst: int | None = None
    streamed: bool = False


FORMATS = {
    ReportFormat.csv: Format("text/csv", "csv", csv_table.render, streamed=True),
    ReportFormat.jsonl: Format("application/jsonl", "jsonl", jsonl.render, streamed=True),
    ReportFormat.markdown: Format(
        "text/markdown", "md", markdown.render, worst=markdown.MOST_CASES
    ),
    ReportFormat.html: Format("text/html", "html", html_page.render, worst=html_page.MOST_CASES),
    ReportFormat.junit: Format("application/xml", "junit.xml", junit.render),
}


class Export(NamedTuple):
    """A file's name, and its content in pieces."""

    name: str
    pieces: Iterator[bytes]


def export(session: Session, subject: Subject, experiment_id: UUID, fmt: ReportFormat) -> Export:
    """The experiment as it is now; of one that runs, what there is.

    A table is read in transactions of its own while it is sent, a report in this one before.
    """
    experiment = service.get(session, subject, experiment_id)
    form = FORMATS[fmt]
    report = loading.load(session, experiment)
    name = f"experiment-{experiment.id}.{form.suffix}"
    if form.streamed:
        read = loading.in_own_transactions(subject)
        report = report._replace(cases=loading.all_cases(experiment, read))
        return Export(name, _pieces(form.render(report)))
    read = loading.in_transaction(session)
    if form.worst is None:
        report = report._replace(cases=loading.all_cases(experiment, read))
    else:
        wanted = places(report, form.worst)
        report = report._replace(cases=loading.cases_at(experiment, read, wanted))
    return Export(name, iter(list(_pieces(form.render(report)))))


def places(report: Report, most: int) -> Collection[tuple[int, int]]:
    """The (arm, position) of the examples that are shown."""
    return {
        (side.arm, change.position)
        for verdict in report.worst_first[:DETAILED]
        for change in worst_changes(verdict, most)
        for side in (verdict.baseline, verdict.candidate)
    }


def _pieces(texts: Iterable[str]) -> Iterator[bytes]:
    waiting: list[str] = []
    size = 0
    for text in texts:
        waiting.append(text)
        size += len(text)
        if size >= CHUNK_CHARACTERS:
            yield "".join(waiting).encode()
            waiting, size = [], 0
    yield "".join(waiting).encode()
