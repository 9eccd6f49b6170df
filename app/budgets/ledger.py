"""How budgets stand: limits beside what is spent and reserved in the period that runs."""

from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.models import BudgetPeriodKind, BudgetScope


class Line(NamedTuple):
    """One budget in the period that runs; money in USD."""

    id: UUID
    scope: BudgetScope
    prompt_id: UUID | None
    api_key_id: UUID | None
    object_name: str | None
    period: BudgetPeriodKind
    time_zone: str
    limit_usd: Decimal
    alert_share: Decimal
    hard_stop: bool
    enabled: bool
    created_by: str
    created_at: datetime
    updated_at: datetime
    starts_at: datetime
    ends_at: datetime
    read_at: datetime
    spent_usd: Decimal
    stopped_at: datetime | None
    reserved_usd: Decimal

    @property
    def left_usd(self) -> Decimal:
        """Neither spent nor reserved; below zero when a call was dearer than expected."""
        return self.limit_usd - self.spent_usd - self.reserved_usd

    @property
    def whose(self) -> str:
        return f"{self.scope.value} {self.object_name}" if self.object_name else self.scope.value


LINES = """
SELECT b.id, b.scope, b.prompt_id, b.api_key_id, coalesce(q.name, k.name) AS object_name, b.period,
       b.time_zone, b.limit_usd, b.alert_share, b.hard_stop, b.enabled, b.created_by, b.created_at,
       b.updated_at, t.starts_at,
       (t.starts_at AT TIME ZONE b.time_zone + ('1 ' || b.period)::interval)
           AT TIME ZONE b.time_zone AS ends_at,
       statement_timestamp() AS read_at, coalesce(p.spent_usd, 0) AS spent_usd, p.stopped_at,
       (SELECT coalesce(sum(r.amount_usd), 0) FROM reservations r
         WHERE r.workspace_id = b.workspace_id AND r.lease_until > statement_timestamp()
           AND r.id IS DISTINCT FROM CAST(:mine AS uuid)
           AND (b.scope = 'workspace' OR r.prompt_id = b.prompt_id OR r.api_key_id = b.api_key_id)
       ) AS reserved_usd
  FROM budgets b
 CROSS JOIN LATERAL budget_starts(b.period, b.time_zone, statement_timestamp()) t(starts_at)
  LEFT JOIN budget_periods p ON p.workspace_id = b.workspace_id AND p.budget_id = b.id
                            AND p.starts_at = t.starts_at
  LEFT JOIN prompts q ON q.workspace_id = b.workspace_id AND q.id = b.prompt_id
  LEFT JOIN api_keys k ON k.workspace_id = b.workspace_id AND k.id = b.api_key_id
 WHERE b.workspace_id = :workspace AND (CAST(:ids AS uuid[]) IS NULL OR b.id = ANY(:ids))
 ORDER BY b.id
"""


def lines(
    session: Session,
    workspace_id: UUID,
    *,
    ids: list[UUID] | None = None,
    mine: UUID | None = None,
) -> list[Line]:
    """All budgets of a workspace or those with these ids; the reservation `mine` is not counted."""
    values: dict[str, Any] = {"workspace": workspace_id, "ids": ids, "mine": mine}
    found = session.execute(text(LINES), values)
    return [
        Line(*row)._replace(scope=BudgetScope(row.scope), period=BudgetPeriodKind(row.period))
        for row in found
    ]


RECOUNT = """
INSERT INTO budget_periods (id, workspace_id, budget_id, starts_at, spent_usd)
SELECT gen_random_uuid(), b.workspace_id, b.id, t.starts_at,
       (SELECT coalesce(sum(coalesce(c.cost_usd, c.cost_estimated)), 0) FROM cost_entries c
         WHERE c.workspace_id = b.workspace_id AND c.created_at >= t.starts_at
           AND (b.scope = 'workspace' OR c.prompt_id = b.prompt_id OR c.api_key_id = b.api_key_id))
  FROM budgets b
 CROSS JOIN LATERAL budget_starts(b.period, b.time_zone, statement_timestamp()) t(starts_at)
 WHERE b.workspace_id = :workspace AND b.id = :budget
ON CONFLICT (workspace_id, budget_id, starts_at) DO UPDATE SET spent_usd = excluded.spent_usd
"""


def recount(session: Session, workspace_id: UUID, budget_id: UUID) -> None:
    """Counts the running period anew from the cost log: for a budget made in its midst.

    The period's row is locked first, so that an entry is either in the sum or waits to be added.
    """
    values = {"workspace": workspace_id, "budget": budget_id}
    locking = (
        "SELECT id FROM budget_periods WHERE workspace_id = :workspace AND budget_id = :budget"
        " FOR UPDATE"
    )
    session.execute(text(locking), values)
    session.execute(text(RECOUNT), values)
