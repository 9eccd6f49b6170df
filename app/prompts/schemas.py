"""Prompts and their labels on the wire."""

from datetime import datetime
from uuid import UUID

from pydantic import Field, JsonValue

from app.core.schema import Flag, Input, Output
from app.prompts.field_types import LabelName, Name, Note, Tags
from app.prompts.version_schemas import LastScoreRead, VersionContent, VersionSummary


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


class Activate(Input):
    label: LabelName = "production"
    reason: Note = ""
    override: Flag = Field(False, description="Move although a gate would refuse.")


class LabelMoveRead(Output):
    id: UUID
    label: str
    version_id: UUID
    from_number: int | None
    to_number: int
    reason: str
    verdict: dict[str, JsonValue] | None
    override: bool
    moved_by: str
    moved_at: datetime
