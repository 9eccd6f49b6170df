"""Everything the first page shows, in one answer."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Row, text
from sqlalchemy.orm import Session

from app.accounts.subject import Subject
from app.analytics import attention, running, tiles
from app.analytics.overview import label_marks
from app.analytics.schemas import Dashboard, PromptLine
from app.analytics.window import recent
from app.budgets import ledger
from app.core.clock import now
from app.prompts import quality, usage

PROMPTS = 8
TREND = 12
SHOWN_RUNNING = 10

# use decides the order, then the name. A union and no join: without statistics, as on the first
# day, the planner joins in loops and takes half a second for 1,000 prompts
_PROMPTS = text(
    """
    WITH used AS (
        SELECT prompt_id, count(*) AS runs, NULL AS name FROM runs
         WHERE workspace_id = :workspace AND created_at >= :since AND prompt_id IS NOT NULL
         GROUP BY prompt_id
        UNION ALL
        SELECT prompt_id, planned, NULL FROM experiments
         WHERE workspace_id = :workspace AND updated_at >= :since
        UNION ALL
        SELECT id, 0, name FROM prompts WHERE workspace_id = :workspace AND archived_at IS NULL
    ),
    shown AS (
        SELECT prompt_id, sum(runs) AS runs, max(name) AS name, count(*) OVER () AS prompts_total
          FROM used GROUP BY prompt_id HAVING max(name) IS NOT NULL
         ORDER BY 2 DESC, 3 LIMIT :most
    )
    SELECT p.id, p.name, p.latest_number, shown.prompts_total,
           h.id AS version_id, h.number, l.moved_at, m.moved_by
      FROM shown
      JOIN prompts p ON p.id = shown.prompt_id
      LEFT JOIN prompt_labels l
        ON l.workspace_id = p.workspace_id AND l.prompt_id = p.id AND l.name = 'production'
      LEFT JOIN prompt_versions h ON h.id = l.version_id
      LEFT JOIN LATERAL (
          SELECT moved_by FROM label_moves m
           WHERE m.workspace_id = p.workspace_id AND m.prompt_id = p.id AND m.label = 'production'
           ORDER BY m.id DESC LIMIT 1
      ) m ON l.id IS NOT NULL
     ORDER BY shown.runs DESC, p.name
    """
)

_TRENDS = text(
    """
    SELECT p.id, t.scores
      FROM prompts p
      JOIN LATERAL (
          SELECT array_agg(r.score ORDER BY r.id) AS scores
            FROM (
              SELECT e.id, (best.entry ->> 'avg_score')::float8 AS score
                FROM experiments e
                JOIN LATERAL (
                    SELECT entry FROM jsonb_array_elements(e.results) entry
                     WHERE jsonb_typeof(entry -> 'avg_score') = 'number'
                     ORDER BY (entry ->> 'version_number')::int DESC LIMIT 1
                ) best ON true
               WHERE e.workspace_id = :workspace AND e.prompt_id = p.id AND e.follows IS NULL
                 AND e.status IN ('completed', 'completed_with_errors') AND e.results IS NOT NULL
               ORDER BY e.id DESC LIMIT :most
            ) r
      ) t ON true
     WHERE p.workspace_id = :workspace AND p.id = ANY(:ids)
    """
)


def show(session: Session, subject: Subject, *, days: int, zone: ZoneInfo) -> Dashboard:
    at = now()
    window = recent(days, at, zone)
    open_experiments = running.find(session, subject)
    budgets = ledger.lines(session, subject.workspace_id)
    used_since = at - timedelta(days=usage.USE_DAYS)
    prompts = session.execute(
        _PROMPTS, {"workspace": subject.workspace_id, "since": used_since, "most": PROMPTS}
    ).all()
    return Dashboard.model_validate(
        {
            "workspace": {"id": subject.workspace_id, "name": subject.workspace_name},
            "from": window.since,
            "to": window.until,
            "attention": attention.find(session, subject, open_experiments, budgets, at),
            "tiles": tiles.show(session, subject, window, budgets),
            "running": running.lines(open_experiments[:SHOWN_RUNNING], at),
            "prompts": _lines(session, subject, prompts),
            "prompts_total": prompts[0].prompts_total if prompts else 0,
            "label_moves": label_marks(session, subject, window),
        }
    )


def _lines(session: Session, subject: Subject, prompts: Sequence[Row[Any]]) -> list[PromptLine]:
    ids = [row.id for row in prompts]
    scores = quality.scores(session, subject, ids)
    changes = quality.changes(session, subject, ids)
    verdicts = quality.verdicts(session, subject, ids)
    trends = _trends(session, subject, ids)
    return [
        PromptLine.model_validate(
            {
                "prompt_id": row.id,
                "name": row.name,
                "production": row if row.version_id else None,
                "latest_number": row.latest_number,
                "ahead": row.latest_number - row.number if row.version_id else 0,
                "latest_verdict": verdicts[row.id].ruling if row.id in verdicts else None,
                "score": scores.get(row.id),
                "change": changes.get(row.id),
                "trend": trends.get(row.id, []),
            }
        )
        for row in prompts
    ]


def _trends(session: Session, subject: Subject, ids: Sequence[UUID]) -> dict[UUID, list[float]]:
    """The newest judged version's score in each of the last experiments."""
    rows = session.execute(
        _TRENDS, {"workspace": subject.workspace_id, "ids": list(ids), "most": TREND}
    )
    return {row.id: row.scores or [] for row in rows}
