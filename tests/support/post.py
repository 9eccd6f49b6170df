"""A workspace in a database without workers, its webhook, and deliveries performed on demand."""

from uuid import UUID

from sqlalchemy import select

from app.accounts.subject import Subject
from app.core.celery_app import Task
from app.core.database import unit_of_work
from app.events import EventKind, emit
from app.models import Delivery, DeliveryAttempt, WebhookEndpoint
from app.webhooks import service
from app.webhooks.service import Made
from tasks.deliver_event_task import deliver_event
from tasks.deliver_message_task import deliver_message
from tests.support.apart import Apart

PERFORM = {Task.deliver_event: deliver_event, Task.deliver_message: deliver_message}


class Post:
    """What is told goes to `url`; `made` is the webhook with its secret."""

    def __init__(self, apart: Apart, subject: Subject, url: str) -> None:
        self.apart, self.subject = apart, subject
        apart.sql("DELETE FROM events")  # of tests before
        self.made = self.hook(url)

    def hook(self, url: str, kinds: tuple[EventKind, ...] = ()) -> Made:
        with unit_of_work(self.subject.workspace_id) as session:
            return service.create(session, self.subject, url=url, kinds=list(kinds), description="")

    def happens(self, kind: EventKind = EventKind.experiment_completed, **values) -> UUID | None:
        with unit_of_work(self.subject.workspace_id) as session:
            return emit(
                session,
                self.subject.workspace_id,
                kind,
                title=values.pop("title", "It is done."),
                **values,
            )

    def work_off(self) -> None:
        while self.apart.sent:
            task, ids = self.apart.sent.pop(0)
            PERFORM[Task(task)](**ids)

    def deliveries(self) -> list[Delivery]:
        with unit_of_work(self.subject.workspace_id) as session:
            return list(session.scalars(select(Delivery).order_by(Delivery.id)))

    def attempts(self) -> list[DeliveryAttempt]:
        with unit_of_work(self.subject.workspace_id) as session:
            return list(session.scalars(select(DeliveryAttempt).order_by(DeliveryAttempt.id)))

    def endpoint(self) -> WebhookEndpoint:
        with unit_of_work(self.subject.workspace_id) as session:
            return session.get_one(WebhookEndpoint, self.made.endpoint.id)

    def passes(self) -> None:
        """What waits for a later time is due now."""
        self.apart.sql(
            "UPDATE deliveries SET next_attempt_at = clock_timestamp() - interval '1 second',"
            " next_send = clock_timestamp() - interval '1 second' WHERE state = 'pending'"
        )
