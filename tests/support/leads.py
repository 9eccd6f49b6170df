"""What a stored verdict says first, for those that read it."""

from uuid import UUID

from app.core.database import system_unit_of_work
from app.models import Direction, VerdictRecord


def give_lead(
    verdict_id: UUID,
    difference: float,
    interval: list[float] | None,
    n: int,
    *,
    direction: Direction = "higher",
) -> None:
    """What the verdict found between its two versions, in a metric that is better so."""
    found = {"difference": difference, "interval": interval, "n_pairs": n}
    lead = {"metric": "score", "direction": direction, **found}
    with system_unit_of_work() as session:
        record = session.get_one(VerdictRecord, verdict_id)
        record.content = {**record.content, "metrics": [lead]}


def give_headline(verdict_id: UUID, headline: str | None) -> None:
    """None: as verdicts were stored before they had one."""
    with system_unit_of_work() as session:
        record = session.get_one(VerdictRecord, verdict_id)
        without = {key: part for key, part in record.content.items() if key != "headline"}
        record.content = without | ({"headline": headline} if headline else {})
