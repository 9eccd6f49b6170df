"""Verdicts: computed once, stored with all they were computed from, read by everybody."""

from collections.abc import Sequence
from typing import Literal
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.subject import Subject
from app.core.clock import new_id
from app.core.errors import NotFound, invalid
from app.models import (
    FINAL,
    Experiment,
    ExperimentArm,
    Gate,
    GatePolicy,
    PromptVersion,
    VerdictRecord,
)
from app.verdicts.evidence import Evidence
from app.verdicts.loading import Place, find_places, load, load_pair
from app.verdicts.policy import BY_DEFAULT, Policy, PolicyInForce
from app.verdicts.schemas import DECISION_VERSION, Verdict
from app.verdicts.verdict import judge, judge_together

Role = Literal["baseline", "candidate"]


class NothingToCompare(NotFound):
    message = "There is no finished experiment or version with results under {wanted}."


def policy_of(session: Session, experiment: Experiment) -> PolicyInForce:
    """The policy that was frozen when the experiment started."""
    if experiment.gate_id is None:
        return BY_DEFAULT
    found = session.execute(
        select(GatePolicy.policy, Gate.name)
        .join(Gate, Gate.id == GatePolicy.gate_id)
        .where(
            GatePolicy.gate_id == experiment.gate_id, GatePolicy.number == experiment.gate_number
        )
    ).one()
    return PolicyInForce(
        policy=Policy.model_validate(found.policy),
        gate=found.name,
        gate_id=str(experiment.gate_id),
        number=experiment.gate_number,
    )


def collect(session: Session, experiment: Experiment, in_force: PolicyInForce) -> list[Evidence]:
    """The evidence on every arm but the baseline's, tested as one family."""
    if experiment.baseline_arm is None:
        return []
    arms = session.scalars(
        select(ExperimentArm.arm)
        .where(ExperimentArm.experiment_id == experiment.id)
        .order_by(ExperimentArm.arm)
    )
    candidates = [arm for arm in arms if arm != experiment.baseline_arm]
    evidences = load(session, experiment, experiment.baseline_arm, candidates)
    return judge_together(evidences, in_force)


def store(
    session: Session,
    experiment: Experiment,
    evidences: Sequence[Evidence],
    in_force: PolicyInForce,
) -> list[Verdict]:
    """Judges and keeps; a later verdict on the same pair stands beside the earlier one."""
    verdicts = [judge(evidence, in_force) for evidence in evidences]
    for verdict, evidence in zip(verdicts, evidences, strict=True):
        session.add(_record(experiment, verdict, evidence, in_force))
    session.flush()
    return verdicts


def _record(
    experiment: Experiment, verdict: Verdict, evidence: Evidence, in_force: PolicyInForce
) -> VerdictRecord:
    return VerdictRecord(
        id=new_id(),
        workspace_id=experiment.workspace_id,
        prompt_id=experiment.prompt_id,
        experiment_id=experiment.id,
        baseline_arm=evidence.baseline.arm,
        candidate_arm=evidence.candidate.arm,
        baseline_version_id=evidence.baseline.version_id,
        candidate_version_id=evidence.candidate.version_id,
        gate_id=UUID(in_force.gate_id) if in_force.gate_id else None,
        gate_number=in_force.number,
        ruling=verdict.verdict,
        decision_version=DECISION_VERSION,
        content=verdict.model_dump(mode="json"),
        evidence=evidence.model_dump(mode="json"),
    )


def compute(session: Session, before: Place, after: Place) -> Verdict:
    """The verdict on two arms as their results are now; the arms may be of different runs."""
    in_force = policy_of(session, after.experiment)
    return judge(load_pair(session, before, after), in_force)


def find_pair(
    session: Session, subject: Subject, baseline: UUID, candidate: UUID
) -> tuple[Place, Place]:
    """The two arms that are meant by ids of versions, or of experiments.

    An id of a version stands for its newest results, if possible from an experiment in which both
    ran; an id of an experiment for the arm that is no baseline. Raises 404 and, where an
    experiment has several candidates, a 422 that names them.
    """
    return _shared(session, subject, baseline, candidate) or (
        find_place(session, subject, baseline, "baseline"),
        find_place(session, subject, candidate, "candidate"),
    )


