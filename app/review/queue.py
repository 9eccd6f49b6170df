"""The review queue: an output is handed to one person at a time, blind, and comes back as a label.

A person is never given an item again that he has answered or skipped. What he has and has not
answered yet is his for ten minutes, and is what he gets when he asks again.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Select, case, exists, func, or_, select, update
from sqlalchemy.orm import Session

from app.accounts.subject import Subject
from app.core.errors import Conflict, NotFound
from app.experiments import service as experiments
from app.models import CaseScore, HumanLabel, Result, ReviewItem, ReviewReason
from app.models.base import table_of
from app.review import labels, queue_telling
from app.review.queue_schemas import CompletedRead, NextRead

LEASE = timedelta(minutes=10)
ORDER = {reason.value: place for place, reason in enumerate(ReviewReason)}


class ItemNotFound(NotFound):
    message = "There is no review item with this id in your workspace."


class AnsweredAlready(Conflict):
    message = "{who} answered this item; undo that first, or ask for the next one."


class WithSomebody(Conflict):
    message = "{person} has this item at the moment; ask for the next one."


class NothingToUndo(Conflict):
    message = "You have neither answered nor skipped this item."


class Wanted(NamedTuple):
    evaluator: str | None = None
    experiment_id: UUID | None = None
    skip: tuple[UUID, ...] | list[UUID] = ()


def readable_by(subject: Subject) -> Select[ReviewItem]:
    """Every read of items starts here."""
    return select(ReviewItem).where(ReviewItem.workspace_id == subject.workspace_id)


def waiting(subject: Subject) -> list[ColumnElement[bool]]:
    """What the caller may be handed: open, with an output, new to him and with nobody else."""
    person = labels.person_of(subject)
    return [
        ReviewItem.workspace_id == subject.workspace_id,
        ReviewItem.done_at.is_(None),
        ~ReviewItem.done_by.contains([person]),
        ~ReviewItem.skipped_by.contains([person]),
        or_(
            ReviewItem.lease_until.is_(None),
            ReviewItem.lease_until <= func.clock_timestamp(),
            ReviewItem.leased_to == person,
        ),
        exists().where(
            Result.experiment_id == ReviewItem.experiment_id,
            Result.case_no == ReviewItem.case_no,
            Result.output.is_not(None),
        ),
    ]


def count_waiting(session: Session, subject: Subject, *narrower: ColumnElement[bool]) -> int:
    counted = select(func.count()).select_from(ReviewItem).where(*waiting(subject), *narrower)
    return session.scalar(counted) or 0


def hand_out(session: Session, subject: Subject, wanted: Wanted) -> NextRead:
    """Leases the next item to the caller; null when nothing waits for him."""
    narrower = _narrower(session, subject, wanted)
    person = labels.person_of(subject)
    his = (ReviewItem.leased_to == person) & (ReviewItem.lease_until > func.clock_timestamp())
    chosen = (
        select(ReviewItem.id)
        .where(*waiting(subject), *narrower, ReviewItem.id.not_in(wanted.skip))
        .order_by(case((his, 0), else_=1), case(ORDER, value=ReviewItem.reason), ReviewItem.id)
        .limit(1)
        .with_for_update(skip_locked=True)
        .scalar_subquery()
    )
    taken = session.scalar(_lease(person).where(ReviewItem.id == chosen).returning(ReviewItem.id))
    remaining = count_waiting(session, subject, *narrower)
    return _told(session, subject, taken, remaining)


def _narrower(session: Session, subject: Subject, wanted: Wanted) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.experiment_id:
        experiments.get(session, subject, wanted.experiment_id)
        found.append(ReviewItem.experiment_id == wanted.experiment_id)
    if wanted.evaluator:
        found.append(ReviewItem.evaluator == wanted.evaluator)
    return found


def _lease(person: str) -> Any:  # noqa: ANN401 - an UPDATE without its WHERE
    return update(table_of(ReviewItem)).values(
        leased_to=person, lease_until=func.clock_timestamp() + LEASE
    )


def _told(session: Session, subject: Subject, item_id: UUID | None, remaining: int) -> NextRead:
    item = queue_telling.blind(session, subject, item_id) if item_id else None
    return NextRead(item=item, remaining=remaining)


def _locked(session: Session, subject: Subject, item_id: UUID) -> ReviewItem:
    """The item, nobody else's while the transaction lasts."""
    found = readable_by(subject).where(ReviewItem.id == item_id).with_for_update()
    item = session.scalar(found.execution_options(populate_existing=True))
    if item is None:
        raise ItemNotFound
    return item


