"""The parameters of a model call that a version or a run may set."""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from rapidfuzz import process

from app.core.errors import FieldError, Invalid

Stop = Annotated[str, Field(min_length=1, max_length=100)]


class Parameters(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    temperature: Annotated[float, Field(ge=0, le=2)] | None = None
    top_p: Annotated[float, Field(gt=0, le=1)] | None = None
    max_tokens: Annotated[int, Field(ge=1, le=200_000)] | None = None
    seed: Annotated[int, Field(ge=0, le=2**53)] | None = None
    stop: Annotated[list[Stop], Field(max_length=8)] | None = None


def check_parameters(parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Only what was set, checked; raises Invalid naming each wrong key, with the nearest name."""
    try:
        checked = Parameters.model_validate(dict(parameters))
    except ValidationError as error:
        errors = tuple(_field_error(item) for item in error.errors())
        raise Invalid(errors[0].detail, errors=errors) from error
    return checked.model_dump(exclude_none=True)


def _field_error(error: Any) -> FieldError:  # noqa: ANN401 - pydantic's ErrorDetails
    name = str(error["loc"][0])
    detail = f"{name}: {error['msg']}"
    if error["type"] == "extra_forbidden":
        nearest = process.extractOne(name, list(Parameters.model_fields), score_cutoff=60)
        hint = (
            f"did you mean {nearest[0]!r}?"
            if nearest
            else "there are " + ", ".join(Parameters.model_fields)
        )
        detail = f"There is no parameter {name!r}: {hint}"
    return FieldError(f"#/parameters/{name}", str(error["type"]), detail)
