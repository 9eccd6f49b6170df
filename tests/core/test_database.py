"""One transaction per request: committed before the answer, rolled back on error, never leaking."""

import random
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from uuid import UUID

import httpx2
import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from app.core import database
from app.core.config import get_settings
from app.core.database import Role, enter, system_unit_of_work, unit_of_work
from app.models import Prompt, Workspace
from tests.support.fixtures import make_key, make_workspace
from tests.support.prompts import make_prompt

VISIBLE = text("SELECT DISTINCT workspace_id FROM prompts")
SETTING = text("SELECT current_setting('app.workspace_id', true)")


class Boom(Exception):
    pass


def add_prompt(workspace_id: UUID, name: str) -> None:
    with unit_of_work(workspace_id) as session:
        session.add(Prompt(name=name, created_by="test"))


def names(workspace_id: UUID) -> list[str]:
    with unit_of_work(workspace_id) as session:
        return list(session.scalars(select(Prompt.name).order_by(Prompt.name)))


# --- one unit of work ---


def test_the_end_commits(workspace):
    """What was added is there for the next one."""
    add_prompt(workspace, "kept")

    assert ["kept"] == names(workspace)


def test_an_error_rolls_everything_back(workspace):
    """Nothing of a unit that failed half-way is kept."""
    with suppress(Boom), unit_of_work(workspace) as session:
        session.add(Prompt(name="half", created_by="test"))
        session.flush()
        raise Boom

    assert [] == names(workspace)


def test_a_system_unit_sees_every_workspace(workspace):
    """The sweeper and sign-in have no workspace of their own."""
    other = make_workspace()
    add_prompt(workspace, "here")
    add_prompt(other, "there")
    with system_unit_of_work() as session:
        found = set(session.scalars(select(Prompt.workspace_id)))

    assert {workspace, other} <= found


def test_a_second_transaction_of_a_session_is_scoped_too(workspace):
    """After a commit in the middle the setting is made again: it lives in a transaction."""
    add_prompt(workspace, "mine")
    with database.ScopedSession(database.engine(Role.app)) as session:
        session.info["workspace_id"] = workspace
        before = session.scalars(VISIBLE).all()
        session.commit()
        after = session.scalars(VISIBLE).all()
        session.rollback()
        again = session.scalars(VISIBLE).all()

    assert [workspace] == before == after == again


def test_entering_takes_no_connection(workspace):
    """The workspace is known before a connection is needed, so that waiting costs none."""
    pool = database.engine(Role.app).pool
    before = pool.checkedout()
    with unit_of_work() as session:
        enter(session, workspace)
        entered = pool.checkedout()
        seen = session.scalar(SETTING)

    assert before == entered
    assert str(workspace) == seen


def test_requests_that_need_two_connections_do_not_wait_for_each_other(client, subject):
    """More requests with an Idempotency-Key at once than there are connections: all are served."""
    version_id = str(make_prompt(subject, templates=("{{ a }}",), examples=0).version_ids[0])
    body = {"prompt_version_id": version_id, "variables": {"a": 1}}

    def start(number: int) -> int:
        key = {"Idempotency-Key": f"parallel-{number}"}
        return client.post("/api/v1/run", json=body, headers=key).status_code

    with ThreadPoolExecutor(40) as threads:
        statuses = list(threads.map(start, range(80)))

    assert {202} == set(statuses)


# --- the answer and the commit ---


def test_a_client_reads_what_it_was_told_was_stored(api, client, subject):
    """On another connection, straight after the 201, fifty times: never a 404, never no row."""
    headers = {"authorization": f"Bearer {make_key(subject)}"}
    missing = []
    for number in range(50):
        made = httpx2.post(
            f"{api.url}/api/v1/prompts", json={"name": f"told/{number}"}, headers=headers
        )
        with system_unit_of_work() as session:
            found = session.get(Prompt, UUID(made.json()["id"]))
        if found is None or made.status_code != 201:
            missing.append(number)

    assert [] == missing


# --- the pool ---


@pytest.fixture
def small_pool(monkeypatch) -> Iterator[None]:
    """Three connections for everybody, so that each is used by all."""
    settings = get_settings().model_copy(update={"database_pool_size": 3})
    monkeypatch.setattr(database, "get_settings", lambda: settings)
    everybody, few = database.engine, database.engine.__wrapped__(Role.app)
    monkeypatch.setattr(database, "engine", lambda r: few if r is Role.app else everybody(r))
    yield
    few.dispose()


def visit(workspace_id: UUID | None, end: str) -> set[UUID]:
    """What one unit of work sees before it ends well or badly."""
    seen: set[UUID] = set()
    with suppress(Boom, DBAPIError), unit_of_work(workspace_id) as session:
        seen = set(session.scalars(VISIBLE))
        if end == "error":
            raise Boom
        if end == "statement":
            session.execute(text("SELECT 1 / 0"))
        if end == "savepoint":
            with suppress(DBAPIError), session.begin_nested():
                session.execute(text("SELECT 1 / 0"))
            seen |= set(session.scalars(VISIBLE))
        if end == "killed":
            session.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))
    return seen


@pytest.mark.usefixtures("small_pool")
def test_a_connection_takes_no_workspace_along():
    """Six threads on three connections, in and out of two workspaces and none: no row leaks."""
    mine, yours = make_workspace(), make_workspace()
    add_prompt(mine, "mine")
    add_prompt(yours, "yours")
    ends = ["commit", "error", "statement", "savepoint"] * 20 + ["killed"]
    wrong: list[tuple[UUID | None, str, set[UUID]]] = []
    units = threading.Semaphore(0)

    def work(seed: int) -> None:
        chance = random.Random(seed)
        for _ in range(150):
            workspace_id, end = chance.choice([mine, yours, None]), chance.choice(ends)
            seen = visit(workspace_id, end)
            units.release()
            if seen != ({workspace_id} if workspace_id else set()):
                wrong.append((workspace_id, end, seen))

    with ThreadPoolExecutor(6) as threads:
        list(threads.map(work, range(6)))

    assert [] == wrong
    assert 6 * 150 == units._value


def test_a_raw_connection_sees_nothing(workspace):
    """Outside of a unit of work there is no workspace, so there are no rows."""
    add_prompt(workspace, "mine")
    with database.engine(Role.app).connect() as connection:
        assert [] == connection.execute(VISIBLE).all()


def test_engines_are_forgotten_after_a_fork():
    """A child opens its own connections; the parent's stay open for the parent."""
    with system_unit_of_work() as session:
        workspaces = session.query(Workspace).count()
    before = database.engine(Role.system)
    database.forget_engines()
    after = database.engine(Role.system)

    assert before is not after
    with system_unit_of_work() as session:
        assert workspaces == session.query(Workspace).count()
