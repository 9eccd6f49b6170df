"""The base of all tables, and the columns several of them share."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    Boolean,
    DateTime,
    Integer,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from app.core.clock import new_id

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

JsonMap = dict[str, Any]


class Base(DeclarativeBase):
    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map = {  # noqa: RUF012 - SQLAlchemy reads it from the class
        str: Text(),
        datetime: DateTime(timezone=True),
        JsonMap: JSONB(),
        UUID: Uuid(),
    }


class Identified:
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    created_at: Mapped[datetime] = mapped_column(server_default=func.clock_timestamp())


class Tenant:
    """A row of one workspace: row-level security stands on this column."""

    workspace_id: Mapped[UUID] = mapped_column(server_default=text("current_workspace()"))


class Leased:
    """The columns `core/lease.py` works on."""

    state: Mapped[str] = mapped_column(server_default="pending")
    fence: Mapped[int] = mapped_column(Integer, server_default="0")
    owner: Mapped[str | None]
    lease_until: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(Integer, server_default="0")
    progressed: Mapped[bool] = mapped_column(Boolean, server_default="false")
    sends: Mapped[int] = mapped_column(Integer, server_default="0")
    next_send: Mapped[datetime | None]


def table_of(model: type[Base]) -> Table:
    """The table behind a model, for the statements of `core/lease.py`."""
    return model.metadata.tables[model.__tablename__]


def own(*columns: str) -> UniqueConstraint:
    """Unique within a workspace; also what composite foreign keys point at."""
    return UniqueConstraint("workspace_id", *columns)
