"""What could keep the platform from running here, each with what to do about it."""

import os
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

import redis
from fastapi import Response

from app.api import health
from app.api.health import Status
from app.core import redis as queue
from app.core.database import UnsafeRole, refuse_unsafe_role
from app.embedded import cpu, state, surroundings
from app.embedded.datadir import DataDir
from app.embedded.errors import Misconfigured
from app.embedded.secrets_file import Secrets, load
from app.embedded.stack import free_port

PYTHON = (3, 11)
SOCKET_PATH_LIMIT = 107
GIB = 1024**3


class Level(StrEnum):
    ok = "ok"
    warn = "warn"
    fail = "fail"


@dataclass(frozen=True)
class Finding:
    """`advice` says what to do; empty when all is well."""

    name: str
    level: Level
    detail: str
    advice: str = ""


def examine(data_dir: Path, host: str, port: int) -> Iterator[Finding]:
    """Looks at this machine, then at the running stack or the servers the settings name."""
    folder = DataDir.at(data_dir)
    running = state.read_running(folder)
    yield _python()
    yield _processor()
    yield _disk(folder)
    yield _access(folder)
    yield _sockets(folder)
    try:
        settings = surroundings.given_settings(load(folder) or Secrets())
    except Misconfigured as error:
        yield Finding("settings", Level.fail, str(error), "Correct the environment or .env.")
        return
    yield Finding("settings", Level.ok, f"environment is {settings.environment}")
    if running:
        yield Finding("stack", Level.ok, f"{running.phase} at {running.url}")
        surroundings.adopt(running.environment)
    else:
        yield _port(host, port)
        yield Finding("stack", Level.ok, f"nothing runs on {folder.root}")
    if running or {"database_url", "redis_url"} <= settings.model_fields_set:
        yield from _servers()
        surroundings.let_go()
    else:
        yield Finding(
            "servers",
            Level.warn,
            "the embedded database and queue are not running, so they were not looked at",
            "Start them with `llmops up`, then repeat.",
        )


def _python() -> Finding:
    found = ".".join(map(str, sys.version_info[:3]))
    if sys.version_info < PYTHON:
        return Finding("python", Level.fail, found, "Install Python 3.11 or newer.")
    return Finding("python", Level.ok, found)


def _processor() -> Finding:
    if cpu.runs_pgvector():
        return Finding("processor", Level.ok, "runs pgvector")
    return Finding(
        "processor",
        Level.warn,
        "no AVX2, which the embedded pgvector needs: semantic search is off",
        "Search by words works. For both, set DATABASE_URL to a PostgreSQL with pgvector.",
    )


def _disk(folder: DataDir) -> Finding:
    place = _existing(folder.root)
    free = shutil.disk_usage(place).free / GIB
    detail = f"{free:.1f} GiB free at {place}"
    advice = "Make room, or choose another --data-dir."
    if free < 1:
        return Finding("disk", Level.fail, detail, advice)
    if free < 5:
        return Finding("disk", Level.warn, detail, advice)
    return Finding("disk", Level.ok, detail)


def _access(folder: DataDir) -> Finding:
    place = _existing(folder.root)
    if os.access(place, os.W_OK | os.X_OK):
        return Finding("data folder", Level.ok, str(folder.root))
    advice = "Make it yours, or choose another --data-dir."
    return Finding("data folder", Level.fail, f"{place} is not writable", advice)


def _existing(path: Path) -> Path:
    return next(part for part in (path, *path.parents) if part.exists())


def _sockets(folder: DataDir) -> Finding:
    longest = folder.sockets / "postgres" / ".s.PGSQL.5432"
    length = len(os.fsencode(longest))
    if length <= SOCKET_PATH_LIMIT:
        return Finding("sockets", Level.ok, f"paths of {length} bytes in {folder.sockets}")
    advice = f"Unix socket paths end at {SOCKET_PATH_LIMIT} bytes: use a shorter folder."
    return Finding("sockets", Level.fail, f"{longest} has {length} bytes", advice)


def _port(host: str, port: int) -> Finding:
    try:
        free_port(host, port)
    except Misconfigured as error:
        return Finding("port", Level.fail, str(error), "Use `llmops up --port N`.")
    return Finding("port", Level.ok, f"{port} on {host} is free")


def _servers() -> Iterator[Finding]:
    """As the API's health page sees them, and what that page does not ask."""
    levels = {Status.ok: Level.ok, Status.degraded: Level.warn, Status.down: Level.fail}
    advice = {
        "database": "See the log postgres.log, or check DATABASE_URL.",
        "redis": "See the log valkey.log, or check REDIS_URL.",
        "worker": "See the logs of the workers and of beat.",
        "migrations": "Run `llmops up`, or `alembic upgrade head`.",
        "model": "Check the settings of the default model.",
    }
    checks = health.health(Response()).checks
    for name, check in checks:
        level = levels[check.status]
        yield Finding(name, level, check.detail, "" if level is Level.ok else advice[name])
    if checks.redis.status is Status.ok:
        yield _queue_keeps()
    if checks.database.status is Status.ok:
        yield _role()


def _queue_keeps() -> Finding:
    """A queue must not drop what is full, and should survive its restart."""
    try:
        found = queue.client().config_get("maxmemory-policy", "appendonly")
    except redis.RedisError:
        detail = "the server does not tell its eviction policy"
        return Finding("queue", Level.warn, detail, "See that maxmemory-policy is noeviction.")
    assert isinstance(found, dict)
    policy, log = (_word(found, key) for key in ("maxmemory-policy", "appendonly"))
    detail = f"maxmemory-policy {policy}, appendonly {log}"
    if policy != "noeviction":
        return Finding("queue", Level.fail, detail, "Set maxmemory-policy to noeviction.")
    if log != "yes":
        advice = "Set appendonly to yes: a restart delays the jobs that wait."
        return Finding("queue", Level.warn, detail, advice)
    return Finding("queue", Level.ok, detail)


def _word(found: dict[Any, Any], key: str) -> str:
    value = found.get(key) or found.get(key.encode())
    return value.decode() if isinstance(value, bytes) else str(value)


def _role() -> Finding:
    try:
        refuse_unsafe_role()
    except UnsafeRole as error:
        advice = "Connect as llmops_app; `llmops up` makes that role."
        return Finding("row-level security", Level.fail, str(error), advice)
    return Finding("row-level security", Level.ok, "the application's role cannot bypass it")
