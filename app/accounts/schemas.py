"""Accounts on the wire."""

from datetime import datetime
from functools import lru_cache
from typing import Annotated, Literal
from uuid import UUID
from zoneinfo import available_timezones

from pydantic import AfterValidator, Field, StringConstraints

from app.accounts.subject import Scope, Subject, SubjectKind
from app.core.config import get_settings
from app.core.schema import Input, Line, Output
from app.models import Role, User

Email = Annotated[
    str,
    StringConstraints(
        strip_whitespace=True, max_length=254, pattern=r"^[^@\s\x00]+@[^@\s\x00]+\.[^@\s\x00]+$"
    ),
]
Username = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._-]{2,64}$")]
Password = Annotated[str, StringConstraints(min_length=1, max_length=512)]
Token = Annotated[str, StringConstraints(max_length=200)]
Language = Annotated[str, StringConstraints(pattern=r"^[a-z]{2}(-[A-Z]{2})?$")]


@lru_cache(1)
def zones() -> frozenset[str]:
    return frozenset(available_timezones())  # asking walks over some 600 files


def known_zone(value: str) -> str:
    if value not in zones():
        raise ValueError("write a time zone as in the IANA database: Europe/Berlin, UTC")
    return value


TimeZone = Annotated[str, Field(max_length=64), AfterValidator(known_zone)]


class Register(Input):
    email: Email
    username: Username
    password: Password
    language: Language = "en"
    time_zone: TimeZone = "UTC"
    setup_token: Token | None = Field(None, description="Of the link that `llmops up` prints.")
    invite_token: Token | None = Field(None, description="Of an invitation.")


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
    time_zone: str


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


class SetupRead(Output):
    """What a visitor who is not signed in needs to know."""

    first_run: bool = Field(description="Nobody is the owner yet: the set-up link comes first.")
    signup_open: bool
    product: Literal["llmops"]
    version: str


class FollowLink(Input):
    token: Token


class ChangePassword(Input):
    current_password: Password
    new_password: Password


class ResetPassword(Input):
    token: Token
    new_password: Password


class SessionRead(Output):
    """Who is signed in; the session itself is in the cookie, where no script reads it."""

    user: UserRead
    workspace: WorkspaceRead
    role: Role
    scopes: list[Scope]


class RateLimitRead(Output):
    per_minute: int
    status_per_minute: int


class ProtectedRead(Output):
    """Who the credential belongs to; a key has no profile, whoever made it."""

    subject: str
    kind: SubjectKind
    user: str | None
    user_id: UUID | None
    email: str | None
    language: str | None
    time_zone: str | None
    workspace: WorkspaceRead
    role: Role
    scopes: list[Scope]
    rate_limit: RateLimitRead


def whoami(subject: Subject, person: User | None) -> ProtectedRead:
    settings = get_settings()
    return ProtectedRead(
        subject=subject.label,
        kind=subject.kind,
        user=subject.username,
        user_id=person and person.id,
        email=person and person.email,
        language=person and person.language,
        time_zone=person and person.time_zone,
        workspace=WorkspaceRead(id=subject.workspace_id, name=subject.workspace_name),
        role=subject.role,
        scopes=sorted(subject.scopes),
        rate_limit=RateLimitRead(
            per_minute=subject.rate_limit_per_minute or settings.rate_limit_per_minute,
            status_per_minute=settings.rate_limit_status_per_minute,
        ),
    )


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
