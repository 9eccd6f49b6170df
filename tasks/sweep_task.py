from app.analyses import sweeping as analyses
from app.budgets import watching as budgets
from app.core import beat_mark
from app.core.celery_app import Task, app
from app.events import sweeping as events
from app.experiments import sweeping
from app.runs import cache
from app.schedules import starting as schedules

PARTS = (sweeping, analyses, events, schedules, budgets, cache)


@app.task(name=Task.sweep.value)
def sweep() -> None:
    """Each part by itself: what one stumbles over keeps no other from its work."""
    failed = []
    for part in PARTS:
        try:
            part.sweep()
        except Exception as error:  # noqa: BLE001 - told below, after the others had their turn
            failed.append(error)
    if failed:
        raise ExceptionGroup("not everything was swept", failed)
    beat_mark.set_now()
