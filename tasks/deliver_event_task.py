from uuid import UUID

from app.alerts import recipients
from app.core.celery_app import Task, app
from app.events import spreading
from app.webhooks import service as webhooks


@app.task(name=Task.deliver_event.value)
def deliver_event(event_id: str) -> None:
    spreading.spread(UUID(event_id), finders=[webhooks.receivers, recipients.receivers])
