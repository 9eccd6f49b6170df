"""The real servers of the test run, and real worker processes on demand."""

import os
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

from app.embedded.postgres import Postgres
from app.embedded.roles import DatabaseUrls, provision
from app.embedded.valkey import Valkey

ROOT = Path(__file__).resolve().parents[2]
WORKER = ("worker", "-Q", "interactive,shards,background", "-c", "2", "-n", "work@%h")
CONTROL = ("worker", "-Q", "control", "-P", "solo", "-n", "control@%h")
MODEL_KEY = "mock-key"  # any: the mock provider answers everybody


@dataclass
class Stack:
    """Two servers and the processes started on them; `environment` names the servers."""

    folder: Path
    postgres: Postgres
    valkey: Valkey
    environment: dict[str, str]
    children: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def celery(self, *arguments: str, **environment: str) -> subprocess.Popen[bytes]:
        """A real Celery process on this stack; ended with the test run at the latest."""
        return self.python(
            "-m", "celery", "-A", "app.core.celery_app", *arguments, name="celery", **environment
        )

    def python(
        self, *arguments: str, name: str = "python", **environment: str
    ) -> subprocess.Popen[bytes]:
        """A Python process on this stack, in a session of its own, with a log in the folder."""
        with (self.folder / f"{name}-{len(self.children)}.log").open("wb") as log:
            child = subprocess.Popen(
                [sys.executable, *arguments],
                cwd=ROOT,
                env=os.environ | self.environment | environment,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self.children.append(child)
        return child

    def stop(self) -> None:
        for child in self.children:
            child.terminate()
        deadline = time.monotonic() + 15
        for child in self.children:
            try:
                child.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()
        self.valkey.stop()
        self.postgres.stop()


def environment_of(urls: DatabaseUrls) -> dict[str, str]:
    return {
        "DATABASE_URL": urls.app,
        "LLMOPS_DATABASE_SYSTEM_URL": urls.system,
        "LLMOPS_DATABASE_OWNER_URL": urls.owner,
    }


def open_stack(folder: Path, *, durable: bool = False) -> Stack:
    """Starts both servers, makes the roles, migrates; this process's environment stays as it is.

    Those that are to be killed have to be `durable`, or they forget what they confirmed.
    """
    postgres = Postgres(folder, durable=durable)
    environment = environment_of(provision(postgres.start()))
    valkey = Valkey(folder, durable=durable)
    environment["REDIS_URL"] = valkey.start()
    migrate("upgrade", "head", **environment)
    return Stack(folder, postgres, valkey, environment)


def start_stack(folder: Path) -> Stack:
    """`open_stack` for this process as well: its environment names the servers from here on."""
    stack = open_stack(folder)
    os.environ.update(stack.environment)
    return stack


def migrate(*arguments: str, **environment: str) -> None:
    subprocess.run(
        [sys.executable, "-m", "alembic", *arguments],
        cwd=ROOT,
        env=os.environ | environment,
        check=True,
        capture_output=True,
    )
