"""Analyses: read, listed, cancelled. `starting.py` starts one, `advance.py` does its steps."""

from contextlib import suppress
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from app import audit
from app.accounts.subject import Subject
from app.audit import AuditTag
from app.core.errors import Conflict, NotFound
from app.experiments import service as experiments
from app.models import FINAL, Analysis, AnalysisKind, Experiment
from app.prompts import paging
from app.prompts.paging import Listing

OPEN = ("pending", "running")


class AnalysisNotFound(NotFound):
    message = "There is no analysis with this id in your workspace."


class AnalysisEnded(Conflict):
    message = "This analysis has ended as {status}; only a running one can be cancelled."


def readable_by(subject: Subject) -> Select[Analysis]:
    """Every read of analyses starts here."""
    return select(Analysis).where(Analysis.workspace_id == subject.workspace_id)


def get(session: Session, subject: Subject, analysis_id: UUID) -> Analysis:
    analysis = session.scalar(readable_by(subject).where(Analysis.id == analysis_id))
    if analysis is None:
        raise AnalysisNotFound
    return analysis


def page(
    session: Session,
    subject: Subject,
    *,
    prompt_id: UUID | None,
    kind: AnalysisKind | None,
    cursor: str | None,
    limit: int,
) -> Listing[Analysis]:
    """Newest first."""
    wanted = readable_by(subject)
    if prompt_id is not None:
        wanted = wanted.where(Analysis.prompt_id == prompt_id)
    if kind is not None:
        wanted = wanted.where(Analysis.kind == kind)
    total = session.scalar(select(func.count()).select_from(wanted.subquery())) or 0
    order = f"analyses {subject.workspace_id} {prompt_id} {kind}"
    after = paging.place(cursor, order)
    if after:
        wanted = wanted.where(Analysis.id < UUID(after[0]))
    rows = session.scalars(wanted.order_by(Analysis.id.desc()).limit(limit + 1)).all()
    return paging.listing(
        rows, limit=limit, total=total, order=order, place_of=lambda row: [row.id]
    )


def status_of(analysis: Analysis) -> str:
    """Between two steps its row waits, as *pending*; to its readers it runs."""
    return "running" if analysis.state == "pending" and analysis.progress else analysis.state


def cancel(session: Session, subject: Subject, analysis_id: UUID) -> Analysis:
    """Ends it, and the experiment it waits for; what it found so far stays readable."""
    analysis = session.scalar(
        readable_by(subject).where(Analysis.id == analysis_id).with_for_update(key_share=True)
    )
    if analysis is None:
        raise AnalysisNotFound
    if analysis.state not in OPEN:
        raise AnalysisEnded(status=analysis.state)
    analysis.state = "cancelled"
    analysis.owner = analysis.lease_until = analysis.next_send = None
    analysis.finished_at = analysis.updated_at = func.clock_timestamp()
    children = session.scalars(
        select(Experiment.id).where(
            Experiment.workspace_id == subject.workspace_id,
            Experiment.follows == analysis.id,
            Experiment.status.not_in(FINAL),
        )
    ).all()
    for child in children:
        with suppress(experiments.ExperimentEnded):  # its results are being added up already
            experiments.cancel(session, subject, child)
    session.flush()
    session.refresh(analysis)
    audit.record(session, subject, AuditTag.analysis_cancelled, object_id=analysis.id)
    return analysis
