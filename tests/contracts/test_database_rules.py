"""The rules of the schema, asked of PostgreSQL's catalogue: a new table that breaks one fails."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from app.core.database import Role, engine
from tests.contracts.catalogue import foreign_keys, tables, tenant_tables

# Indexes that do not begin with the workspace, and why they may.
OTHER_INDEXES = {
    "ix_analyses_open": "the sweeper looks over all workspaces",
    "ix_experiments_follows": "an experiment's id is random enough to belong to one workspace",
    "ix_experiments_open": "the sweeper looks over all workspaces",
    "ix_idempotency_records_expires_at": "expiry looks over all workspaces",
    "ix_cached_answers_age": "old answers of all workspaces are deleted together",
    "ix_deliveries_open": "the sweeper looks over all workspaces",
    "ix_events_open": "the sweeper looks over all workspaces",
    "ix_events_time": "old events of all workspaces are deleted together",
    "ix_login_sessions_previous_hash": "a refresh token knows no workspace yet",
    "ix_login_sessions_user_id": "sign-in knows the person only",
    "ix_memberships_user_id": "sign-in knows the person only",
    "ix_results_latency": "an experiment's id is random enough to belong to one workspace",
    "ix_results_score": "an experiment's id is random enough to belong to one workspace",
    "ix_runs_open": "the sweeper looks over all workspaces",
    "ix_schedule_runs_experiment": "an experiment's id is random enough to belong to one workspace",
    "ix_schedule_runs_open": "the sweeper looks over all workspaces",
    "ix_schedule_runs_unwatched": "the sweeper looks over all workspaces",
    "ix_schedules_due": "the sweeper looks over all workspaces",
    "ix_shards_open": "the sweeper looks over all workspaces",
    "uq_api_keys_public_id": "a key knows no workspace yet; 8 random characters",
    "uq_login_sessions_cookie_hash": "a cookie knows no workspace yet",
    "uq_login_sessions_current_hash": "a refresh token knows no workspace yet",
    "uq_one_time_links_token_hash": "the link knows no workspace yet",
    "uq_workspaces_slug": "a slug names a workspace",
}
APP_MAY_NOT = {
    "alembic_version": {"INSERT", "UPDATE", "DELETE"},
    "audit_events": {"UPDATE", "DELETE"},
    "budget_periods": {"DELETE"},
    "cached_answers": {"UPDATE"},
    "canary_checks": {"UPDATE", "DELETE"},
    "cost_entries": {"UPDATE", "DELETE"},
    "deliveries": {"DELETE"},
    "delivery_attempts": {"UPDATE", "DELETE"},
    "events": {"DELETE"},
    "experiment_arms": {"UPDATE", "DELETE"},
    "experiment_examples": {"UPDATE", "DELETE"},
    "gate_policies": {"UPDATE", "DELETE"},
    "judge_certificates": {"UPDATE", "DELETE"},
    "judge_versions": {"UPDATE", "DELETE"},
    "label_moves": {"UPDATE", "DELETE"},
    "label_samples": {"UPDATE", "DELETE"},
    "login_sessions": {"SELECT", "INSERT", "UPDATE", "DELETE"},
    "one_time_links": {"SELECT", "INSERT", "UPDATE", "DELETE"},
    "playground_states": {"UPDATE", "DELETE"},
    "price_overrides": {"UPDATE"},
    "prompt_versions": {"UPDATE"},
    "users": {"SELECT", "INSERT", "UPDATE", "DELETE"},
    "verdicts": {"UPDATE", "DELETE"},
    "workspaces": {"INSERT", "UPDATE", "DELETE"},
}
STRUCTURE = {"TRUNCATE", "REFERENCES", "TRIGGER"}  # nobody but the owner


@pytest.fixture
def catalogue() -> Iterator[Connection]:
    with engine(Role.system).connect() as connection:
        yield connection


def rows(connection: Connection, query: str, **values: object) -> list[tuple[object, ...]]:
    return [tuple(row) for row in connection.execute(text(query), values)]


def test_a_table_without_a_workspace_is_global_on_purpose(catalogue):
    """Every table has the column, but for those listed as belonging to nobody."""
    query = (
        "SELECT table_name FROM information_schema.columns"
        " WHERE table_schema = 'public' AND column_name = 'workspace_id'"
    )
    fenced = {name for (name,) in rows(catalogue, query)}

    assert set(tenant_tables(catalogue)) == fenced | {"workspaces"}


def test_every_tenant_table_is_fenced(catalogue):
    """ENABLE, FORCE, and one policy that looks at reads and at writes."""
    query = """
        SELECT c.relname, c.relrowsecurity, c.relforcerowsecurity, count(p.oid),
               bool_and(p.polcmd = '*' AND p.polqual IS NOT NULL AND p.polwithcheck IS NOT NULL),
               bool_and(pg_get_expr(p.polqual, c.oid) LIKE '%SELECT current_workspace()%')
        FROM pg_class c LEFT JOIN pg_policy p ON p.polrelid = c.oid
        WHERE c.relname = ANY(:names) AND c.relkind = 'r' GROUP BY 1, 2, 3
    """
    found = rows(catalogue, query, names=tenant_tables(catalogue))

    assert {(name, True, True, 1, True, True) for name in tenant_tables(catalogue)} == set(found)


def test_no_view_looks_past_the_fence(catalogue):
    """A view runs with its owner's rights unless it says `security_invoker`."""
    query = """
        SELECT relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE n.nspname = 'public' AND (relkind = 'm' OR relkind = 'v' AND NOT
              coalesce(reloptions, '{}') @> ARRAY['security_invoker=true'])
    """
    assert [] == rows(catalogue, query)


