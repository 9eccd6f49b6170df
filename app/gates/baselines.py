"""Baselines: results somebody approved as what good is, and whether they still say so.

A baseline is a version's results in one experiment. It is stale when the golden examples it was
measured on, the evaluators that judged or the judge model are not those of today: comparing with
it would find a difference that is none of the candidate's.
"""

from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from app import audit
from app.accounts.subject import Subject
from app.audit import AuditTag
from app.core.clock import new_id, now
from app.core.errors import Conflict, NotFound, invalid
from app.models import (
    Baseline,
    Experiment,
    ExperimentArm,
    ExperimentStatus,
)
from app.prompts import paging
from app.prompts import service as prompts
from app.prompts.paging import Listing

FINISHED = {ExperimentStatus.completed, ExperimentStatus.completed_with_errors}


class BaselineNotFound(NotFound):
    message = "There is no baseline with this id in your workspace."


class ExperimentNotFound(NotFound):
    message = "There is no experiment of this prompt with this id in your workspace."


class NotFinished(Conflict):
    message = "This experiment is {status}; only the results of a finished one can be approved."


class NothingScored(Conflict):
    message = "No case of version {number} was scored; there is nothing to approve."


def readable_by(subject: Subject) -> Select[Baseline]:
    """Every read of baselines starts here."""
    return select(Baseline).where(Baseline.workspace_id == subject.workspace_id)


def get(session: Session, subject: Subject, baseline_id: UUID) -> Baseline:
    baseline = session.scalar(readable_by(subject).where(Baseline.id == baseline_id))
    if baseline is None:
        raise BaselineNotFound
    return baseline


def page(
    session: Session, subject: Subject, *, prompt_id: UUID | None, cursor: str | None, limit: int
) -> Listing[Baseline]:
    """Newest first, without the retired ones; all prompts' or one's."""
    wanted = readable_by(subject).where(Baseline.retired_at.is_(None))
    if prompt_id is not None:
        wanted = wanted.where(Baseline.prompt_id == prompt_id)
    total = session.scalar(select(func.count()).select_from(wanted.subquery())) or 0
    order = f"baselines {subject.workspace_id} {prompt_id}"
    after = paging.place(cursor, order)
    if after:
        wanted = wanted.where(Baseline.id < UUID(after[0]))
    rows = session.scalars(wanted.order_by(Baseline.id.desc()).limit(limit + 1)).all()
    return paging.listing(
        rows, limit=limit, total=total, order=order, place_of=lambda row: [row.id]
    )


def approve(
    session: Session,
    subject: Subject,
    *,
    prompt_id: UUID,
    experiment_id: UUID,
    version_id: UUID,
    reason: str,
) -> Baseline:
    """Freezes what the version was measured with and on.

    Raises 404, NotFinished, NothingScored, and Invalid for a version the experiment did not run
    as it is and once.
    """
    prompts.get(session, subject, prompt_id)
    experiment = session.scalar(
        select(Experiment).where(
            Experiment.workspace_id == subject.workspace_id,
            Experiment.prompt_id == prompt_id,
            Experiment.id == experiment_id,
        )
    )
    if experiment is None:
        raise ExperimentNotFound
    if experiment.status not in FINISHED:
        raise NotFinished(status=experiment.status)
    arm = _arm_of(session, experiment, version_id)
    baseline = Baseline(
        id=new_id(),
        workspace_id=subject.workspace_id,
        prompt_id=prompt_id,
        version_id=version_id,
        version_number=arm.version_number,
        experiment_id=experiment.id,
        arm=arm.arm,
        snapshot_hash=experiment.snapshot_hash,
        evaluators={entry["name"]: entry["version"] for entry in experiment.evaluators},
        judge_model=experiment.judge_model,
        reason=reason,
        approved_by=subject.label,
    )
    session.add(baseline)
    session.flush()
    session.refresh(baseline)
    audit.record(
        session,
        subject,
        AuditTag.baseline_approved,
        object_id=baseline.id,
        after={
            "prompt_id": prompt_id,
            "number": arm.version_number,
            "experiment_id": experiment.id,
            "reason": reason,
        },
    )
    return baseline


def retire(session: Session, subject: Subject, baseline_id: UUID) -> None:
    """Nothing is compared with it any more; what was stays as it is."""
    baseline = get(session, subject, baseline_id)
    if baseline.retired_at is not None:
        return
    baseline.retired_at = now()
    session.flush()
    audit.record(
        session,
        subject,
        AuditTag.baseline_retired,
        object_id=baseline.id,
        before={"prompt_id": baseline.prompt_id, "number": baseline.version_number},
    )


def _arm_of(session: Session, experiment: Experiment, version_id: UUID) -> ExperimentArm:
    """An arm with a name of its own ran a text that was tried, not the version it came from."""
    arms = session.scalars(
        select(ExperimentArm).where(
            ExperimentArm.experiment_id == experiment.id,
            ExperimentArm.version_id == version_id,
            ExperimentArm.name.is_(None),
        )
    ).all()
    if not arms:
        raise invalid("#/version_id", "This experiment did not run this version.", code="unknown")
    if len(arms) > 1:
        raise invalid(
            "#/version_id",
            f"Version {arms[0].version_number} ran {len(arms)} times in this experiment, with "
            "several models; approve it from one that ran it once.",
        )
    (arm,) = arms
    scored = {row["arm"]: row["n"] for row in experiment.results or ()}
    if not scored.get(arm.arm):
        raise NothingScored(number=arm.version_number)
    return arm
