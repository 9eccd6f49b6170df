"""What makes two versions the same, and what no schema may be."""

import pytest

from app.core.errors import Invalid
from app.prompts.content import Draft, columns


def test_content_is_compared_by_what_it_says():
    """The order of keys, the commit message and a parameter set to nothing make no difference."""
    one = Draft(template="a", parameters={"seed": 1, "top_p": 1}, response_schema={"a": 1, "b": 2})
    same = Draft(
        template="a",
        parameters={"top_p": 1.0, "stop": None, "seed": 1},
        response_schema={"b": 2, "a": 1},
        message="why",
    )
    other = Draft(template="a", parameters={"seed": 2, "top_p": 1})

    assert columns(one)["content_hash"] == columns(same)["content_hash"]
    assert columns(one)["content_hash"] != columns(other)["content_hash"]


def test_a_schema_nested_without_end_is_refused():
    """The check of a schema is recursive; a caller's own code may nest deeper than a body."""
    schema: dict = {}
    for _ in range(300):
        schema = {"not": schema}
    with pytest.raises(Invalid) as raised:
        columns(Draft(template="a", response_schema=schema))

    assert "#/response_schema" == raised.value.errors[0].pointer
