"""Which arms of which experiments are set side by side; the baseline comes first."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.subject import Subject
from app.core.errors import NotFound
from app.experiments import service as experiments
from app.models import Experiment, ExperimentArm
from app.prompts.field_types import UUID_TEXT
from app.verdicts import service as verdicts
from app.verdicts.loading import Place

NAMED = rf"^{UUID_TEXT}(:\d{{1,4}})?$"  # an experiment and its arm, or what /compare takes


class NoSuchArm(NotFound):
    message = "This experiment has no arm {arm}; its arms are 0 to {last}."


def find(
    session: Session, subject: Subject, baseline: str, candidates: Sequence[str]
) -> list[Place]:
    """The baseline and the candidates; an experiment named with its arm may still be running.

    Ids without an arm mean what they mean to a verdict. Raises 404, and a 422 where an
    experiment has several candidates.
    """
    first = candidates[0]
    if ":" in baseline or ":" in first:
        found = [
            _find(session, subject, baseline, "baseline"),
            _find(session, subject, first, "candidate"),
        ]
    else:
        found = [*verdicts.find_pair(session, subject, UUID(baseline), UUID(first))]
    return found + [_find(session, subject, other, "candidate") for other in candidates[1:]]


def _find(session: Session, subject: Subject, named: str, role: verdicts.Role) -> Place:
    wanted, _, arm = named.partition(":")
    if not arm:
        return verdicts.find_place(session, subject, UUID(wanted), role)
    return _existing(session, experiments.get(session, subject, UUID(wanted)), int(arm))


def of_experiment(session: Session, experiment: Experiment, arm: int | None) -> list[Place]:
    """One arm, or all of them."""
    if arm is not None:
        return [_existing(session, experiment, arm)]
    baseline = experiment.baseline_arm
    arms = sorted(_arms(session, experiment), key=lambda number: (number != baseline, number))
    return [Place(experiment, number) for number in arms]


def _existing(session: Session, experiment: Experiment, arm: int) -> Place:
    arms = _arms(session, experiment)
    if arm not in arms:
        raise NoSuchArm(arm=arm, last=max(arms))
    return Place(experiment, arm)


def _arms(session: Session, experiment: Experiment) -> Sequence[int]:
    return session.scalars(
        select(ExperimentArm.arm).where(ExperimentArm.experiment_id == experiment.id)
    ).all()
