"""Whoever waits for an experiment hears that it has ended."""

from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from app.core.celery_app import Task
from app.core.queue import enqueue
from app.models import FINAL, Analysis, Experiment
from app.verdicts.loading import CONFIRMING


def notify(session: Session, experiment: Experiment) -> None:
    """Asks for the next step of what it belongs to: a schedule, an analysis, another experiment."""
    if experiment.trigger == "schedule":
        enqueue(session, Task.watch_drift, experiment_id=experiment.id)
    if experiment.follows is None:
        return
    if experiment.trigger == CONFIRMING:
        enqueue(session, Task.roll_up, experiment_id=experiment.follows)
        return
    waiting = select(Analysis.id).where(
        Analysis.workspace_id == experiment.workspace_id, Analysis.id == experiment.follows
    )
    if (analysis_id := session.scalar(waiting)) is not None:
        enqueue(session, Task.advance_analysis, analysis_id=analysis_id)


def awaited(experiment_id: UUID | InstrumentedAttribute[UUID]) -> Select[UUID]:
    """The runs of critical examples that an experiment waits for."""
    child = aliased(Experiment)
    return select(child.id).where(
        child.follows == experiment_id, child.trigger == CONFIRMING, child.status.not_in(FINAL)
    )
