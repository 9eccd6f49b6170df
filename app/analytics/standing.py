"""What stands against newest versions: proven regressions, and gates that do not let them pass.

Read from the newest stored verdict on each prompt's newest version against the version a label
stands on; nothing is judged here.
"""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text
from sqlalchemy.orm import Session

from app.accounts.subject import Subject
from app.analytics.schemas import Action, Attention
from app.models import Ruling
from app.prompts.labels import PRODUCTION
from app.prompts.version_schemas import Difference

_READ = text(
    """
    SELECT p.name AS prompt, l.name AS label, n.number AS newest, h.number AS holder,
           n.id AS newest_id, h.id AS holder_id, v.ruling, v.experiment_id,
           v.gate_id = g.id AND v.gate_number = g.number AS in_force, g.name AS gate,
           v.content ->> 'sentence' AS sentence, v.content ->> 'headline' AS headline,
           v.content #> '{metrics,0}' AS lead
      FROM prompts p
      JOIN prompt_versions n ON n.prompt_id = p.id AND n.number = p.latest_number
      JOIN prompt_labels l ON l.prompt_id = p.id AND l.version_id <> n.id
      JOIN prompt_versions h ON h.id = l.version_id
      LEFT JOIN gates g ON g.prompt_id = p.id AND g.label = l.name AND g.archived_at IS NULL
      JOIN LATERAL (
          SELECT * FROM verdicts v
           WHERE v.workspace_id = p.workspace_id AND v.prompt_id = p.id
             AND v.candidate_version_id = n.id AND v.baseline_version_id = h.id
             AND v.content #>> '{candidate,name}' IS NULL
             AND v.content #>> '{baseline,name}' IS NULL
           ORDER BY v.id DESC LIMIT 1
      ) v ON true
     WHERE p.workspace_id = :workspace AND p.archived_at IS NULL
       AND (l.name = :production OR g.id IS NOT NULL) AND v.ruling <> :passed
     ORDER BY v.id DESC LIMIT 50
    """
)


def find(session: Session, subject: Subject) -> list[Attention]:
    """Newest verdict first."""
    rows = session.execute(
        _READ,
        {
            "workspace": subject.workspace_id,
            "production": PRODUCTION,
            "passed": Ruling.passed.value,
        },
    )
    return [told for row in rows if (told := _told(row)) is not None]


def _told(row: Row[Any]) -> Attention | None:
    if row.ruling == Ruling.regression and row.label == PRODUCTION:
        return _regression(row)
    return _refusal(row) if row.in_force else None


def _regression(row: Row[Any]) -> Attention:
    return Attention(
        kind="regression",
        severity="regression",
        title=f"{row.prompt} v{row.newest} is worse than {row.label} v{row.holder}",
        detail=_beyond_the_title(row.headline) or row.sentence,
        difference=_difference(row.lead),
        action=Action(label="See what broke", url=compare_url(row.holder_id, row.newest_id)),
    )


def _refusal(row: Row[Any]) -> Attention:
    return Attention(
        kind="gate",
        severity="decision",
        title=f"The gate {row.gate} keeps {row.prompt} v{row.newest} from {row.label}",
        detail=row.headline or row.sentence,
        difference=_difference(row.lead),
        action=Action(label="See the experiment", url=f"/experiments/{row.experiment_id}"),
    )


def _beyond_the_title(headline: str | None) -> str | None:
    """Of "v3 is worse than v1: score fell from 0.73 to 0.34." what the title does not say."""
    _, _, what = (headline or "").partition(": ")
    return f"{what[0].upper()}{what[1:]}" if what else None


def compare_url(base: UUID, candidate: UUID) -> str:
    return f"/compare?base={base}&with={candidate}"


def _difference(lead: Mapping[str, Any] | None) -> Difference | None:
    if not lead or lead["difference"] is None:
        return None
    ends = lead["interval"]
    interval = (ends[0], ends[1]) if ends else None
    return Difference(
        value=lead["difference"],
        interval=interval,
        n=lead["n_pairs"],
        direction=lead["direction"],
    )
