"""What judging outside of an experiment cost, in the log that budgets and analytics read."""

from collections.abc import Sequence
from uuid import UUID

from app.models import CostEntry
from app.runs.case import Call


def booked(
    calls: Sequence[Call], *, workspace_id: UUID, source: str, experiment_id: UUID | None = None
) -> list[CostEntry]:
    """One entry for each call; `source` is canary or certificate."""
    return [
        CostEntry(
            workspace_id=workspace_id,
            kind=call.kind,
            source=source,
            model=call.model,
            experiment_id=experiment_id,
            tokens_in=call.tokens_in,
            tokens_out=call.tokens_out,
            tokens_estimated=call.tokens_estimated,
            cost_usd=call.cost_usd,
            cost_estimated=call.cost_estimated,
            latency_ms=call.latency_ms,
        )
        for call in calls
    ]
