"""Judges on the wire."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import AfterValidator, Field, StringConstraints

from app.core.schema import Input, JsonObject, Line, Output, storable
from app.prompts.version_schemas import Estimate

JudgeName = Annotated[
    str,
    StringConstraints(pattern=r"^[a-z0-9][a-z0-9._-]*(/[a-z0-9][a-z0-9._-]*)*$", max_length=100),
]
Note = Annotated[str, Field(max_length=2_000), AfterValidator(storable)]
Model = Annotated[str, Field(min_length=3, max_length=200), AfterValidator(storable)]


class JudgeVersionCreate(Input):
    evaluator: Line = Field(description="`GET /evaluators` lists them with their options.")
    options: JsonObject = {}
    model: Model | None = Field(
        None, description="`provider:model`; without one the experiment's judge model is asked."
    )
    message: Note = ""


class JudgeCreate(JudgeVersionCreate):
    name: JudgeName = Field(description="Experiments name it as `judge:<name>`.")
    description: Note = ""


class JudgeVersionRead(Output):
    id: UUID
    number: int
    evaluator: str
    options: dict[str, Any]
    model: str | None
    content_hash: str
    message: str
    created_by: str
    created_at: datetime


class JudgeCertificateSummary(Output):
    """The newest decided examination of exactly the judge's newest version and its model."""

    id: UUID
    admissible: bool
    expired: bool
    expires_at: datetime
    kappa: Estimate | None = Field(description="Null where one answer only was given.")
    min_kappa: float | None = Field(description="What kappa's interval may not reach below.")


class JudgeSummary(Output):
    id: UUID
    name: str
    description: str
    latest_number: int
    evaluator: str = Field(description="Of the newest version, as is `model`.")
    model: str | None
    certificate: JudgeCertificateSummary | None = Field(
        description="Without a model of its own: on the judge model of now."
    )
    experiments: int = Field(description="How many experiments named it, in any version.")
    created_by: str
    created_at: datetime
    archived_at: datetime | None


class JudgeRead(JudgeSummary):
    versions: list[JudgeVersionRead] = Field(description="Newest first.")
