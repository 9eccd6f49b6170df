from uuid import UUID

from app.core.celery_app import Task, app
from app.runs import execution


@app.task(name=Task.run_prompt.value)
def run_prompt(run_id: str) -> None:
    execution.execute(UUID(run_id))
