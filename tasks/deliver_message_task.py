from uuid import UUID

from app.alerts import mailing
from app.core.celery_app import Task, app
from app.events import delivery
from app.webhooks import sending


@app.task(name=Task.deliver_message.value)
def deliver_message(delivery_id: str) -> None:
    job = delivery.claim(UUID(delivery_id))
    if job is None:
        return
    if job.endpoint_id is None:
        mailing.send(job)
    else:
        sending.send(job)
