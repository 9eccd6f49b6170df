"""Analyses whose next step was lost, or keeps failing."""

from uuid import UUID

from sqlalchemy import func, update
from sqlalchemy.orm import Session

from app.analyses.advance import ANALYSES
from app.core import lease, logs
from app.core.celery_app import Task
from app.core.config import get_settings
from app.core.database import system_unit_of_work

log = logs.get()


def sweep() -> int:
    """Sends lost steps again and ends hopeless analyses; how many rows it touched."""
    with system_unit_of_work() as session:
        touched = lease.resend(session, ANALYSES, Task.advance_analysis, "analysis_id", _give_up)
    if touched:
        log.info("analyses_swept", rows=touched)
    return touched


def _give_up(session: Session, analysis_id: UUID) -> None:
    reason = (
        f"{get_settings().max_attempts} attempts at its next step failed; the log says why. Start "
        "it again: what is stored is not run again."
    )
    session.execute(
        update(ANALYSES)
        .where(ANALYSES.c.id == analysis_id)
        .values(error=reason, finished_at=func.clock_timestamp(), next_send=None)
    )
