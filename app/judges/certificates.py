"""Whether a judge may be believed: what gates ask before they count its scores."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.clock import now
from app.models import JudgeCertificate

PENDING = "pending"  # report["state"]: the job has not decided yet
DECIDED = "decided"


def find_admissible(
    session: Session,
    workspace_id: UUID,
    evaluator: str,
    evaluator_version: str,
    judge_model: str,
) -> JudgeCertificate | None:
    """The certificate this very judge holds now; None when it has none, failed or is out of date.

    The newest decided one counts: a judge that failed its last examination has no older one.
    """
    newest = session.scalar(
        select(JudgeCertificate)
        .where(
            JudgeCertificate.workspace_id == workspace_id,
            JudgeCertificate.evaluator == evaluator,
            JudgeCertificate.evaluator_version == evaluator_version,
            JudgeCertificate.judge_model == judge_model,
            JudgeCertificate.report["state"].astext == DECIDED,
        )
        .order_by(JudgeCertificate.id.desc())
        .limit(1)
    )
    if newest is None or not newest.admissible or newest.expires_at <= now():
        return None
    return newest
