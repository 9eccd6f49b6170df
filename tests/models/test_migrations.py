"""The schema: one line of migrations, up and down with rows in it, and the models say the same."""

from collections.abc import Callable, Iterator

import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import CheckConstraint, text

from alembic import command
from app import audit
from app.audit import AuditTag
from app.core.clock import new_id
from app.core.database import Role, unit_of_work
from app.models import Base, Run
from app.models.revision import HEAD
from tests.support.apart import Apart, database_apart
from tests.support.fixtures import make_subject, make_workspace
from tests.support.prompts import make_prompt
from tests.support.stack import ROOT

LEFT = """
SELECT relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = 'public' AND c.relkind IN ('r', 'v', 'S', 'm') AND NOT EXISTS (
    SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e')
"""
Alembic = Callable[..., None]
RELEASED = "0005"  # the newest schema that a release has had


@pytest.fixture(scope="module")
def beside(stack) -> Iterator[Apart]:
    """A database that may be torn down and built up again."""
    with database_apart(stack, "migrated") as made:
        yield made


@pytest.fixture
def alembic(beside) -> Alembic:
    """`alembic("upgrade", "head")`, in this process and as the owner of the tables."""

    def run(verb: str, *arguments: str) -> None:
        with beside.engine(Role.owner).begin() as connection:
            config = Config(ROOT / "alembic.ini")
            config.attributes["connection"] = connection
            getattr(command, verb)(config, *arguments)

    return run


@pytest.fixture
def fill(beside) -> Callable[[], None]:
    """Puts rows into tables that point at each other."""

    def put() -> None:
        with beside.used():
            subject = make_subject(make_workspace())
            made = make_prompt(subject)
            with unit_of_work(subject.workspace_id) as session:
                session.add(
                    Run(
                        id=new_id(),
                        prompt_id=made.prompt_id,
                        version_id=made.version_ids[0],
                        source="run",
                        template={},
                        variables={},
                        model="local:x",
                        parameters={},
                        created_by="test",
                    )
                )
                audit.record(session, subject, AuditTag.prompt_created)

    return put


def tables_of(beside: Apart) -> set[str]:
    with beside.engine(Role.owner).connect() as connection:
        return set(connection.scalars(text(LEFT)))


def scripts() -> ScriptDirectory:
    return ScriptDirectory.from_config(Config(ROOT / "alembic.ini"))


def test_there_is_one_line_of_migrations():
    """Two heads would be two schemas."""
    assert [HEAD] == scripts().get_heads()
    assert 1 == len(scripts().get_bases())


def test_every_migration_has_a_way_back_and_says_what_it_does():
    """A sentence at the top, and a downgrade that is not empty."""
    for script in scripts().walk_revisions():
        assert script.doc, script.revision
        assert callable(script.module.downgrade)


def test_up_and_down_and_up_again(alembic, fill, beside):
    """On a database with rows in it; what is left in between is nothing."""
    fill()
    alembic("downgrade", "base")
    left = tables_of(beside)
    alembic("upgrade", "head")
    fill()

    assert {"alembic_version"} == left
    assert [(1,)] == beside.sql("SELECT count(*) FROM runs")


def test_each_step_can_be_taken_back(alembic, fill, beside):
    """One migration at a time, with rows in it, from the newest to the first and forward again."""
    fill()
    for _ in scripts().walk_revisions():
        alembic("downgrade", "-1")
        alembic("upgrade", "+1")
        alembic("downgrade", "-1")
    left = tables_of(beside)
    alembic("upgrade", "head")

    assert {"alembic_version"} == left


def rows_of(beside: Apart, columns: dict[str, str]) -> dict[str, list[str]]:
    """Every row of the tables, as text of these columns."""
    return {
        table: [row[0] for row in beside.sql(f"SELECT ROW({some})::text FROM {table} ORDER BY 1")]
        for table, some in columns.items()
    }


def test_an_upgrade_from_the_last_release_keeps_every_row(alembic, fill, beside):
    """Up, down and up again, with rows in place; what the tables had then says the same."""
    fill()
    alembic("downgrade", RELEASED)
    found = beside.sql(
        "SELECT table_name, string_agg(quote_ident(column_name), ', ' ORDER BY ordinal_position)"
        " AS columns"
        " FROM information_schema.columns WHERE table_schema = 'public'"
        " AND table_name <> 'alembic_version' GROUP BY 1"
    )
    columns = {row.table_name: row.columns for row in found}
    before, seen = rows_of(beside, columns), []
    for verb, revision in (("upgrade", "head"), ("downgrade", RELEASED), ("upgrade", "head")):
        alembic(verb, revision)
        seen.append(rows_of(beside, columns))

    assert {"runs", "prompts", "golden_examples", "audit_events"} <= {
        table for table, rows in before.items() if rows
    }
    assert [before] * 3 == seen


def test_the_models_are_the_database(alembic):
    """Autogenerate finds nothing to do."""
    alembic("check")


def test_every_table_of_the_models_is_there(beside):
    """And none besides, but alembic's own."""
    assert tables_of(beside) == set(Base.metadata.tables) | {"alembic_version"}


def test_defaults_of_the_models_are_those_of_the_database(beside):
    """What autogenerate does not compare: a column without a default fails at the first insert."""
    found = beside.sql(
        "SELECT table_name, column_name FROM information_schema.columns"
        " WHERE table_schema = 'public' AND column_default IS NOT NULL"
    )
    declared = {
        (table.name, column.name)
        for table in Base.metadata.sorted_tables
        for column in table.columns
        if column.server_default is not None
    }

    assert declared == {tuple(row) for row in found}


def test_checks_of_the_models_are_those_of_the_database(beside):
    """Nor does it compare check constraints."""
    found = beside.sql(
        "SELECT conname FROM pg_constraint"
        " WHERE contype = 'c' AND connamespace = 'public'::regnamespace"
    )
    declared = {
        str(constraint.name)
        for table in Base.metadata.sorted_tables
        for constraint in table.constraints
        if isinstance(constraint, CheckConstraint)
    }

    assert declared == {name for (name,) in found}
