"""Which version under which model each side is."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session

from app.models import ExperimentArm
from app.verdicts.loading import Place


def identities(session: Session, places: Sequence[Place]) -> list[dict[str, Any]]:
    """The fields of `ComparedSide`, in one statement."""
    keys = [(place.experiment.id, place.arm) for place in places]
    columns = ("experiment_id", "arm", "name", "version_number", "version_id", "model")
    rows = session.execute(
        select(*(getattr(ExperimentArm, name) for name in columns)).where(
            tuple_(ExperimentArm.experiment_id, ExperimentArm.arm).in_(keys)
        )
    )
    found = {(row.experiment_id, row.arm): row._asdict() for row in rows}
    return [found[key] for key in keys]
