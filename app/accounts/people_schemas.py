"""Profiles, open sessions, members and invitations on the wire."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import Field

from app.accounts.schemas import Email, Language, TimeZone
from app.core.schema import Input, Output
from app.models import Role


class ProfileChange(Input):
    """What is left out stays."""

    email: Email | None = None
    language: Language | None = None
    time_zone: TimeZone | None = None


class OpenSessionRead(Output):
    id: UUID
    created_at: datetime
    last_seen_at: datetime = Field(description="Noted every five minutes at most.")
    address: str | None
    user_agent: str | None
    current: bool
    kind: Literal["browser", "token"]


class OpenSessionList(Output):
    items: list[OpenSessionRead]
    next_cursor: None
    total: int


class MemberRead(Output):
    user_id: UUID
    username: str
    email: str
    role: Role
    is_owner: bool
    joined_at: datetime
    last_seen_at: datetime | None


class MemberList(Output):
    items: list[MemberRead]
    next_cursor: None
    total: int


class MemberChange(Input):
    role: Role


class InvitationCreate(Input):
    role: Role
    email: Email | None = Field(None, description="Then it is good for this address only.")


class InvitationRead(Output):
    id: UUID
    role: Role
    email: str | None
    created_by: str
    created_at: datetime
    expires_at: datetime


class InvitationMade(InvitationRead):
    url: str = Field(description="Where it is accepted: shown now and never again.")
    token: str


class InvitationList(Output):
    items: list[InvitationRead]
    next_cursor: None
    total: int
