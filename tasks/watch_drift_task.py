from uuid import UUID

from app.core.celery_app import Task, app
from app.schedules import watching


@app.task(name=Task.watch_drift.value)
def watch_drift(experiment_id: str) -> None:
    watching.watch(UUID(experiment_id))