def find_stored(session: Session, before: Place, after: Place) -> Verdict | None:
    """The one every other door shows, if this pair has been judged."""
    if before.experiment.id != after.experiment.id:
        return None
    found = session.scalar(
        select(VerdictRecord.content)
        .where(
            VerdictRecord.experiment_id == after.experiment.id,
            VerdictRecord.baseline_arm == before.arm,
            VerdictRecord.candidate_arm == after.arm,
        )
        .order_by(VerdictRecord.id.desc())
        .limit(1)
    )
    return Verdict.model_validate(found) if found is not None else None


def _shared(
    session: Session, subject: Subject, baseline: UUID, candidate: UUID
) -> tuple[Place, Place] | None:
    """Both versions' arms in the newest finished experiment that has both."""
    for experiment in _with_version(session, subject, candidate, 20):
        before = find_places(session, experiment, baseline)
        after = find_places(session, experiment, candidate)
        if before and after:
            return _of_one_model(session, before, after)
    return None


def _of_one_model(
    session: Session, before: Sequence[Place], after: Sequence[Place]
) -> tuple[Place, Place]:
    """The first and the last arm that asked the same model; of all, where none did."""
    experiment = before[0].experiment
    found = session.execute(
        select(ExperimentArm.arm, ExperimentArm.model).where(
            ExperimentArm.experiment_id == experiment.id
        )
    )
    models = {row.arm: row.model for row in found}
    alike = (
        (old, new)
        for old in before
        for new in reversed(after)
        if old != new and models[old.arm] == models[new.arm]
    )
    return next(alike, (before[0], after[-1]))


def _with_version(
    session: Session, subject: Subject, version_id: UUID, most: int
) -> Sequence[Experiment]:
    return session.scalars(
        select(Experiment)
        .join(ExperimentArm, ExperimentArm.experiment_id == Experiment.id)
        .where(
            Experiment.workspace_id == subject.workspace_id,
            Experiment.status.in_(FINAL),
            Experiment.results.is_not(None),
            Experiment.follows.is_(None),  # parts of others ask other questions
            ExperimentArm.version_id == version_id,
            ExperimentArm.name.is_(None),
        )
        .distinct()
        .order_by(Experiment.id.desc())
        .limit(most)
    ).all()


def find_place(session: Session, subject: Subject, wanted: UUID, role: Role) -> Place:
    """One side alone: an experiment's arm in this role, or a version's newest."""
    experiment = session.scalar(
        select(Experiment).where(
            Experiment.workspace_id == subject.workspace_id, Experiment.id == wanted
        )
    )
    if experiment is not None:
        return _only_arm(session, experiment, role)
    version = session.scalar(
        select(PromptVersion.id).where(
            PromptVersion.workspace_id == subject.workspace_id, PromptVersion.id == wanted
        )
    )
    if version is not None:
        for found in _with_version(session, subject, version, 1):
            return find_places(session, found, version)[-1]
    raise NothingToCompare(wanted=wanted)


def _only_arm(session: Session, experiment: Experiment, role: Role) -> Place:
    if experiment.results is None:
        raise NothingToCompare(wanted=experiment.id)
    arms = session.scalars(
        select(ExperimentArm)
        .where(ExperimentArm.experiment_id == experiment.id)
        .order_by(ExperimentArm.arm)
    ).all()
    if role == "baseline" and experiment.baseline_arm is not None:
        return Place(experiment, experiment.baseline_arm)
    left = [arm for arm in arms if arm.arm != experiment.baseline_arm]
    if len(left) > 1:
        named = ", ".join(f"{arm.version_id} (v{arm.version_number})" for arm in left)
        raise invalid(f"#/{role}", f"This experiment has several versions; name one: {named}.")
    return Place(experiment, left[0].arm)
