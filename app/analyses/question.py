"""What an analysis was asked, frozen when it starts, and what it has spent."""

from uuid import UUID

from pydantic import Field

from app.core.schema import Money, Output
from app.verdicts.policy import PolicyInForce
from app.verdicts.schemas import InForce


class VersionRef(Output):
    id: UUID
    number: int


class Question(Output):
    good: VersionRef
    bad: VersionRef
    model: str | None = Field(description="Runs every version; null: each runs its own.")
    experiment_id: UUID = Field(
        description="Whose golden examples, evaluators and judge every probe is held to."
    )
    policy: InForce = Field(description="What makes a probe a regression.")
    max_calls: int | None
    max_cost_usd: Money | None

    @property
    def in_force(self) -> PolicyInForce:
        gate_id = self.policy.gate_id
        return PolicyInForce(
            policy=self.policy.policy,
            gate=self.policy.gate,
            gate_id=str(gate_id) if gate_id else None,
            number=self.policy.number,
        )


class Spent(Output):
    """Over all experiments an analysis started, and those that confirmed theirs."""

    calls: int
    cost_usd: Money
    cost_unknown: bool = Field(description="Some of the cost is an estimate.")
