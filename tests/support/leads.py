"""What a stored verdict says first, for those that read it."""

from uuid import UUID

from app.core.database import system_unit_of_work
from app.models import VerdictRecord


def give_lead(verdict_id: UUID, difference: float, interval: list[float] | None, n: int) -> None:
    """What the verdict found between its two versions."""
    lead = {"metric": "score", "difference": difference, "interval": interval, "n_pairs": n}
    with system_unit_of_work() as session:
        record = session.get_one(VerdictRecord, verdict_id)
        record.content = {**record.content, "metrics": [lead]}


def give_headline(verdict_id: UUID, headline: str | None) -> None:
    """None: as verdicts were stored before they had one."""
    with system_unit_of_work() as session:
        record = session.get_one(VerdictRecord, verdict_id)
        without = {key: part for key, part in record.content.items() if key != "headline"}
        record.content = without | ({"headline": headline} if headline else {})
