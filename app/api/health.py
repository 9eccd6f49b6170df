"""Is it alive, may it serve, and what is wrong with it."""

import time
from collections.abc import Callable
from enum import StrEnum
from importlib.metadata import version as installed_version
from typing import NamedTuple

from fastapi import APIRouter, Response
from redis.exceptions import RedisError
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from app.core import beat_mark, redis
from app.core.config import get_settings
from app.core.database import Role, engine
from app.core.schema import Output
from app.models.revision import HEAD

root = APIRouter(tags=["health"])
router = APIRouter(tags=["health"])


class Status(StrEnum):
    ok = "ok"
    degraded = "degraded"
    down = "down"


class Check(Output):
    status: Status
    detail: str
    ms: float


class Checks(Output):
    database: Check
    redis: Check
    worker: Check
    migrations: Check
    model: Check


class Health(Output):
    status: Status
    version: str
    checks: Checks


class Version(Output):
    name: str
    version: str


class Alive(Output):
    status: Status


class _Finding(NamedTuple):
    status: Status
    detail: str


def current_version() -> str:
    return installed_version("llmops-platform")


def _database() -> _Finding:
    with engine(Role.app).connect() as connection:
        connection.execute(text("SELECT 1"))
    return _Finding(Status.ok, "PostgreSQL answers")


def _migrations() -> _Finding:
    with engine(Role.app).connect() as connection:
        at = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    if at == HEAD:
        return _Finding(Status.ok, f"at {at}")
    return _Finding(Status.down, f"at {at}, expected {HEAD}: run alembic upgrade head")


def _redis() -> _Finding:
    if redis.outage.lasts:
        return _Finding(Status.degraded, "did not answer a moment ago; new work starts later")
    redis.client().ping()
    return _Finding(Status.ok, "answers")


def _worker() -> _Finding:
    if redis.outage.lasts:
        return _Finding(Status.degraded, "unknown while Redis is away")
    age = beat_mark.age_s()
    if age is None:
        return _Finding(Status.degraded, "no worker has swept yet; new work waits for one")
    patience = max(60.0, 4 * get_settings().sweep_seconds)
    status = Status.ok if age < patience else Status.degraded
    return _Finding(status, f"last sweep {age:.0f} s ago")


def _model() -> _Finding:
    return _Finding(Status.ok, get_settings().default_model)


def _timed(check: Callable[[], _Finding], on_failure: Status) -> Check:
    started = time.perf_counter()
    try:
        status, detail = check()
    except (SQLAlchemyError, RedisError, OSError) as error:
        if isinstance(error, (RedisError, OSError)):
            redis.outage.begin()
        status, detail = on_failure, f"does not answer ({type(error).__name__})"
    return Check(status=status, detail=detail, ms=round((time.perf_counter() - started) * 1000, 1))


@router.get("/health", responses={503: {"model": Health, "description": "Down"}})
def health(response: Response) -> Health:
    """Every part and how it does. Only the database and its migrations take the API down."""
    checks = Checks(
        database=_timed(_database, Status.down),
        redis=_timed(_redis, Status.degraded),
        worker=_timed(_worker, Status.degraded),
        migrations=_timed(_migrations, Status.down),
        model=_timed(_model, Status.degraded),
    )
    found = {check.status for _, check in checks}
    status = next((s for s in (Status.down, Status.degraded) if s in found), Status.ok)
    response.status_code = 503 if status is Status.down else 200
    return Health(status=status, version=current_version(), checks=checks)


@root.get("/healthz")
def alive() -> Alive:
    """The process lives; asks nobody else."""
    return Alive(status=Status.ok)


@root.get("/readyz", responses={503: {"model": Alive, "description": "Not ready"}})
def ready(response: Response) -> Alive:
    """May this process get requests? Database and migrations decide; workers do not."""
    checks = [_timed(_database, Status.down), _timed(_migrations, Status.down)]
    down = any(check.status is Status.down for check in checks)
    response.status_code = 503 if down else 200
    return Alive(status=Status.down if down else Status.ok)


@root.get("/version")
def version() -> Version:
    return Version(name="llmops-platform", version=current_version())
