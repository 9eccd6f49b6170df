"""Human labels, samples to label and the report on a judge, over HTTP."""

from collections.abc import Sequence
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, File, Form, Query, UploadFile

from app.accounts.access import requires
from app.accounts.subject import Scope, Subject
from app.core.problems import EVERYWHERE, responses
from app.core.schema import Page, ShortText
from app.core.session import SessionDep
from app.experiments import service as experiments
from app.models import LabelSample
from app.review import label_files, labels, samples, telling
from app.review import report as reports
from app.review.label_files import LabelFormat
from app.review.pages import AskedPage, cut
from app.review.schemas import (
    HumanLabelCreate,
    HumanLabelRead,
    JudgeReport,
    LabelImportRead,
    SampleCase,
    SampleClaim,
    SampleCreate,
    SampleRead,
    SampleSummary,
)

router = APIRouter(tags=["review"], responses=EVERYWHERE)

Reader = Annotated[Subject, requires(Scope.read)]
Reviewer = Annotated[Subject, requires(Scope.review)]


@router.post("/human-labels", responses=responses(404))
def give_human_label(
    body: HumanLabelCreate, subject: Reviewer, session: SessionDep
) -> HumanLabelRead:
    """The caller's label of one output; given again, it replaces the one before."""
    label = labels.give(session, subject, body.model_dump())
    return HumanLabelRead.model_validate(label)


@router.get("/human-labels")
def list_human_labels(
    subject: Reader,
    session: SessionDep,
    page: AskedPage,
    experiment: UUID | None = None,
    evaluator: Annotated[ShortText | None, Query()] = None,
) -> Page[HumanLabelRead]:
    """What people said of outputs, newest first."""
    name = f"labels {experiment} {evaluator}"
    rows, total = labels.page(
        session,
        subject,
        experiment_id=experiment,
        evaluator=evaluator,
        before=page.before(subject, name),
        limit=page.limit + 1,
    )
    read = HumanLabelRead.model_validate
    return cut(rows, total, page=page, subject=subject, name=name, read=read)


@router.post("/human-labels/import")
def import_human_labels(
    subject: Reviewer,
    session: SessionDep,
    file: Annotated[
        UploadFile,
        File(
            description="CSV or JSONL with experiment_id, case_no, evaluator, value, "
            "hallucinated and comment; at most 10,000 rows."
        ),
    ],
    file_format: Annotated[LabelFormat | None, Form(alias="format")] = None,
    dry_run: Annotated[bool, Form(description="Store nothing, list the errors.")] = False,  # noqa: FBT002 - a form field
) -> LabelImportRead:
    """The caller's labels out of a file: all, or none and 422 with `rows`."""
    found = label_files.import_labels(
        session, subject, file=file.file, file_format=file_format, dry_run=dry_run
    )
    return LabelImportRead.model_validate(found)


@router.delete("/human-labels/{label_id}", status_code=204, responses=responses(404))
def delete_human_label(label_id: UUID, subject: Reviewer, session: SessionDep) -> None:
    """Takes a label back: one's own, or anybody's for an admin."""
    labels.remove(session, subject, label_id)


def _summary(sample: LabelSample) -> dict[str, Any]:
    columns = {name: getattr(sample, name) for name in SampleSummary.model_fields.keys() - {"size"}}
    return {**columns, "size": len(sample.cases)}


@router.post(
    "/experiments/{experiment_id}/label-sample", status_code=201, responses=responses(404, 409)
)
def draw_label_sample(
    experiment_id: UUID, body: SampleCreate, subject: Reviewer, session: SessionDep
) -> SampleSummary:
    """Draws judged cases at random for people to label; a larger one begins with the last."""
    sample = samples.draw(session, subject, experiment_id, evaluator=body.evaluator, size=body.size)
    session.refresh(sample)
    return SampleSummary.model_validate(_summary(sample))


@router.get("/label-samples/{sample_id}", responses=responses(404))
def get_label_sample(sample_id: UUID, subject: Reader, session: SessionDep) -> SampleRead:
    """The cases to label with their material, and without what the judge said."""
    sample = samples.get(session, subject, sample_id)
    people = samples.labelled_by(session, sample)
    return SampleRead(
        **_summary(sample),
        cases=[
            _blind(row, people.get(row.case_no, set()), subject)
            for row in samples.material(session, sample)
        ],
        unlabelled=[case_no for case_no in sample.cases if case_no not in people],
    )


def _blind(row: Any, people: set[str], subject: Subject) -> SampleCase:  # noqa: ANN401 - a row of `samples.material`
    claims: Sequence[dict[str, Any]] = row.claims
    return SampleCase.model_validate(
        {
            **row._asdict(),
            "claims": [SampleClaim.model_validate(claim) for claim in claims],
            "people": len(people),
            "labelled_by_me": labels.person_of(subject) in people,
        }
    )


@router.get("/experiments/{experiment_id}/judge-report", responses=responses(404))
def judge_report(
    experiment_id: UUID,
    subject: Reader,
    session: SessionDep,
    evaluator: Annotated[
        ShortText | None, Query(description="Default: the experiment's first.")
    ] = None,
) -> JudgeReport:
    """How far the judge agrees with people, and its rate corrected by their labels."""
    experiment = experiments.get(session, subject, experiment_id)
    found = reports.standing(session, experiment, evaluator or experiment.primary_evaluator)
    return telling.judge_report(found)
