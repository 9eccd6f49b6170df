"""Export, then import: nothing changes, in any format, through HTTP."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete

from app.core.database import unit_of_work
from app.models import GoldenExample
from tests.golden.test_files import stored, upload

FORMATS = ["csv", "jsonl", "parquet"]

texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)
values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | texts
    | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=5,
)
records = st.lists(
    st.fixed_dictionaries(
        {
            "input_data": st.fixed_dictionaries({"question": values}, optional={"lang": values}),
            "tags": st.lists(texts.filter(bool), max_size=3, unique=True),
            "split": texts.filter(bool),
            "weight": st.floats(0, 1000, exclude_min=True),
            "critical": st.booleans(),
        },
        optional={
            "expected_output": st.none() | texts,
            "context": texts,
            "criteria": texts,
            "source": texts,
        },
    ),
    min_size=1,
    max_size=4,
)


@pytest.mark.parametrize("file_format", FORMATS)
@settings(max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(made=records)
def test_an_export_is_imported_as_it_was(client, examples, subject, prompt, file_format, made):
    """For any examples and every format: export, empty the set, import, and nothing has changed."""
    for body in made:
        assert 201 == client.post(examples, json=body).status_code
    before = stored(client, examples)
    exported = client.get(f"{examples}/export", params={"format": file_format}).content
    with unit_of_work(subject.workspace_id) as session:
        session.execute(delete(GoldenExample))
    answer = upload(client, examples, exported, format=file_format)

    assert 200 == answer.status_code, answer.text
    assert before == stored(client, examples)
    with unit_of_work(subject.workspace_id) as session:
        session.execute(delete(GoldenExample))
