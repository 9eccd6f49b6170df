"""What tests ask for: workspaces, callers, clients, a running worker, a count of queries."""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from uuid import UUID

import pytest
from sqlalchemy import event
from sqlalchemy.engine import Engine
from starlette.testclient import TestClient

from app.accounts import keys
from app.accounts.subject import SCOPES_OF, Scope, Subject, SubjectKind
from app.core import redis
from app.core.clock import new_id
from app.core.config import get_settings
from app.core.database import system_unit_of_work, unit_of_work
from app.experiments import shard
from app.main import app as application
from app.models import Membership, Role, User, Workspace
from app.runs import providers
from scripts.mock_provider.launch import MockProvider, start
from tests.support.apart import Apart, database_apart
from tests.support.bench import Bench
from tests.support.stack import CONTROL, MODEL_KEY, WORKER, Stack

PLENTY = 1_000_000
NOBODY = "http://127.0.0.1:9"  # the discard port: refused at once


def make_workspace(name: str = "Test") -> UUID:
    with system_unit_of_work() as session:
        workspace = Workspace(name=name, slug=f"test-{new_id()}")
        session.add(workspace)
        session.flush()
        return workspace.id


def make_subject(workspace_id: UUID, role: Role = Role.admin) -> Subject:
    """A person with this role in the workspace, as services see a caller."""
    with system_unit_of_work() as session:
        user = User(email=f"{new_id()}@example.org", username=f"u{new_id().hex}", password_hash="!")
        session.add(user)
        session.flush()
        session.add(Membership(workspace_id=workspace_id, user_id=user.id, role=role))
        user_id, username = user.id, user.username
    return Subject(
        kind=SubjectKind.session,
        id=new_id(),
        label=username,
        workspace_id=workspace_id,
        workspace_name="Test",
        role=role,
        scopes=SCOPES_OF[role],
        user_id=user_id,
        username=username,
    )


def make_key(
    subject: Subject, scopes: frozenset[Scope] | None = None, per_minute: int = PLENTY
) -> str:
    with unit_of_work(subject.workspace_id) as session:
        made = keys.create(
            session,
            subject,
            name="test",
            scopes=subject.scopes if scopes is None else scopes,
            rate_limit_per_minute=per_minute,
        )
        return made.secret


@pytest.fixture(scope="session")
def server() -> Iterator[TestClient]:
    """The application with its lifespan run; no credentials."""
    with TestClient(application, raise_server_exceptions=False) as client:
        yield client


@pytest.fixture
def workspace() -> UUID:
    return make_workspace()


@pytest.fixture
def subject(workspace: UUID) -> Subject:
    return make_subject(workspace)


@pytest.fixture
def client_of(server: TestClient) -> Callable[..., TestClient]:
    """`client_of(key)`: a client that sends this key; `client_of(None)` sends none."""

    def make(key: str | None) -> TestClient:
        headers = {"authorization": f"Bearer {key}"} if key else {}
        client = TestClient(application, raise_server_exceptions=False, headers=headers)
        client.portal = server.portal
        return client

    return make


@pytest.fixture
def client(client_of, subject: Subject) -> TestClient:
    """An admin of the test's own workspace."""
    return client_of(make_key(subject))


@pytest.fixture
def stranger(client_of) -> TestClient:
    """An admin of another workspace."""
    return client_of(make_key(make_subject(make_workspace("Other"))))


class Queries:
    """Counts the statements the application sends to PostgreSQL."""

    def __init__(self) -> None:
        self.statements: list[str] = []

    @contextmanager
    def counted(self) -> Iterator[list[str]]:
        self.statements.clear()

        def note(_c, _cursor, statement, *_rest) -> None:
            self.statements.append(statement)

        event.listen(Engine, "before_cursor_execute", note)
        try:
            yield self.statements
        finally:
            event.remove(Engine, "before_cursor_execute", note)


@pytest.fixture
def queries() -> Queries:
    return Queries()


@pytest.fixture(scope="session")
def shared_provider() -> Iterator[MockProvider]:
    with start() as mock:
        yield mock


@pytest.fixture
def provider(shared_provider: MockProvider) -> Iterator[MockProvider]:
    """The mock provider behind `openai:…` models, with its books empty and its settings as new."""
    before = shared_provider.configure()
    shared_provider.reset()
    for books in redis.client().scan_iter("llmops-lines:*"):  # what others learned about it
        redis.client().delete(books)
    yield shared_provider
    shared_provider.configure(**{k: v for k, v in before.items() if k not in {"host", "port"}})


@pytest.fixture(scope="session")
def worker(stack: Stack, shared_provider: MockProvider) -> Stack:
    """Real Celery workers and beat, started once and shared.

    Their `openai:…` is the mock provider; behind their `anthropic:…` nobody listens.
    """
    stack.celery(*WORKER, **at(shared_provider), ANTHROPIC_BASE_URL=NOBODY)
    stack.celery(*CONTROL)
    stack.celery("beat", "-s", str(stack.folder / "beat-schedule"))
    return stack


def at(mock: MockProvider) -> dict[str, str]:
    """The environment of a process whose `openai:…` models are this mock provider."""
    return {"OPENAI_BASE_URL": f"{mock.url}/v1", "OPENAI_API_KEY": MODEL_KEY}


@pytest.fixture(scope="session")
def database_beside(stack: Stack) -> Iterator[Apart]:
    with database_apart(stack, "apart") as made:
        yield made
        providers._runner(os.getpid()).close()
        providers._runner.cache_clear()


@pytest.fixture
def apart(database_beside: Apart) -> Iterator[Apart]:
    """The engine without its processes; what a test makes after this fixture lives there."""
    with database_beside.used() as used:
        yield used


@pytest.fixture
def bench(apart: Apart, monkeypatch: pytest.MonkeyPatch) -> Bench:
    """Experiments without processes: shards of four cases, quick heartbeats, a model by function."""
    apart.sql("UPDATE shards SET state = 'cancelled', next_send = NULL")
    apart.sql("UPDATE experiments SET status = 'cancelled', results = '[]'")
    apart.sent.clear()
    monkeypatch.setattr(get_settings(), "shard_size", 4)
    monkeypatch.setattr(get_settings(), "heartbeat_seconds", 0.1)
    monkeypatch.setattr(shard, "TICK_S", 0.02)
    monkeypatch.setattr(shard, "FLUSH_S", 0.02)
    return Bench(apart, make_subject(make_workspace()), monkeypatch)


def eventually(ask: Callable[[], object], *, within: float = 60.0) -> object:
    """The first true answer; the last one when time runs out, so that the assertion shows it."""
    deadline = time.monotonic() + within
    while not (answer := ask()) and time.monotonic() < deadline:
        time.sleep(0.15)  # a key may ask for a status ten times a second
    return answer
