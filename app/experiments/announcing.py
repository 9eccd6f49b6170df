"""That an experiment has come to its end, told to those who asked to hear of it."""

from typing import Any

from sqlalchemy.orm import Session

from app.events import EventKind, emit
from app.models import ON_BEHALF, Experiment, Ruling


def announce(session: Session, experiment: Experiment) -> None:
    """One event with the newest version's verdict; a second one when it is a regression.

    The verdict's sentence is made of names and figures, never of what a model said.
    """
    if experiment.trigger in ON_BEHALF:  # a part of another one, or of an analysis
        return
    verdict: dict[str, Any] = experiment.verdict or {}
    data = {
        "name": experiment.name,
        "status": experiment.status,
        "planned": experiment.planned,
        "counts": experiment.counts,
        "verdict": verdict.get("verdict"),
        "sentence": verdict.get("sentence"),
        "n_pairs": verdict.get("n_pairs"),
    }
    sentence = verdict.get("sentence") or experiment.error or "the experiment is done."
    kinds = [EventKind.experiment_completed]
    if verdict.get("verdict") == Ruling.regression:
        kinds.append(EventKind.experiment_regressed)
    for kind in kinds:
        emit(
            session,
            experiment.workspace_id,
            kind,
            title=f"{experiment.name}: {sentence}",
            object_id=experiment.id,
            data=data,
        )
