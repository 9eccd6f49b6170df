"""Critical examples that fail anew are run again before they block: one flip is no regression."""

from collections.abc import Sequence
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from app.experiments.derive import Follow, derive, left, spec_of
from app.models import FINAL, Experiment, ExperimentArm, ExperimentExample
from app.verdicts.changes import critical
from app.verdicts.evidence import Evidence
from app.verdicts.loading import CONFIRMING
from app.verdicts.policy import Policy


def awaits(
    session: Session, experiment: Experiment, evidences: Sequence[Evidence], policy: Policy
) -> bool:
    """True while critical examples run again; starts those runs where there are none yet.

    The experiment stays `rolling_up` meanwhile; the run that follows sends its roll-up again.
    """
    if experiment.trigger == CONFIRMING:
        return False
    children = session.scalars(
        select(Experiment).where(
            Experiment.follows == experiment.id, Experiment.trigger == CONFIRMING
        )
    ).all()
    wanted = _not_run_again(session, experiment, evidences, policy)
    for evidence, positions in wanted:
        child = _run_again(session, experiment, evidence, positions, policy.critical_repeats)
        child.max_cost_usd = _share(experiment, children, len(wanted))
    return bool(wanted) or any(child.status not in FINAL for child in children)


def _not_run_again(
    session: Session, experiment: Experiment, evidences: Sequence[Evidence], policy: Policy
) -> list[tuple[Evidence, list[int]]]:
    """By candidate the examples that wait for runs; a retry may show some the first did not.

    What was run again stays so, however that ended: nothing is tried for ever.
    """
    own, again = aliased(ExperimentExample), aliased(ExperimentExample)
    rows = session.execute(
        select(Experiment.options["confirms_arm"].as_integer(), own.position)
        .join(again, again.experiment_id == Experiment.id)
        .join(own, own.example_id == again.example_id)
        .where(
            Experiment.follows == experiment.id,
            Experiment.trigger == CONFIRMING,
            own.experiment_id == experiment.id,
        )
    )
    known = {(arm, position) for arm, position in rows}
    found = []
    for evidence in evidences:
        pending = [row.position for row in critical(evidence, policy).pending]
        if positions := [at for at in pending if (evidence.candidate.arm, at) not in known]:
            found.append((evidence, positions))
    return found


def _share(parent: Experiment, children: Sequence[Experiment], among: int) -> Decimal | None:
    """What the parent and its runs so far leave of its budget, in equal parts."""
    room = left(parent)
    if room is None:
        return None
    return max(Decimal(0), room - sum(map(_held, children), Decimal(0))) / among


def _held(child: Experiment) -> Decimal:
    spent = child.cost_usd + child.cost_estimated
    return spent if child.status in FINAL else max(spent, child.max_cost_usd or spent)


def _run_again(
    session: Session, parent: Experiment, evidence: Evidence, positions: list[int], repeats: int
) -> Experiment:
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
    return child
