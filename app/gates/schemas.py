"""Gates and baselines on the wire."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, Field, model_validator

from app.core.schema import Input, Output, storable
from app.gates.outlook import Outlook
from app.prompts.field_types import LabelName, Name, Note
from app.verdicts.policy import Policy
from app.verdicts.schemas import Verdict

Reason = Annotated[str, Field(min_length=1, max_length=2_000), AfterValidator(storable)]


class GateCreate(Input):
    prompt_id: UUID
    name: Name = Field(description="Experiments name it by this.")
    label: LabelName | None = Field(
        None, description="Moves only by this gate; such a gate is for admins to change."
    )
    policy: Policy = Field(default_factory=Policy)
    message: Note = Field("", description="Why the policy is as it is.")


class GatePatch(Input):
    """Only what is sent is changed; the factories' values are never read."""

    name: Name = Field(default_factory=str)
    label: LabelName | None = Field(None, description="Null: it protects none any more.")
    policy: Policy = Field(
        default_factory=Policy, description="The whole policy; it gets the next number."
    )
    message: Note = Field("", description="Why the policy changes.")

    @model_validator(mode="after")
    def says_why_of_something(self) -> "GatePatch":
        if "message" in self.model_fields_set and "policy" not in self.model_fields_set:
            raise ValueError("a message belongs to a policy; send the policy too")
        return self


class GatePolicyRead(Output):
    number: int
    policy: Policy
    message: str
    created_by: str
    created_at: datetime


class GateSummary(Output):
    id: UUID
    prompt_id: UUID
    prompt_name: str
    name: str
    label: str | None
    number: int = Field(description="Of the policy in force.")
    policy: Policy
    created_by: str
    created_at: datetime
    updated_at: datetime
    archived_at: datetime | None


class OutlookRead(Output):
    """What the gate of a label would say to a version, told before anybody moves the label."""

    label: str
    outlook: Outlook
    gate: GateSummary | None
    verdict: Verdict | None = Field(
        description="On the version against the one the label stands on; the one that the gate "
        "goes by, else the newest there is."
    )
    protected: list[str] = Field(description="Labels of this prompt that gates protect.")


class GateRead(GateSummary):
    history: list[GatePolicyRead] = Field(description="Newest first; the first is in force.")


class BaselineCreate(Input):
    prompt_id: UUID
    experiment_id: UUID = Field(description="A finished one of this prompt.")
    version_id: UUID = Field(description="One it ran.")
    reason: Reason = Field(description="Why this is good enough to be measured against.")


class BaselineRead(Output):
    id: UUID
    prompt_id: UUID
    version_id: UUID
    version_number: int
    experiment_id: UUID
    arm: int
    snapshot_hash: str
    evaluators: dict[str, str] = Field(description="Names and the versions that judged.")
    judge_model: str
    reason: str
    approved_by: str
    created_at: datetime
    retired_at: datetime | None
    stale: bool = Field(description="What it was measured with or on is not what there is today.")
    stale_because: list[str]