def _refuse_with_somebody(session: Session, item: ReviewItem, person: str) -> None:
    """Unless it is the person's own, or the lease has run out by the database's clock."""
    if item.leased_to in {None, person} or item.lease_until is None:
        return
    if session.scalar(select(func.clock_timestamp() < item.lease_until)):
        raise WithSomebody(person=item.leased_to)


def complete(
    session: Session, subject: Subject, item_id: UUID, said: Mapping[str, Any]
) -> CompletedRead:
    """Stores the caller's label; with the last one that was asked for, the item is done.

    Whoever's lease has run out may still answer, as long as nobody else has or did.
    """
    item = _locked(session, subject, item_id)
    person = labels.person_of(subject)
    if person in item.done_by:
        raise AnsweredAlready(who="You have")
    if item.done_at:
        raise AnsweredAlready(who=" and ".join(item.done_by))
    _refuse_with_somebody(session, item, person)
    of_case = {name: getattr(item, name) for name in ("experiment_id", "case_no", "evaluator")}
    label = labels.give(session, subject, {**of_case, **said})
    item.done_by = [*item.done_by, person]
    item.skipped_by = [name for name in item.skipped_by if name != person]
    item.leased_to = item.lease_until = None
    if len(item.done_by) >= item.people:
        item.done_at = func.clock_timestamp()
    session.flush()
    return queue_telling.completed(item, label, _judgment(session, item))


def _judgment(session: Session, item: ReviewItem) -> CaseScore | None:
    return session.scalar(
        select(CaseScore).where(
            CaseScore.workspace_id == item.workspace_id,
            CaseScore.experiment_id == item.experiment_id,
            CaseScore.case_no == item.case_no,
            CaseScore.evaluator == item.evaluator,
        )
    )


def skip(session: Session, subject: Subject, item_id: UUID) -> None:
    """Leaves it to others; raises AnsweredAlready for one that is done."""
    item = _locked(session, subject, item_id)
    person = labels.person_of(subject)
    if item.done_at or person in item.done_by:
        raise AnsweredAlready(who="You have" if person in item.done_by else item.done_by[0])
    if person not in item.skipped_by:
        item.skipped_by = [*item.skipped_by, person]
    if item.leased_to == person:
        item.leased_to = item.lease_until = None


def undo(session: Session, subject: Subject, item_id: UUID) -> NextRead:
    """Deletes the caller's label, or forgets that he skipped, and leases the item to him again."""
    item = _locked(session, subject, item_id)
    person = labels.person_of(subject)
    if person not in [*item.done_by, *item.skipped_by]:
        raise NothingToUndo
    _refuse_with_somebody(session, item, person)
    if person in item.done_by:
        _remove_label(session, subject, item)
        item.done_at = None
    item.done_by = [name for name in item.done_by if name != person]
    item.skipped_by = [name for name in item.skipped_by if name != person]
    session.flush()
    session.execute(_lease(person).where(ReviewItem.id == item.id))
    return _told(session, subject, item.id, count_waiting(session, subject))


def _remove_label(session: Session, subject: Subject, item: ReviewItem) -> None:
    label_id = session.scalar(
        select(HumanLabel.id).where(
            HumanLabel.workspace_id == subject.workspace_id,
            HumanLabel.experiment_id == item.experiment_id,
            HumanLabel.case_no == item.case_no,
            HumanLabel.evaluator == item.evaluator,
            HumanLabel.labelled_by == labels.person_of(subject),
        )
    )
    if label_id:
        labels.remove(session, subject, label_id)
