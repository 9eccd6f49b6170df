from app.core.celery_app import Task, app
from app.review import upkeep


@app.task(name=Task.check_canaries.value)
def check_canaries() -> None:
    upkeep.keep_up()
