from app.analyses import sweeping as analyses
from app.budgets import watching as budgets
from app.core import beat_mark
from app.core.celery_app import Task, app
from app.events import sweeping as events
from app.experiments import sweeping
from app.runs import cache
from app.schedules import starting as schedules


@app.task(name=Task.sweep.value)
def sweep() -> None:
    sweeping.sweep()
    analyses.sweep()
    events.sweep()
    schedules.sweep()
    budgets.sweep()
    cache.sweep()
    beat_mark.set_now()
