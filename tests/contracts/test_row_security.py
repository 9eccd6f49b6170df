"""Row-level security alone: raw SQL as `llmops_app`, with no service in the way.

Every tenant table is asked, not a sample of them; each has rows of both workspaces, so that an
empty answer means something.
"""

import json
from contextlib import suppress
from uuid import UUID

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError, OperationalError

from app.core.clock import new_id
from app.core.database import Role, engine
from tests.contracts.catalogue import (
    INSERT,
    ForeignKey,
    foreign_keys,
    owner_column,
    row_of,
    tenant_tables,
)
from tests.contracts.furnished import Furnished

REFUSED = "InsufficientPrivilege"  # by the policy or for lack of a grant


@pytest.fixture(scope="session")
def tenant() -> list[str]:
    with engine(Role.system).connect() as connection:
        return tenant_tables(connection)


def outcome(connection: Connection, statement: str, **values: object) -> str | int:
    """How many rows it touched, or PostgreSQL's name for why not."""
    try:
        with connection.begin_nested():
            return connection.execute(text(statement), values).rowcount
    except DBAPIError as error:
        return type(error.orig).__name__


def as_app(workspace_id: UUID | None, statement: str, **values: object) -> str | int:
    """The outcome for the application's role in this workspace; what it did is undone."""
    with engine(Role.app).connect() as connection:
        set_config = text("SELECT set_config('app.workspace_id', :id, true)")
        connection.execute(set_config, {"id": str(workspace_id or "")})
        return outcome(connection, statement, **values)


def test_every_tenant_table_has_rows_of_both(tenant, ours, theirs):
    """Else an empty answer below would prove nothing."""
    with engine(Role.system).connect() as connection:
        for table in tenant:
            our_row, their_row = (
                row_of(connection, table, who.workspace_id) for who in (ours, theirs)
            )

            assert our_row != their_row, table

    assert len(tenant) > 20


def test_their_rows_cannot_be_read(tenant, ours, theirs):
    """Asked for by their workspace's id, with nothing else in the WHERE: no row, or no grant."""
    for table in tenant:
        query = f"SELECT FROM {table} WHERE {owner_column(table)} = :them"
        answer = as_app(ours.workspace_id, query, them=theirs.workspace_id)

        assert answer in {0, REFUSED}, table


def test_without_a_workspace_nothing_can_be_read(tenant, ours):
    """A transaction that forgot to say whose it is sees nothing; unset and empty are the same."""
    for table in tenant:
        answer = as_app(None, f"SELECT FROM {table}")

        assert answer in {0, REFUSED}, table


def test_our_rows_can_be_read(tenant, ours):
    """The same statement does find the own rows wherever the role may look at all."""
    closed = {
        table
        for table in tenant
        if as_app(ours.workspace_id, f"SELECT FROM {table} LIMIT 1") == REFUSED
    }
    found = {
        table: as_app(ours.workspace_id, f"SELECT FROM {table} LIMIT 1")
        for table in set(tenant) - closed
    }

    assert {"login_sessions", "one_time_links"} == closed
    assert {1} == set(found.values()), found


def test_their_rows_cannot_be_changed_or_deleted(tenant, ours, theirs):
    """UPDATE and DELETE touch no row of theirs, as if there were none."""
    for table in tenant:
        column = owner_column(table)
        for statement in (
            f"UPDATE {table} SET {column} = {column} WHERE {column} = :them",
            f"DELETE FROM {table} WHERE {column} = :them",
        ):
            answer = as_app(ours.workspace_id, statement, them=theirs.workspace_id)

            assert answer in {0, REFUSED}, statement


def test_our_rows_cannot_be_given_away(tenant, ours, theirs):
    """Moving an own row to their workspace is refused by the policy or by the grants."""
    for table in tenant:
        column = owner_column(table)
        statement = f"UPDATE {table} SET {column} = :them"
        answer = as_app(ours.workspace_id, statement, them=theirs.workspace_id)

        assert REFUSED == answer, table


def test_rows_cannot_be_planted_in_their_workspace(tenant, ours, theirs):
    """A row that is right in everything but its workspace is not written."""
    for table in tenant:
        with engine(Role.system).connect() as connection:
            row = row_of(connection, table, theirs.workspace_id)
        statement = INSERT.format(table)
        answer = as_app(ours.workspace_id, statement, row=json.dumps(row))

        assert REFUSED == answer, table


def test_their_rows_cannot_become_parents_of_ours(ours, theirs):
    """A composite key refuses their prompt under our version, for every key there is."""
    with engine(Role.system).connect() as connection:
        composite = [key for key in foreign_keys(connection) if len(key.columns) > 1]
        answers = {key.name: under_their_parent(connection, key, ours, theirs) for key in composite}

    assert len(answers) > 10
    assert dict.fromkeys(answers, "ForeignKeyViolation") == answers


def under_their_parent(
    connection: Connection, key: ForeignKey, ours: Furnished, theirs: Furnished
) -> str | int:
    """An own row of the child table, pointing at a parent of theirs; undone in any case."""
    child = row_of(connection, key.child, ours.workspace_id, has=key.columns[-1])
    parent = row_of(connection, key.parent, theirs.workspace_id)
    for mine, other in zip(key.columns[1:], key.referenced[1:], strict=True):
        child[mine] = parent[other]
    if "id" in child:
        child["id"] = str(new_id())
    both = {"us": ours.workspace_id, "them": theirs.workspace_id}
    answer: str | int | None = None
    while answer is None:
        undo = connection.begin_nested()
        with suppress(OperationalError):  # a worker may hold some of the rows
            connection.execute(
                text(f"DELETE FROM {key.child} WHERE workspace_id IN (:us, :them)"), both
            )
            answer = outcome(connection, INSERT.format(key.child), row=json.dumps(child))
        undo.rollback()
    return answer
