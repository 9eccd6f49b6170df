"""How a prompt's versions scored, one point for each version."""

from collections import defaultdict
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy.orm import Session

from app.accounts.subject import Subject
from app.prompts import labels, scores, service
from app.prompts.quality import Estimate


class Point(NamedTuple):
    """A version's score in the newest finished experiment that judged it."""

    version_number: int
    score: Estimate
    experiment_id: UUID
    finished_at: datetime | None
    labels: list[str]


def points(session: Session, subject: Subject, prompt_id: UUID) -> list[Point]:
    """By version number; raises PromptNotFound."""
    service.get(session, subject, prompt_id)
    names: dict[int, list[str]] = defaultdict(list)
    for label in labels.standing(session, subject, [prompt_id])[prompt_id]:
        names[label.version_number].append(label.name)
    return [
        Point(
            version_number=number,
            score=Estimate(last.mean, last.interval, last.n),
            experiment_id=last.experiment_id,
            finished_at=last.finished_at,
            labels=names[number],
        )
        for number, last in sorted(scores.of_versions(session, subject, prompt_id).items())
    ]
