"""Accounts on the wire."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, StringConstraints

from app.accounts.subject import Scope, SubjectKind
from app.core.schema import Input, Line, Output
from app.models import Role

Email = Annotated[
    str,
    StringConstraints(
        strip_whitespace=True, max_length=254, pattern=r"^[^@\s\x00]+@[^@\s\x00]+\.[^@\s\x00]+$"
    ),
]
Username = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._-]{2,64}$")]
Password = Annotated[str, StringConstraints(min_length=1, max_length=512)]


class Register(Input):
    email: Email
    username: Username
    password: Password
    language: Annotated[str, StringConstraints(pattern=r"^[a-z]{2}(-[A-Z]{2})?$")] = "en"
    setup_token: Annotated[str, StringConstraints(max_length=200)] | None = None


class Login(Input):
    username: Line = Field(description="User name or e-mail address.")
    password: Password


class Refresh(Input):
    refresh_token: Annotated[str, StringConstraints(min_length=1, max_length=200)]


class UserRead(Output):
    id: UUID
    username: str
    email: str
    language: str


class WorkspaceRead(Output):
    id: UUID
    name: str


class TokenRead(Output):
    access_token: str
    token_type: Literal["bearer"]
    expires_in: int
    refresh_token: str
    user: UserRead
    workspace: WorkspaceRead
    role: Role


class RateLimitRead(Output):
    per_minute: int
    status_per_minute: int


class ProtectedRead(Output):
    """Who the credential belongs to."""

    subject: str
    kind: SubjectKind
    user: str | None
    workspace: WorkspaceRead
    role: Role
    scopes: list[Scope]
    rate_limit: RateLimitRead


class ApiKeyCreate(Input):
    name: Line
    scopes: Annotated[list[Scope], Field(min_length=1)] = [Scope.read, Scope.run]
    expires_in_days: Annotated[int, Field(ge=1, le=365)] = 90
    rate_limit_per_minute: Annotated[int, Field(ge=1, le=100_000)] | None = None


class ApiKeyRead(Output):
    id: UUID
    name: str
    public_id: str
    last_four: str
    scopes: list[Scope]
    created_by: str
    created_at: datetime
    expires_at: datetime | None
    is_active: bool
    last_used_at: datetime | None
    replaces_id: UUID | None
    rate_limit_per_minute: int | None


class ApiKeyMade(ApiKeyRead):
    key: str = Field(description="The secret: shown now and never again.")


class ApiKeyList(Output):
    items: list[ApiKeyRead]
    next_cursor: None
    total: int
