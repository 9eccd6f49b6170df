"""Whoever waits for an experiment hears that it has ended."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.celery_app import Task
from app.core.queue import enqueue
from app.models import Analysis, Experiment


def notify(session: Session, experiment: Experiment) -> None:
    """Asks for the next step of what the experiment belongs to: a watched schedule, an analysis."""
    if experiment.trigger == "schedule":
        enqueue(session, Task.watch_drift, experiment_id=experiment.id)
    if experiment.follows is None:
        return
    waiting = select(Analysis.id).where(
        Analysis.workspace_id == experiment.workspace_id, Analysis.id == experiment.follows
    )
    if (analysis_id := session.scalar(waiting)) is not None:
        enqueue(session, Task.advance_analysis, analysis_id=analysis_id)
