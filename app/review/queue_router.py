"""The review queue over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter

from app.accounts.access import requires
from app.accounts.subject import Scope, Subject
from app.core.problems import EVERYWHERE, responses
from app.core.session import SessionDep
from app.review import queue, queue_filling, queue_sampling, queue_standing
from app.review.queue_schemas import (
    CompletedRead,
    NextAsked,
    NextRead,
    QueueRead,
    QueueSample,
    ReviewAnswer,
    SampledRead,
)

router = APIRouter(prefix="/review-queue", tags=["review"], responses=EVERYWHERE)

Reader = Annotated[Subject, requires(Scope.read)]
Reviewer = Annotated[Subject, requires(Scope.review)]


@router.get("")
def review_queue(subject: Reader, session: SessionDep) -> QueueRead:
    """What waits for the caller, and why."""
    queue_filling.fill(session, subject)
    return queue_standing.standing(session, subject)


@router.post("/next", responses=responses(404))
def next_review_item(body: NextAsked, subject: Reviewer, session: SessionDep) -> NextRead:
    """The next item, the caller's for ten minutes; the one he has already comes first."""
    queue_filling.fill(session, subject)
    wanted = queue.Wanted(**body.model_dump())
    return queue.hand_out(session, subject, wanted)


@router.post("/sample", status_code=201, responses=responses(404, 409))
def sample_for_review(body: QueueSample, subject: Reviewer, session: SessionDep) -> SampledRead:
    """Puts judged cases that were drawn at random into the queue."""
    added = queue_sampling.sample(
        session, subject, experiment_id=body.experiment_id, size=body.size
    )
    return SampledRead(added=added, remaining=queue.count_waiting(session, subject))


@router.post("/{item_id}/skip", status_code=204, responses=responses(404, 409))
def skip_review_item(item_id: UUID, subject: Reviewer, session: SessionDep) -> None:
    """Leaves the item to others; the caller is not given it again."""
    queue.skip(session, subject, item_id)


@router.post("/{item_id}/complete", responses=responses(404, 409))
def complete_review_item(
    item_id: UUID, body: ReviewAnswer, subject: Reviewer, session: SessionDep
) -> CompletedRead:
    """Stores the caller's label and only then tells what the judge said."""
    return queue.complete(session, subject, item_id, body.model_dump())


@router.post("/{item_id}/undo", responses=responses(404, 409))
def undo_review_item(item_id: UUID, subject: Reviewer, session: SessionDep) -> NextRead:
    """Takes the caller's answer or skip back and hands the item out to him again."""
    return queue.undo(session, subject, item_id)
