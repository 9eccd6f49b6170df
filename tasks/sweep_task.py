from app.analyses import sweeping as analyses
from app.core import beat_mark
from app.core.celery_app import Task, app
from app.experiments import sweeping


@app.task(name=Task.sweep.value)
def sweep() -> None:
    sweeping.sweep()
    analyses.sweep()
    beat_mark.set_now()
