from uuid import UUID

from app.core.celery_app import Task, app
from app.experiments import shard


@app.task(name=Task.run_shard.value)
def run_shard(shard_id: str) -> None:
    shard.work(UUID(shard_id))
