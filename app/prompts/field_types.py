"""Types of fields that the wire of prompts and of examples shares."""

from typing import Annotated

from pydantic import AfterValidator, Field, StringConstraints, WithJsonSchema

from app.core.schema import JsonObject, Tag, storable
from app.prompts.parameters import Parameters

_NAME = r"[a-z0-9][a-z0-9._-]*(/[a-z0-9][a-z0-9._-]*)*"
NAME = rf"^{_NAME}$"
UUID_TEXT = r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
VERSION = rf"^({UUID_TEXT}|{_NAME}@[a-z0-9][a-z0-9_-]*)$"
FOLDER = r"^[a-z0-9][a-z0-9._/-]*$"
LABEL = r"^[a-z][a-z0-9_-]{0,63}$"


def unique(tags: list[str]) -> list[str]:
    return list(dict.fromkeys(tags))


VersionNamed = Annotated[str, StringConstraints(pattern=VERSION, max_length=300)]
Name = Annotated[str, StringConstraints(pattern=NAME, max_length=200)]
LabelName = Annotated[str, StringConstraints(pattern=LABEL)]
Note = Annotated[str, Field(max_length=2_000), AfterValidator(storable)]
Tags = Annotated[list[Tag], Field(max_length=50), AfterValidator(unique)]
# read by `check_parameters`, whose answer names the nearest name; documented by its model
ParameterMap = Annotated[JsonObject, WithJsonSchema(Parameters.model_json_schema())]
VariableName = Annotated[str, Field(min_length=1, max_length=200)]
Interval = tuple[float, float]
