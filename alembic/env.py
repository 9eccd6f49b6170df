"""Migrations run as llmops_owner, give up a lock after 4 s and a statement after 5 s.

A migration that needs longer sets its own `statement_timeout` and says why. With row-level
security forced, the owner sees no rows: a data migration takes the role llmops_system.
"""

from sqlalchemy import Connection, text

from alembic import context
from app.core.config import get_settings
from app.core.database import Role, engine
from app.embedded import roles
from app.models import Base


def run() -> None:
    connection = context.config.attributes.get("connection")
    if connection is not None:
        migrate(connection)
        return
    settings = get_settings()
    if settings.database_owner_url is None:
        roles.prepare(settings.database_url.get_secret_value())
    with engine(Role.owner).connect() as own:
        migrate(own)
        own.commit()


def migrate(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        transaction_per_migration=True,
        compare_type=True,
        compare_server_default=False,
    )
    with context.begin_transaction():
        context.execute(text("SET lock_timeout = '4s'"))
        context.execute(text("SET statement_timeout = '5s'"))
        context.run_migrations()


run()
