"""The engine without its processes: a database of its own, and jobs that wait in a list.

No worker and no sweeper sees this database, so that a test decides what is delivered, lost,
repeated or swept, and when.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any
from uuid import UUID

import psycopg2
import pytest
from pydantic import SecretStr
from sqlalchemy import Engine, make_url, text

from app.analyses import advance
from app.core import database, queue
from app.core.celery_app import Task
from app.core.config import Settings, get_settings
from app.core.database import Role
from app.embedded.roles import DatabaseUrls, provision
from app.experiments import rollup, shard
from app.review import certificates
from app.runs import execution
from app.schedules import starting, watching
from tests.support.stack import Stack, environment_of, migrate

Job = tuple[str, dict[str, str]]
WORK = {
    Task.run_prompt: lambda ids: execution.execute(UUID(ids["run_id"])),
    Task.run_shard: lambda ids: shard.work(UUID(ids["shard_id"])),
    Task.roll_up: lambda ids: rollup.roll_up(UUID(ids["experiment_id"])),
    Task.advance_analysis: lambda ids: advance.advance(UUID(ids["analysis_id"])),
    Task.start_scheduled: lambda ids: starting.start(UUID(ids["run_id"])),
    Task.watch_drift: lambda ids: watching.watch(UUID(ids["experiment_id"])),
    Task.certify_judge: lambda ids: certificates.decide(UUID(ids["certificate_id"])),
}

DELIVERIES = {Task.deliver_event, Task.deliver_message}  # who tests them performs them


class Apart:
    """A database beside the test run's own, and what was sent since the test began."""

    def __init__(self, urls: DatabaseUrls) -> None:
        settings = get_settings()
        self.sent: list[Job] = []
        self._settings = settings.model_copy(
            update={
                "database_url": SecretStr(urls.app),
                "database_system_url": SecretStr(urls.system),
                "database_owner_url": SecretStr(urls.owner),
            }
        )
        self._engine = lru_cache(database.engine.__wrapped__)

    @contextmanager
    def used(self) -> Iterator["Apart"]:
        """This process's units of work go here, and its jobs into `sent`."""
        self.sent.clear()
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(database, "get_settings", self._get_settings)
            patch.setattr(database, "engine", self._engine)
            patch.setattr(queue, "_deliver_with", [lambda task, ids: self.sent.append((task, ids))])
            yield self

    def _get_settings(self) -> Settings:
        return self._settings

    def engine(self, role: Role = Role.system) -> Engine:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(database, "get_settings", self._get_settings)
            return self._engine(role)

    def sql(self, statement: str, **values: object) -> list[Any]:
        """Runs one statement over all workspaces; its rows, if it gives any."""
        with self.engine().begin() as connection:
            found = connection.execute(text(statement), values)
            return list(found) if found.returns_rows else []

    def work_off(self) -> None:
        """Performs what was sent, in its order, until nothing is left; deliveries are left out."""
        while self.sent:
            task, ids = self.sent.pop(0)
            if Task(task) not in DELIVERIES:
                WORK[Task(task)](ids)

    def close(self) -> None:
        for role in Role:
            self.engine(role).dispose()


@contextmanager
def database_apart(stack: Stack, name: str) -> Iterator[Apart]:
    """A new, migrated database on the test run's own PostgreSQL."""
    admin = make_url(stack.postgres.admin_url)
    connection = psycopg2.connect(admin.render_as_string(hide_password=False))
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {name}")
    connection.close()
    urls = provision(admin.set(database=name).render_as_string(hide_password=False))
    migrate("upgrade", "head", **environment_of(urls))
    made = Apart(urls)
    try:
        yield made
    finally:
        made.close()
