"""What the database believes about experiments it has not sampled."""

from uuid import uuid4

import pytest
from sqlalchemy import text

from app.core.database import Role, engine, system_unit_of_work
from tests.support.prompts import make_prompt
from tests.support.results import Answer, put_results
from tests.support.verdicts import make_experiment


@pytest.mark.parametrize("table", ["experiment_examples", "results", "case_scores"])
def test_an_experiment_begun_since_is_not_taken_for_a_single_row(subject, table):
    """For one row each, tables would be joined row by row with all of the experiment's rows."""
    made = make_prompt(subject, examples=600)
    put_results(
        subject,
        make_experiment(subject, made.prompt_id, made.version_ids),
        lambda *_: Answer(1.0),
    )
    with engine(Role.owner).begin() as owner:
        owner.execute(text(f"ANALYZE {table}"))
    with system_unit_of_work() as session:
        asked = text(f"EXPLAIN (FORMAT JSON) SELECT FROM {table} WHERE experiment_id = :id")
        (told,) = session.scalar(asked, {"id": uuid4()})

    assert told["Plan"]["Plan Rows"] > 1
