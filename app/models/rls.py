"""Row-level security for a table of one workspace's rows; used by migrations.

The sub-select around current_workspace() makes the policy an index condition. FORCE binds the
owner as well: a data migration takes the role llmops_system.
"""

CURRENT_WORKSPACE = """
CREATE FUNCTION current_workspace() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE AS
$$ SELECT nullif(current_setting('app.workspace_id', true), '')::uuid $$
"""


def fence(table: str, *, column: str = "workspace_id") -> list[str]:
    """Statements that let llmops_app see and write the rows of its own workspace only."""
    mine = f"{column} = (SELECT current_workspace())"
    return [
        f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
        f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY",
        f"CREATE POLICY tenant ON {table} TO llmops_app USING ({mine}) WITH CHECK ({mine})",
    ]


def grant(table: str, *, app: str, system: str = "SELECT, INSERT, UPDATE, DELETE") -> list[str]:
    """Statements that say what each role may do; an empty `app` closes the table to it."""
    grants = [f"GRANT {system} ON {table} TO llmops_system"]
    if app:
        grants.append(f"GRANT {app} ON {table} TO llmops_app")
    return grants
