"""What an experiment has of its own is looked for by its id, and the planner guesses how much.

From a sample it learns which experiments there were, and takes one that began since for a single
row: lists of an experiment under way were joined row by row with themselves, 0.8 s for 2,000
cases. Without statistics of that column it takes every experiment for a 200th of the table.
The orders of its list have an index each: of a million results, 25 are read.
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

INDEXES = {
    "ix_results_score": ["experiment_id", sa.text("score NULLS FIRST"), "case_no"],
    "ix_results_latency": ["experiment_id", sa.text("latency_ms DESC NULLS LAST"), "case_no"],
}
TABLES = ("experiment_examples", "results", "case_scores", "cost_entries")


def upgrade() -> None:
    for table in TABLES:
        op.execute(f"ALTER TABLE {table} ALTER COLUMN experiment_id SET STATISTICS 0")
        # what was sampled before would stay for ever
        forget = "SELECT pg_clear_attribute_stats(current_schema(), :table, 'experiment_id', false)"
        op.execute(sa.text(forget).bindparams(table=table))
    for name, columns in INDEXES.items():
        op.create_index(name, "results", columns, unique=False)


def downgrade() -> None:
    for name in INDEXES:
        op.drop_index(name, table_name="results")
    for table in TABLES:
        op.execute(f"ALTER TABLE {table} ALTER COLUMN experiment_id SET STATISTICS -1")
