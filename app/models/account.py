"""People, workspaces, who belongs where, and the two ways to be recognised: sessions and keys."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import (
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Identified, JsonMap, Tenant, own


class Role(StrEnum):
    """Roles in a workspace, weakest first."""

    user = "user"
    moderator = "moderator"
    editor = "editor"
    admin = "admin"


class User(Identified, Base):
    """A person. Global: only the system role reads this table."""

    __tablename__ = "users"

    email: Mapped[str]
    username: Mapped[str]
    password_hash: Mapped[str]
    language: Mapped[str] = mapped_column(server_default="en")
    time_zone: Mapped[str] = mapped_column(server_default="UTC")
    is_active: Mapped[bool] = mapped_column(server_default="true")
    token_version: Mapped[int] = mapped_column(Integer, server_default="0")

    __table_args__ = (
        Index("uq_users_email", text("lower(email)"), unique=True),
        Index("uq_users_username", text("lower(username)"), unique=True),
    )


class Workspace(Identified, Base):
    __tablename__ = "workspaces"

    name: Mapped[str]
    slug: Mapped[str] = mapped_column(unique=True)
    owner_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))


class Membership(Identified, Tenant, Base):
    __tablename__ = "memberships"

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    role: Mapped[Role] = mapped_column(Text())

    __table_args__ = (
        own("id"),
        own("user_id"),
        ForeignKeyConstraint(["workspace_id"], ["workspaces.id"], ondelete="CASCADE"),
    )


class LoginSession(Identified, Base):
    """Somebody signed in: a browser by its cookie, or a family of refresh tokens.

    One conditional UPDATE rotates a refresh token.
    """

    __tablename__ = "login_sessions"

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    workspace_id: Mapped[UUID] = mapped_column(ForeignKey("workspaces.id", ondelete="CASCADE"))
    cookie_hash: Mapped[str | None] = mapped_column(unique=True)  # of a browser
    current_hash: Mapped[str | None] = mapped_column(unique=True)  # of everything else
    previous_hash: Mapped[str | None] = mapped_column(index=True)
    successor: Mapped[str | None]  # encrypted; lets two tabs that race get the same token
    rotated_at: Mapped[datetime | None]
    last_seen_at: Mapped[datetime | None]  # written every five minutes at most
    address: Mapped[str | None]
    user_agent: Mapped[str | None]
    expires_at: Mapped[datetime]
    absolute_expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]


class LinkKind(StrEnum):
    """What a one-time link is good for."""

    setup = "setup"  # to become the first admin
    sign_in = "sign_in"
    invite = "invite"  # to become a member, with the role in it
    reset = "reset"  # to choose another password


class OneTimeLink(Identified, Base):
    """A token in the fragment of a URL: hashed, single use, 30 minutes (an invitation 7 days)."""

    __tablename__ = "one_time_links"

    token_hash: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[LinkKind] = mapped_column(Text())
    workspace_id: Mapped[UUID] = mapped_column(ForeignKey("workspaces.id", ondelete="CASCADE"))
    user_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    role: Mapped[Role | None] = mapped_column(Text())
    email: Mapped[str | None]
    created_by: Mapped[str]
    created_by_id: Mapped[UUID | None]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]

    __table_args__ = (Index("ix_one_time_links_page", "workspace_id", text("id DESC")),)


class ApiKey(Identified, Tenant, Base):
    __tablename__ = "api_keys"

    name: Mapped[str]
    public_id: Mapped[str] = mapped_column(unique=True)
    digest: Mapped[str]
    last_four: Mapped[str]
    scopes: Mapped[list[str]] = mapped_column(ARRAY(Text()))
    user_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    created_by: Mapped[str]
    expires_at: Mapped[datetime | None]
    is_active: Mapped[bool] = mapped_column(server_default="true")
    last_used_at: Mapped[datetime | None]
    replaces_id: Mapped[UUID | None]
    rate_limit_per_minute: Mapped[int | None]

    __table_args__ = (
        own("id"),
        ForeignKeyConstraint(["workspace_id"], ["workspaces.id"], ondelete="CASCADE"),
    )


class AuditEvent(Identified, Tenant, Base):
    """What was done, by whom; append-only (no UPDATE or DELETE grant), chained by hash."""

    __tablename__ = "audit_events"

    number: Mapped[int]
    tag: Mapped[str]
    actor: Mapped[str]
    actor_id: Mapped[UUID | None]
    object_id: Mapped[UUID | None]
    before: Mapped[JsonMap | None] = mapped_column(JSONB(none_as_null=True))
    after: Mapped[JsonMap | None] = mapped_column(JSONB(none_as_null=True))
    address: Mapped[str | None]
    request_id: Mapped[str | None]
    previous_digest: Mapped[str]
    digest: Mapped[str]

    __table_args__ = (UniqueConstraint("workspace_id", "number"), own("id"))


class IdempotencyRecord(Identified, Tenant, Base):
    """A request that costs money, by its Idempotency-Key; committed before the work starts."""

    __tablename__ = "idempotency_records"

    subject: Mapped[str]
    method: Mapped[str]
    path: Mapped[str]
    key: Mapped[str]
    body_digest: Mapped[str]
    status: Mapped[int | None]
    response: Mapped[JsonMap | None] = mapped_column(JSONB(none_as_null=True))
    locked_until: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)

    __table_args__ = (UniqueConstraint("workspace_id", "subject", "method", "path", "key"),)
