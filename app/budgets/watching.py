"""What the sweeper does for budgets: tells once a period, and forgets reservations of the dead."""

from decimal import Decimal
from typing import Any

from sqlalchemy import Row, text
from sqlalchemy.orm import Session

from app.core.database import system_unit_of_work
from app.core.schema import plain_number
from app.events import EventKind, emit

DUE = """
SELECT p.id, p.budget_id, p.workspace_id, p.starts_at, p.spent_usd, b.limit_usd, b.scope, b.period,
       coalesce(q.name, k.name) AS object_name, p.exceeded_told_at, p.alert_told_at,
       p.spent_usd >= b.limit_usd OR (b.hard_stop AND p.stopped_at IS NOT NULL) AS exceeded
  FROM budgets b
  JOIN budget_periods p ON p.workspace_id = b.workspace_id AND p.budget_id = b.id
   AND p.starts_at = budget_starts(b.period, b.time_zone, statement_timestamp())
  LEFT JOIN prompts q ON q.workspace_id = b.workspace_id AND q.id = b.prompt_id
  LEFT JOIN api_keys k ON k.workspace_id = b.workspace_id AND k.id = b.api_key_id
 WHERE b.enabled AND p.exceeded_told_at IS NULL
   AND (p.spent_usd >= b.limit_usd OR (b.hard_stop AND p.stopped_at IS NOT NULL)
        OR (p.alert_told_at IS NULL AND p.spent_usd >= b.limit_usd * b.alert_share))
 ORDER BY p.id LIMIT 100 FOR UPDATE OF p SKIP LOCKED
"""
TOLD = {
    True: "UPDATE budget_periods SET exceeded_told_at = clock_timestamp() WHERE id = :id",
    False: "UPDATE budget_periods SET alert_told_at = clock_timestamp() WHERE id = :id",
}
# an hour late: a holder that was only slow still finds its own
EXPIRED = "DELETE FROM reservations WHERE lease_until < clock_timestamp() - interval '1 hour'"


def sweep() -> None:
    """`budget.alert` and `budget.exceeded`, each once a budget and period."""
    with system_unit_of_work() as session:
        for row in session.execute(text(DUE)).all():
            _tell(session, row)
        session.execute(text(EXPIRED))


def _tell(session: Session, row: Row[Any]) -> None:
    whose = f"{row.scope} {row.object_name}" if row.object_name else row.scope
    share = round(100 * row.spent_usd / row.limit_usd)
    kind = EventKind.budget_exceeded if row.exceeded else EventKind.budget_alert
    emit(
        session,
        row.workspace_id,
        kind,
        title=(
            f"The {row.period}'s budget of the {whose} is "
            f"{'used up' if row.exceeded else f'{share} % used'}: "
            f"{dollars(row.spent_usd)} of {dollars(row.limit_usd)} USD."
        ),
        object_id=row.budget_id,
        data={
            "scope": row.scope,
            "period": row.period,
            "spent_usd": plain_number(row.spent_usd),
            "limit_usd": plain_number(row.limit_usd),
        },
        once=f"{kind.value} {row.budget_id} {row.starts_at.isoformat()}",
    )
    session.execute(text(TOLD[row.exceeded]), {"id": row.id})


def dollars(amount: Decimal) -> str:
    return plain_number(round(amount, 2 if amount >= 1 else 6))
