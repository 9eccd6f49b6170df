"""Random subsets of judged cases, drawn by the product: only such a one corrects a rate.

What people pick to label is what looks odd to them, and says nothing of the rest.
"""

import random
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from app import audit
from app.accounts.subject import Subject
from app.audit import AuditTag
from app.core.clock import new_id
from app.core.errors import Conflict, NotFound
from app.experiments import service as experiments
from app.models import (
    FINAL,
    CaseScore,
    Experiment,
    ExperimentExample,
    HumanLabel,
    LabelSample,
    Result,
)
from app.review.lineage import entry_of

LARGEST_SEED = 2**31 - 1  # of PostgreSQL's integer


class SampleNotFound(NotFound):
    message = "There is no label sample with this id in your workspace."


class NothingJudged(Conflict):
    message = "{evaluator} judged no case of this experiment; there is nothing to draw from."


class AlreadyDrawn(Conflict):
    message = "A sample of {size} cases is drawn already; label it, or ask for more than {size}."


def get(session: Session, subject: Subject, sample_id: UUID) -> LabelSample:
    sample = session.scalar(
        select(LabelSample).where(
            LabelSample.workspace_id == subject.workspace_id, LabelSample.id == sample_id
        )
    )
    if sample is None:
        raise SampleNotFound
    return sample


def find_latest(session: Session, experiment: Experiment, evaluator: str) -> LabelSample | None:
    return session.scalar(
        select(LabelSample)
        .where(
            LabelSample.workspace_id == experiment.workspace_id,
            LabelSample.experiment_id == experiment.id,
            LabelSample.evaluator == evaluator,
        )
        .order_by(LabelSample.id.desc())
        .limit(1)
    )


def judged_cases(session: Session, experiment: Experiment, evaluator: str) -> list[int]:
    """Numbers of the cases this evaluator gave a score, in their order."""
    rows = session.scalars(
        select(CaseScore.case_no)
        .where(
            CaseScore.workspace_id == experiment.workspace_id,
            CaseScore.experiment_id == experiment.id,
            CaseScore.evaluator == evaluator,
            CaseScore.value.is_not(None),
        )
        .order_by(CaseScore.case_no)
    )
    return list(rows)


def draw(
    session: Session, subject: Subject, experiment_id: UUID, *, evaluator: str, size: int
) -> LabelSample:
    """So many cases at random, in random order: its labelled beginning is a random subset too.

    A larger sample begins with the one drawn before, so that no label is lost.
    """
    experiment = experiments.get(session, subject, experiment_id)
    entry_of(experiment, evaluator)
    if experiment.status not in FINAL:
        raise experiments.StillRunning(status=experiment.status)
    population = judged_cases(session, experiment, evaluator)
    if not population:
        raise NothingJudged(evaluator=evaluator)
    before = find_latest(session, experiment, evaluator)
    kept = before.cases if before and before.population == len(population) else []
    wanted = min(size, len(population))
    if before and wanted <= len(kept):
        raise AlreadyDrawn(size=len(kept), extra={"sample_id": str(before.id)})
    seed = new_id().int % LARGEST_SEED
    rest = sorted(set(population) - set(kept))
    drawn = random.Random(seed).sample(rest, wanted - len(kept))  # noqa: S311 - a repeatable draw
    sample = LabelSample(
        id=new_id(),
        workspace_id=subject.workspace_id,
        experiment_id=experiment.id,
        evaluator=evaluator,
        seed=seed,
        population=len(population),
        cases=[*kept, *drawn],
        created_by=subject.label,
    )
    session.add(sample)
    session.flush()
    audit.record(
        session,
        subject,
        AuditTag.label_sample_drawn,
        object_id=sample.id,
        after={"experiment_id": experiment.id, "evaluator": evaluator, "size": wanted},
    )
    return sample


def material(session: Session, sample: LabelSample) -> list[Row[Any]]:
    """What the sample's cases asked and answered, in the sample's order, with the judge's claims.

    Neither scores nor verdicts: who labels must not know what the judge said.
    """
    rows = session.execute(
        select(
            Result.case_no,
            ExperimentExample.input_data,
            ExperimentExample.expected_output,
            ExperimentExample.context,
            ExperimentExample.criteria,
            Result.output,
            CaseScore.claims,
        )
        .join(
            ExperimentExample,
            (ExperimentExample.experiment_id == Result.experiment_id)
            & (ExperimentExample.position == Result.position),
        )
        .join(
            CaseScore,
            (CaseScore.experiment_id == Result.experiment_id)
            & (CaseScore.case_no == Result.case_no)
            & (CaseScore.evaluator == sample.evaluator),
        )
        .where(
            Result.workspace_id == sample.workspace_id,
            Result.experiment_id == sample.experiment_id,
            Result.case_no.in_(sample.cases),
        )
    )
    place = {case_no: at for at, case_no in enumerate(sample.cases)}
    return sorted(rows, key=lambda row: place[row.case_no])


def labelled_by(session: Session, sample: LabelSample) -> dict[int, set[str]]:
    """Who has labelled which of its cases."""
    found: dict[int, set[str]] = {}
    rows = session.execute(
        select(HumanLabel.case_no, HumanLabel.labelled_by).where(
            HumanLabel.workspace_id == sample.workspace_id,
            HumanLabel.experiment_id == sample.experiment_id,
            HumanLabel.evaluator == sample.evaluator,
            HumanLabel.case_no.in_(sample.cases),
        )
    )
    for case_no, person in rows:
        found.setdefault(case_no, set()).add(person)
    return found
