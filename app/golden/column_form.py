"""Which column of an uploaded file is which field, as a form says it."""

from typing import Annotated

from fastapi import Form
from pydantic import TypeAdapter, ValidationError

from app.core.errors import invalid

COLUMN_MAP = TypeAdapter(dict[str, str])

ColumnsForm = Annotated[
    str | None,
    Form(
        max_length=50_000,
        description='A JSON object, file column to field: {"Question": "input.question"}.',
    ),
]


def column_map(text: str | None) -> dict[str, str] | None:
    """Raises Invalid for what is no such object."""
    if not text:
        return None
    try:
        return COLUMN_MAP.validate_json(text)
    except ValidationError as error:
        raise invalid(
            "#/columns", 'Send a JSON object of texts, such as {"Question": "input.question"}.'
        ) from error
