"""Prompts and their labels on the wire."""

from datetime import datetime
from uuid import UUID

from pydantic import Field

from app.core.schema import Flag, Input, Money, Output
from app.models import Ruling
from app.prompts.admission import Asked
from app.prompts.field_types import LabelName, Name, Note, Tags
from app.prompts.version_schemas import (
    Difference,
    Estimate,
    LastScoreRead,
    VersionContent,
    VersionSummary,
)


class PromptCreate(VersionContent):
    """A prompt; with a `template` or `messages` its first version as well."""

    name: Name
    description: Note = ""
    tags: Tags = []

    @property
    def has_version(self) -> bool:
        """A model without a text is a mistake to be told, not to be ignored."""
        told = self.model_fields_set - {"name", "description", "tags"}
        return bool(told)


class PromptPatch(Input):
    """Only what is sent is changed; the factories' values are never read."""

    name: Name = Field(default_factory=str)
    description: Note = Field(default_factory=str)
    tags: Tags = Field(default_factory=list)
    archived: Flag = Field(default_factory=bool)


class LabelStanding(Output):
    name: str
    version_id: UUID
    version_number: int
    moved_at: datetime


class ProductionStanding(Output):
    version_id: UUID
    number: int


class PromptRead(Output):
    id: UUID
    name: str
    description: str
    tags: list[str]
    revision: int
    created_by: str
    created_at: datetime
    updated_at: datetime
    archived_at: datetime | None
    aliases: list[str]
    labels: list[LabelStanding]
    latest_version: VersionSummary | None
    golden_count: int
    last_score: LastScoreRead | None
    production: ProductionStanding | None
    score: Estimate | None = Field(
        description="Of the version in production, of the newest where none is."
    )
    change: Difference | None = Field(
        description="Paired, against the version in production before; null where not compared."
    )
    runs_7d: int = Field(description="Single calls in the last seven days, as `GET /runs` lists.")
    cases_7d: int = Field(description="Cases of experiments asked in the last seven days.")
    cost_7d: Money | None = Field(
        description="Of both; null where nothing was asked or a price is unknown."
    )
    owner: str


class Activate(Input):
    label: LabelName = "production"
    reason: Note = ""
    override: Flag = Field(
        False,
        description="Move although the label's gate refuses; needs a reason and the scope `admin`.",
    )
    from_version_id: UUID | None = Field(
        None,
        description="The version the label stands on as far as the caller knows, null for "
        "nowhere; 412 when it is another. Left out, it is not asked.",
    )

    def asked(self) -> Asked:
        told = "from_version_id" in self.model_fields_set
        return Asked(
            label=self.label,
            reason=self.reason,
            override=self.override,
            seen=[self.from_version_id] if told else None,
        )


class GateAnswer(Output):
    """What the label's gate said to the move; the ruling is null where there was no verdict."""

    gate: str
    gate_id: UUID
    gate_number: int
    ruling: Ruling | None
    verdict_id: UUID | None
    experiment_id: UUID | None
    sentence: str
    moved_back: bool = Field(description="To the version that held it before, without a pass.")
    overridden: bool


class LabelMoveRead(Output):
    id: UUID
    label: str
    version_id: UUID
    from_number: int | None
    to_number: int
    reason: str
    verdict: GateAnswer | None = Field(description="Null where no gate protected the label.")
    override: bool = Field(description="The gate refused, and an admin moved it all the same.")
    moved_by: str
    moved_at: datetime
