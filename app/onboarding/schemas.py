"""The first steps, on the wire."""

from typing import Literal
from uuid import UUID

from pydantic import Field

from app.core.schema import Output

StepKey = Literal["model", "prompt", "examples", "experiment", "label"]


class Step(Output):
    key: StepKey
    done: bool = Field(description="By the workspace's own work; the demo's does not count.")


class OnboardingRead(Output):
    steps: list[Step]
    has_demo_data: bool


class DemoDataRead(Output):
    prompt_id: UUID
    experiment_id: UUID | None = Field(
        description="Null for a caller without the scope `run`: nothing was started."
    )
    url: str = Field(description="A path of the dashboard.")
