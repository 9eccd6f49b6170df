"""One row per call: single runs, and the cases of experiments that were asked.

`unit` is what a mean counts once: the run, or the golden example, whose repeats and experiments
are no independent witnesses. What was never asked (skipped for the budget, cancelled) is no call,
and a case that is to be run again is counted when it has been.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from app.accounts.subject import Subject
from app.analytics.schemas import GroupBy
from app.analytics.window import Window


@dataclass(frozen=True, slots=True)
class Slice:
    """Which calls; None is all of them, `failed` only those that failed."""

    prompt_id: UUID | None = None
    model: str | None = None
    source: str | None = None
    failed: bool = False


# results have no index on time: `updated_at`, which every result moves, finds their experiments
FACTS = """
facts AS MATERIALIZED (
    SELECT r.created_at AS at, r.prompt_id, r.version_id, r.version_number, r.model, r.source,
           r.id AS unit, r.state = 'failed' AS failed, coalesce(r.error_code, 'other') AS error,
           r.latency_ms, r.tokens_in, r.tokens_out, r.cost_usd, r.cost_estimated,
           r.latency_ms IS NOT NULL AND r.cost_usd IS NULL AS unpriced,
           (r.scores -> 0 ->> 'value')::float8 AS score,
           (jsonb_path_query_first(
               r.scores, '$[*].hallucination_rate ? (@ != null)'))::float8 AS hallucination
      FROM runs r
     WHERE r.workspace_id = :workspace AND r.created_at >= :since AND r.created_at < :until
       AND (CAST(:prompt AS uuid) IS NULL OR r.prompt_id = :prompt)
       AND (CAST(:model AS text) IS NULL OR r.model = :model)
       AND (CAST(:source AS text) IS NULL OR r.source = :source)
       AND (NOT :failed OR r.state = 'failed')
    UNION ALL
    SELECT c.created_at, e.prompt_id, a.version_id, a.version_number, a.model, 'experiment',
           x.example_id, c.state <> 'scored', coalesce(c.error_code, c.state),
           c.latency_ms, c.tokens_in, c.tokens_out, c.cost_usd, c.cost_estimated,
           c.latency_ms IS NOT NULL AND c.cost_usd IS NULL, c.score, c.hallucination_rate
      FROM experiments e
      JOIN results c ON c.experiment_id = e.id
      JOIN experiment_arms a ON a.experiment_id = e.id AND a.arm = c.arm
      JOIN experiment_examples x ON x.experiment_id = e.id AND x.position = c.position
     WHERE e.workspace_id = :workspace AND e.created_at < :until AND e.updated_at >= :since
       AND c.created_at >= :since AND c.created_at < :until
       AND NOT c.retrying AND c.state NOT IN ('budget_skipped', 'cancelled')
       AND (CAST(:prompt AS uuid) IS NULL OR e.prompt_id = :prompt)
       AND (CAST(:model AS text) IS NULL OR a.model = :model)
       AND (CAST(:source AS text) IS NULL OR :source = 'experiment')
       AND (NOT :failed OR c.state <> 'scored')
)"""

KEYS = {
    GroupBy.none: "'all'",
    GroupBy.prompt: "coalesce(prompt_id::text, 'none')",
    GroupBy.model: "model",
    GroupBy.source: "source",
    GroupBy.version: "coalesce(version_id::text, 'none')",
}


def values(subject: Subject, window: Window, wanted: Slice) -> Mapping[str, object]:
    """What `FACTS` is to be executed with."""
    return {
        "workspace": subject.workspace_id,
        "since": window.since,
        "until": window.until,
        "prompt": wanted.prompt_id,
        "model": wanted.model,
        "source": wanted.source,
        "failed": wanted.failed,
    }
