from uuid import UUID

from app.core.celery_app import Task, app
from app.experiments import rollup


@app.task(name=Task.roll_up.value)
def roll_up(experiment_id: str) -> None:
    rollup.roll_up(UUID(experiment_id))
