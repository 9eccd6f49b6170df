from uuid import UUID

from app.core.celery_app import Task, app
from app.schedules import starting


@app.task(name=Task.start_scheduled.value)
def start_scheduled(run_id: str) -> None:
    starting.start(UUID(run_id))
