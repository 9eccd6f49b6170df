"""What PostgreSQL itself says about the tables: read from its catalogue, not from the models."""

from typing import NamedTuple
from uuid import UUID

from sqlalchemy import Connection, text

GLOBAL = {"alembic_version", "users"}  # everything else belongs to a workspace

TABLES = """
SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p') ORDER BY 1
"""
FOREIGN_KEYS = """
SELECT k.conname, k.conrelid::regclass::text, k.confrelid::regclass::text,
       array_agg(a.attname ORDER BY p.at)::text[], array_agg(f.attname ORDER BY p.at)::text[]
FROM pg_constraint k
CROSS JOIN LATERAL unnest(k.conkey, k.confkey) WITH ORDINALITY p(mine, other, at)
JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = p.mine
JOIN pg_attribute f ON f.attrelid = k.confrelid AND f.attnum = p.other
WHERE k.contype = 'f' GROUP BY 1, 2, 3 ORDER BY 1
"""


class ForeignKey(NamedTuple):
    name: str
    child: str
    parent: str
    columns: tuple[str, ...]
    referenced: tuple[str, ...]


def tables(connection: Connection) -> list[str]:
    return list(connection.scalars(text(TABLES)))


def tenant_tables(connection: Connection) -> list[str]:
    """Tables whose rows belong to a workspace, by `workspace_id` or, of workspaces, by `id`."""
    return [name for name in tables(connection) if name not in GLOBAL]


def owner_column(table: str) -> str:
    return "id" if table == "workspaces" else "workspace_id"


def foreign_keys(connection: Connection) -> list[ForeignKey]:
    rows = connection.execute(text(FOREIGN_KEYS))
    return [ForeignKey(row[0], row[1], row[2], tuple(row[3]), tuple(row[4])) for row in rows]


def row_of(
    connection: Connection, table: str, workspace_id: UUID, *, has: str = "workspace_id"
) -> dict[str, object]:
    """One row of a workspace, as JSON; one with a value in the column `has`, if there is one."""
    has = has if table != "workspaces" else "id"
    query = (
        f"SELECT to_jsonb(t) FROM {table} t WHERE {owner_column(table)} = :owner"
        f" ORDER BY {has} IS NULL LIMIT 1"
    )
    found = connection.scalar(text(query), {"owner": workspace_id})
    assert isinstance(found, dict), f"{table} has no row to try this on"
    return found


INSERT = "INSERT INTO {0} SELECT * FROM jsonb_populate_record(NULL::{0}, CAST(:row AS jsonb))"
