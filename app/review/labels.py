"""What people say about outputs: one label for each person, output and evaluator."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app import audit
from app.accounts.subject import Scope, Subject
from app.audit import AuditTag
from app.core.clock import new_id
from app.core.errors import Forbidden, NotFound, invalid
from app.experiments import service as experiments
from app.models import Experiment, HumanLabel, Result
from app.review.lineage import entry_of, sharing_outputs

SAID = ("value", "hallucinated", "comment")


class LabelNotFound(NotFound):
    message = "There is no human label with this id in your workspace."


class NotYours(Forbidden):
    message = "{person} gave this label; only that person or an admin may delete it."


class Opinion(NamedTuple):
    """What people said of one output, taken together.

    `value` is the mean of those given, and of 1 or 0 for a label that only says whether it
    hallucinates. `hallucinated` is what more than half of the people say; a label that only has a
    value below 1 says so too, as an output whose claims are all supported scores 1.
    """

    value: float
    hallucinated: bool
    people: int

    @property
    def failed(self) -> bool:
        return self.value < 0.5


def person_of(subject: Subject) -> str:
    """Whose opinion it is: the person's, whatever the key; a key of nobody's speaks for itself."""
    return subject.username or subject.label


def readable_by(subject: Subject) -> Select[HumanLabel]:
    """Every read of labels starts here."""
    return select(HumanLabel).where(HumanLabel.workspace_id == subject.workspace_id)


def get(session: Session, subject: Subject, label_id: UUID) -> HumanLabel:
    label = session.scalar(readable_by(subject).where(HumanLabel.id == label_id))
    if label is None:
        raise LabelNotFound
    return label


def page(
    session: Session,
    subject: Subject,
    *,
    experiment_id: UUID | None,
    evaluator: str | None,
    before: UUID | None,
    limit: int,
) -> tuple[Sequence[HumanLabel], int]:
    """Newest first, and how many match in all."""
    wanted = readable_by(subject)
    if experiment_id:
        wanted = wanted.where(HumanLabel.experiment_id == experiment_id)
    if evaluator:
        wanted = wanted.where(HumanLabel.evaluator == evaluator)
    total = session.scalar(select(func.count()).select_from(wanted.subquery())) or 0
    if before:
        wanted = wanted.where(HumanLabel.id < before)
    return session.scalars(wanted.order_by(HumanLabel.id.desc()).limit(limit)).all(), total


def give(session: Session, subject: Subject, fields: Mapping[str, Any]) -> HumanLabel:
    """The caller's label of one output, in place of the one given before."""
    experiment = experiments.get(session, subject, fields["experiment_id"])
    entry_of(experiment, fields["evaluator"])
    if fields["case_no"] not in cases_with_output(session, experiment.id, [fields["case_no"]]):
        raise invalid(
            "#/case_no",
            f"This experiment has no output of case {fields['case_no']} to say something about.",
        )
    (label_id,) = store(session, subject, [fields])
    label = get(session, subject, label_id)
    audit.record(
        session,
        subject,
        AuditTag.human_label_given,
        object_id=label.id,
        after={
            "experiment_id": label.experiment_id,
            "case_no": label.case_no,
            "evaluator": label.evaluator,
        },
    )
    return label


def store(session: Session, subject: Subject, rows: Sequence[Mapping[str, Any]]) -> list[UUID]:
    """Writes checked labels as the caller's; each replaces the one he gave before."""
    values = [
        {
            "id": new_id(),
            "workspace_id": subject.workspace_id,
            "labelled_by": person_of(subject),
            **{name: row.get(name) for name in ("experiment_id", "case_no", "evaluator")},
            **{name: row.get(name) for name in SAID},
        }
        for row in rows
    ]
    statement = insert(HumanLabel)
    statement = statement.on_conflict_do_update(
        index_elements=["workspace_id", "experiment_id", "case_no", "evaluator", "labelled_by"],
        set_={
            **{name: statement.excluded[name] for name in SAID},
            "updated_at": func.clock_timestamp(),
        },
    )
    stored = session.scalars(statement.returning(HumanLabel.id), values)
    ids = list(stored)
    session.expire_all()
    return ids


def cases_with_output(session: Session, experiment_id: UUID, case_nos: Sequence[int]) -> set[int]:
    return set(
        session.scalars(
            select(Result.case_no).where(
                Result.experiment_id == experiment_id,
                Result.case_no.in_(case_nos),
                Result.output.is_not(None),
            )
        )
    )


def remove(session: Session, subject: Subject, label_id: UUID) -> None:
    """One's own, or anybody's for an admin."""
    label = get(session, subject, label_id)
    if label.labelled_by != person_of(subject) and not subject.may(Scope.admin):
        raise NotYours(person=label.labelled_by)
    said = {name: getattr(label, name) for name in ("value", "hallucinated")}
    session.delete(label)
    session.flush()
    audit.record(
        session,
        subject,
        AuditTag.human_label_deleted,
        object_id=label_id,
        before={
            "experiment_id": label.experiment_id,
            "case_no": label.case_no,
            "labelled_by": label.labelled_by,
            **said,
        },
    )


def opinions(session: Session, experiment: Experiment, evaluator: str) -> dict[int, Opinion]:
    """What people think of the outputs, by case; of a person's labels the nearest counts."""
    given: dict[int, dict[str, HumanLabel]] = defaultdict(dict)
    for generation in sharing_outputs(session, experiment):
        rows = session.scalars(
            select(HumanLabel).where(
                HumanLabel.workspace_id == experiment.workspace_id,
                HumanLabel.experiment_id == generation.id,
                HumanLabel.evaluator == evaluator,
            )
        )
        for label in rows:
            given[label.case_no].setdefault(label.labelled_by, label)
    return {case_no: opinion(list(labels.values())) for case_no, labels in given.items()}


def opinion(labels: Sequence[HumanLabel]) -> Opinion:
    """Several people's labels of one output as one."""
    flags = [_hallucinated(label) for label in labels]
    values = [
        float(not flag) if label.value is None else label.value
        for label, flag in zip(labels, flags, strict=True)
    ]
    return Opinion(
        value=sum(values) / len(values),
        hallucinated=sum(flags) * 2 > len(flags),
        people=len(labels),
    )


def _hallucinated(label: HumanLabel) -> bool:
    if label.hallucinated is not None:
        return label.hallucinated
    return label.value is not None and label.value < 1
