"""Critical examples that fail anew are run again before they block: one flip is no regression."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.experiments.derive import Follow, derive, spec_of
from app.models import FINAL, Experiment, ExperimentArm
from app.verdicts.changes import critical
from app.verdicts.evidence import Evidence
from app.verdicts.loading import CONFIRMING
from app.verdicts.policy import Policy


def awaits(
    session: Session, experiment: Experiment, evidences: Sequence[Evidence], policy: Policy
) -> bool:
    """True while critical examples run again; starts those runs on its first call.

    The experiment stays `rolling_up` meanwhile; the run that follows sends its roll-up again.
    """
    if experiment.trigger == CONFIRMING:
        return False
    children = session.scalars(
        select(Experiment).where(
            Experiment.follows == experiment.id, Experiment.trigger == CONFIRMING
        )
    ).all()
    confirmed = {int(child.options["confirms_arm"]) for child in children}
    waiting = any(child.status not in FINAL for child in children)
    for evidence in evidences:
        positions = [row.position for row in critical(evidence, policy).pending]
        if positions and evidence.candidate.arm not in confirmed:
            _run_again(session, experiment, evidence, positions, policy.critical_repeats)
            waiting = True
    return waiting


def _run_again(
    session: Session, parent: Experiment, evidence: Evidence, positions: list[int], repeats: int
) -> None:
    arms = [
        session.get_one(ExperimentArm, (parent.id, arm))
        for arm in (evidence.baseline.arm, evidence.candidate.arm)
    ]
    child = derive(
        session,
        parent,
        Follow(
            name=f"{parent.name}: critical examples again"[:200],
            trigger=CONFIRMING,
            arms=[spec_of(arm) for arm in arms],
            positions=positions,
            repeats=repeats,
        ),
    )
    child.options = child.options | {"confirms_arm": evidence.candidate.arm}
