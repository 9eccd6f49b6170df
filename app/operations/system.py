"""The installation at a glance: versions, workers, queues, database, disk, circuits."""

import platform
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal, NamedTuple

import psutil
from sqlalchemy import and_, func, select, text
from sqlalchemy.orm import Session

from app.accounts.subject import Subject
from app.core.config import get_settings
from app.core.database import Role, url_of
from app.llm.failures import PROVIDERS
from app.models import Result, Shard
from app.models.revision import HEAD
from app.operations import workers
from app.operations.workers import Queue, Worker
from app.runs import circuits
from app.runs.circuits import Circuit
from app.runs.providers import registry


class DatabaseFacts(NamedTuple):
    size_bytes: int
    version: str


class Disk(NamedTuple):
    free_bytes: int
    total_bytes: int


class ProviderCircuit(NamedTuple):
    name: str
    state: Circuit | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    revision: str | None
    head: str
    python: str
    started_at: datetime
    mode: Literal["embedded", "external"]
    workers: Sequence[Worker] | None
    queues: Sequence[Queue]
    database: DatabaseFacts
    disk: Disk | None
    active_cases: int
    circuits: Sequence[ProviderCircuit]


def facts(session: Session, subject: Subject) -> Facts:
    """Workers are asked first: no connection is held while they think."""
    answering, waiting = workers.roll.call(), workers.queues()
    asked = [name for name in registry().providers() if name in PROVIDERS]
    states = circuits.states(asked)
    is_embedded = _is_embedded()
    return Facts(
        revision=session.scalar(text("SELECT version_num FROM alembic_version")),
        head=HEAD,
        python=platform.python_version(),
        started_at=datetime.fromtimestamp(psutil.Process().create_time(), UTC),
        mode="embedded" if is_embedded else "external",
        workers=answering,
        queues=waiting,
        database=_database(session),
        disk=_disk() if is_embedded else None,
        active_cases=_active_cases(session, subject),
        circuits=[ProviderCircuit(name, states[name]) for name in asked],
    )


def _is_embedded() -> bool:
    """The embedded PostgreSQL listens on a socket only, in a folder named after ours."""
    socket: Any = url_of(Role.app).query.get("host", "")
    return get_settings().data_dir is not None and "/llmops-" in str(socket)


def _database(session: Session) -> DatabaseFacts:
    row = session.execute(
        text("SELECT pg_database_size(current_database()), current_setting('server_version')")
    ).one()
    return DatabaseFacts(int(row[0]), str(row[1]))


def _disk() -> Disk | None:
    folder = get_settings().data_dir
    if folder is None or not folder.exists():
        return None
    found = shutil.disk_usage(folder)
    return Disk(found.free, found.total)


def _active_cases(session: Session, subject: Subject) -> int:
    """Cases of the shards that workers hold, less those that have a result already."""
    mine = (Shard.workspace_id == subject.workspace_id, Shard.state == "running")
    held = session.scalar(select(func.coalesce(func.sum(Shard.cases), 0)).where(*mine)) or 0
    done = session.scalar(
        select(func.count())
        .select_from(Shard)
        .join(
            Result,
            and_(
                Result.workspace_id == Shard.workspace_id,
                Result.experiment_id == Shard.experiment_id,
                Result.case_no >= Shard.first_case,
                Result.case_no < Shard.first_case + Shard.cases,
                Result.retrying.is_(False),
            ),
        )
        .where(*mine)
    )
    return int(held) - int(done or 0)
