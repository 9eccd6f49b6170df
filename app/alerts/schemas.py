"""Alerts on the wire."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import Field

from app.accounts.schemas import Email
from app.core.schema import Input, JsonObject, Output
from app.models import EventKind


class AlertState(StrEnum):
    """Which alerts a list shows."""

    open = "open"
    all = "all"


class AlertRead(Output):
    id: UUID
    kind: EventKind
    title: str = Field(description="One sentence.")
    object_id: UUID | None
    url: str = Field(description="A path of the dashboard.")
    data: JsonObject = Field(description="Ids and figures; what they are depends on the kind.")
    created_at: datetime
    acknowledged_at: datetime | None
    acknowledged_by: str | None


Addresses = Annotated[
    list[Email] | None,
    Field(max_length=20, description="Null: the workspace's admins. Empty: nobody."),
]


class AlertSettingsChange(Input):
    addresses: Addresses


class AlertSettingsRead(Output):
    addresses: list[str] | None = Field(description="Null: the workspace's admins. Empty: nobody.")
    receivers: list[str] = Field(description="Who gets the next alert.")
    mail_is_set_up: bool = Field(description="Without LLMOPS_SMTP_HOST no e-mail leaves.")