def test_tenant_tables_refer_to_each_other_within_a_workspace(catalogue):
    """A foreign key of one column would accept another workspace's id: its check sees all rows."""
    wrong = [
        key.name
        for key in foreign_keys(catalogue)
        if key.parent not in {"users", "workspaces"}
        and ("workspace_id" != key.columns[0] or "workspace_id" != key.referenced[0])
    ]

    assert [] == wrong


def test_indexes_begin_with_the_workspace(catalogue):
    """Else a look-up walks over all tenants' rows, or a unique value tells that it exists."""
    query = """
        SELECT i.relname FROM pg_index x
        JOIN pg_class i ON i.oid = x.indexrelid JOIN pg_class t ON t.oid = x.indrelid
        LEFT JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = x.indkey[0]
        WHERE t.relname = ANY(:names) AND NOT x.indisprimary
          AND a.attname IS DISTINCT FROM 'workspace_id'
    """
    found = {name for (name,) in rows(catalogue, query, names=tenant_tables(catalogue))}

    assert set(OTHER_INDEXES) == found


def test_primary_keys_are_ids_or_begin_with_one(catalogue):
    """They need no workspace in front: an id is random enough to belong to one."""
    query = """
        SELECT t.relname, a.attname FROM pg_index x
        JOIN pg_class t ON t.oid = x.indrelid
        JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = x.indkey[0]
        WHERE t.relname = ANY(:names) AND x.indisprimary
    """
    found = dict(rows(catalogue, query, names=tenant_tables(catalogue)))

    assert set(tenant_tables(catalogue)) == set(found)
    assert {"id", "experiment_id"} == set(found.values())


def test_the_application_may_do_what_is_granted_and_no_more(catalogue):
    """Append-only, immutable and closed tables are so by grant, not by custom."""
    query = """
        SELECT t.name, r.privilege FROM unnest(CAST(:names AS text[])) t(name),
               unnest(CAST(:privileges AS text[])) r(privilege)
        WHERE NOT has_table_privilege('llmops_app', t.name, r.privilege)
    """
    privileges = ["SELECT", "INSERT", "UPDATE", "DELETE", *STRUCTURE]
    lacking: dict[object, set[object]] = {}
    names = tables(catalogue)
    for name, privilege in rows(catalogue, query, names=names, privileges=privileges):
        lacking.setdefault(name, set()).add(privilege)

    assert {name: STRUCTURE | APP_MAY_NOT.get(name, set()) for name in names} == lacking


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_events SET actor = 'somebody else'",
        "DELETE FROM audit_events",
        "TRUNCATE audit_events",
        "UPDATE prompt_versions SET template = 'other'",
        "SELECT FROM users",
        "UPDATE users SET is_active = true",
        "SELECT FROM login_sessions",
        "ALTER TABLE prompts DISABLE ROW LEVEL SECURITY",
        "DROP POLICY tenant ON prompts",
        "CREATE TABLE public.mine (id int)",
        "SET ROLE llmops_owner",
        "SET ROLE llmops_system",
        "CREATE FUNCTION public.f() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    ],
)
def test_the_application_cannot(statement):
    """Tried, not only looked up: its role is refused."""
    with engine(Role.app).connect() as connection, pytest.raises(DBAPIError) as refused:
        connection.execute(text(statement))

    assert "42501" == refused.value.orig.pgcode


def test_switching_row_security_off_is_an_error_not_a_way_in():
    """With `row_security = off` PostgreSQL refuses the query instead of filtering it."""
    with engine(Role.app).connect() as connection:
        connection.execute(text("SET LOCAL row_security = off"))
        with pytest.raises(DBAPIError) as refused:
            connection.execute(text("SELECT FROM prompts"))

    assert "42501" == refused.value.orig.pgcode


def test_the_system_role_cannot_change_the_audit_log_either():
    """Who sweeps and erases may read and append, like everybody."""
    for statement in ("UPDATE audit_events SET actor = 'x'", "DELETE FROM audit_events"):
        with engine(Role.system).connect() as connection, pytest.raises(DBAPIError) as refused:
            connection.execute(text(statement))

        assert "42501" == refused.value.orig.pgcode
