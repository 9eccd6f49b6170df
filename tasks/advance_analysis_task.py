from uuid import UUID

from app.analyses import advance
from app.core.celery_app import Task, app


@app.task(name=Task.advance_analysis.value)
def advance_analysis(analysis_id: str) -> None:
    advance.advance(UUID(analysis_id))
