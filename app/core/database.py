"""Engines, one transaction per request or task, and the workspace it may see.

Three roles, one database: `llmops_app` (row-level security applies; API and shard tasks),
`llmops_system` (sees all workspaces; sign-in, sweeper, retention) and `llmops_owner` (migrations).
Where only one URL is given, its user must be a member of the three: every connection says SET ROLE.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.engine import URL, ExceptionContext
from sqlalchemy.orm import Session, SessionTransaction

from app.core.config import Environment, Settings, get_settings


class Role(StrEnum):
    app = "llmops_app"
    system = "llmops_system"
    owner = "llmops_owner"


class UnsafeRole(RuntimeError):
    """The application's database role could bypass row-level security."""


class ScopedSession(Session):
    """A session of `llmops_app`; it sees the rows of `info["workspace_id"]` and no others."""


def url_of(role: Role, settings: Settings | None = None) -> URL:
    settings = settings or get_settings()
    special = {
        Role.system: settings.database_system_url,
        Role.owner: settings.database_owner_url,
    }.get(role)
    url = make_url((special or settings.database_url).get_secret_value())
    return url.set(drivername="postgresql+psycopg2")


@lru_cache
def engine(role: Role = Role.app) -> Engine:
    """The process's engine for a role; made on first use, never before a fork."""
    settings = get_settings()
    made = create_engine(
        url_of(role),
        pool_size=settings.database_pool_size if role is Role.app else 5,
        max_overflow=0 if role is Role.app else 5,
        pool_timeout=10,
        pool_pre_ping=True,  # a restarted PostgreSQL costs nobody an error
        hide_parameters=True,
        connect_args={"connect_timeout": 5, "application_name": f"llmops {role.name}"},
    )

    @event.listens_for(made, "connect")
    def _take_role(connection: Any, _record: object) -> None:  # noqa: ANN401 - psycopg2's connection
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(f"SET ROLE {role.value}")
        connection.autocommit = False

    event.listen(made, "handle_error", _without_values)
    return made


def _without_values(context: ExceptionContext) -> None:
    """PostgreSQL quotes the statement, with psycopg2's values in it, and whole rows in its errors.

    What is left is its first sentence: a prompt or a key reaches no log through an exception.
    """
    error, wrapped = context.original_exception, context.sqlalchemy_exception
    sentence = getattr(getattr(error, "diag", None), "message_primary", None)
    if sentence and wrapped:
        error.args = (sentence,)
        wrapped.args = (f"({type(error).__name__}) {sentence}",)


def forget_engines() -> None:
    """After a fork: the parent's connections are the parent's."""
    for role in Role:
        if engine.cache_info().currsize:
            engine(role).dispose(close=False)
    engine.cache_clear()


@event.listens_for(ScopedSession, "after_begin")
def _scope(session: Session, _transaction: SessionTransaction, connection: Connection) -> None:
    workspace_id = session.info.get("workspace_id")
    if connection.in_nested_transaction():
        return
    connection.execute(
        text("SELECT set_config('app.workspace_id', :workspace_id, true)"),
        {"workspace_id": str(workspace_id) if workspace_id else ""},
    )


@contextmanager
def unit_of_work(workspace_id: UUID | None = None) -> Iterator[Session]:
    """One transaction that sees one workspace; commits at the end, rolls back on any error."""
    with ScopedSession(engine(Role.app), expire_on_commit=False) as session, session.begin():
        session.info["workspace_id"] = workspace_id
        yield session


@contextmanager
def system_unit_of_work() -> Iterator[Session]:
    """One transaction that sees every workspace: sign-in, sweeper, retention, the command line."""
    with Session(engine(Role.system), expire_on_commit=False) as session, session.begin():
        yield session


def enter(session: Session, workspace_id: UUID) -> None:
    """Gives a session its workspace, before its first statement.

    It takes no connection: a request that first asks another session, or waits, holds none
    meanwhile; twenty such requests would otherwise wait for each other's.
    """
    session.info["workspace_id"] = workspace_id


def refuse_unsafe_role() -> None:
    """Raises UnsafeRole when the application's role may bypass the policies.

    In production also when the user it connects as may: SET ROLE is a wall only as long as nobody
    can say RESET ROLE. In development one superuser URL is what people have at hand.
    """
    strict = get_settings().environment is Environment.production
    users = "(current_user, session_user)" if strict else "(current_user)"
    with engine(Role.app).connect() as connection:
        unsafe = connection.execute(
            text(
                f"SELECT rolname FROM pg_roles WHERE rolname IN {users}"  # noqa: S608 - ours
                " AND (rolsuper OR rolbypassrls)"
            )
        ).scalar()
    if unsafe:
        raise UnsafeRole(
            f"The database role {unsafe} may bypass row-level security; let DATABASE_URL connect "
            f"as {Role.app.value}, or as a plain user that is a member of the three roles."
        )
