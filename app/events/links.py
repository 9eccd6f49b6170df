"""Where the dashboard shows what an event is about."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote
from uuid import UUID

from app.core.config import get_settings
from app.models import Event, EventKind

SETTINGS: Mapping[EventKind, str] = {
    EventKind.budget_alert: "budgets",
    EventKind.budget_exceeded: "budgets",
    EventKind.webhook_disabled: "webhooks",
    EventKind.webhook_test: "webhooks",
}
OF_EXPERIMENTS = {EventKind.experiment_completed, EventKind.experiment_regressed}
OF_SCHEDULES = {EventKind.schedule_failed, EventKind.drift_detected}
OF_JUDGES = {EventKind.judge_changed, EventKind.review_completed}


def path_of(kind: EventKind, object_id: UUID | None, data: Mapping[str, Any]) -> str:
    """A path of the dashboard."""
    if kind in OF_EXPERIMENTS and object_id:
        return f"/experiments/{object_id}"
    if kind is EventKind.prompt_label_moved and "prompt" in data:
        return f"/prompts/{quote(str(data['prompt']))}"
    if kind in OF_SCHEDULES and object_id:
        return f"/evaluations?tab=drift&schedule={object_id}"
    if kind in OF_JUDGES:
        return "/evaluations"
    section = SETTINGS.get(kind)
    return f"/settings/{section}" if section else "/"


def url_of(event: Event) -> str:
    """The same with the address people reach the platform at."""
    path = path_of(EventKind(event.kind), event.object_id, event.data)
    return f"{get_settings().public_url}{path}"
