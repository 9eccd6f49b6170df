"""Experiments that share outputs: what people said of one holds however often it is judged."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.errors import Invalid, invalid
from app.experiments.rejudge import TRIGGER
from app.models import Experiment

MOST_GENERATIONS = 50


def sharing_outputs(session: Session, experiment: Experiment) -> Sequence[Experiment]:
    """The experiment and those whose outputs it judges again, nearest first.

    Case numbers mean the same outputs in all of them.
    """
    found = [experiment]
    while found[-1].trigger == TRIGGER and found[-1].follows and len(found) < MOST_GENERATIONS:
        before = session.scalar(
            select(Experiment).where(
                Experiment.workspace_id == experiment.workspace_id,
                Experiment.id == found[-1].follows,
            )
        )
        if before is None:
            break
        found.append(before)
    return found


def entry_of(experiment: Experiment, evaluator: str) -> dict[str, object]:
    """The evaluator as the experiment froze it; raises a 422 that lists those it has."""
    for entry in experiment.evaluators:
        if entry["name"] == evaluator:
            return entry
    raise unknown_evaluator(experiment)


def unknown_evaluator(experiment: Experiment) -> Invalid:
    names = ", ".join(entry["name"] for entry in experiment.evaluators)
    return invalid("#/evaluator", f"This experiment was judged by {names}; name one of them.")
