"""One webhook message on its way, and what its fate says about the endpoint.

An endpoint that says 410, or that took nothing for a day until a message ran out of tries, is
switched off; its admins hear of it.
"""

from datetime import timedelta
from typing import Any, NamedTuple

from sqlalchemy import Row, func, select, true, update
from sqlalchemy.orm import Session

from app.core import logs, outgoing
from app.core.clock import now
from app.core.database import unit_of_work
from app.events import delivery, emit
from app.events.delivery import DELIVERIES, Tried
from app.llm.failures import retry_after
from app.models import DeliveryState, Event, EventKind, WebhookEndpoint
from app.runs.providers import run_async
from app.webhooks import signing
from app.webhooks.signing import Message

WITHIN_S = 10.0
MOST_ANSWER_BYTES = 2_048
GONE = 410
SILENCE_S = 60.0  # no answer holds a worker for 10 s: the endpoint's other messages wait a minute
PATIENCE = timedelta(hours=24)
log = logs.get()


class Parcel(NamedTuple):
    url: str
    message: Message


def send(job: Row[Any]) -> None:
    """Sends a claimed delivery and notes what came of it."""
    with unit_of_work(job.workspace_id) as session:
        parcel = _parcel(session, job)
    tried = _post(parcel) if isinstance(parcel, Parcel) else parcel
    with unit_of_work(job.workspace_id) as session:
        state = delivery.settle(session, job, tried)
        if state is not None and isinstance(parcel, Parcel):
            _judge(session, job, tried, state)
    log.info("webhook_sent", delivery_id=str(job.id), code=tried.status_code, ms=tried.duration_ms)


def _parcel(session: Session, job: Row[Any]) -> Parcel | Tried:
    """What to send, or why nothing is sent."""
    endpoint = session.get(WebhookEndpoint, job.endpoint_id)
    if endpoint is None or endpoint.disabled_at is not None:  # deleted since the claim, or off
        return Tried(delivered=False, error="The webhook is off.", final=True)
    event = session.get_one(Event, job.event_id)
    try:
        return Parcel(endpoint.url, signing.message(endpoint, event))
    except signing.UnreadableSecret as error:
        return Tried(delivered=False, error=str(error))


def _post(parcel: Parcel) -> Tried:
    try:
        answer = run_async(
            lambda: outgoing.post(
                parcel.url,
                headers=parcel.message.headers,
                content=parcel.message.body,
                within_s=WITHIN_S,
                most_bytes=MOST_ANSWER_BYTES,
            )
        )
    except (outgoing.RefusedAddress, outgoing.NoAnswer) as error:
        return Tried(delivered=False, error=str(error))
    taken = 200 <= answer.status_code < 300
    return Tried(
        delivered=taken,
        duration_ms=answer.duration_ms,
        status_code=answer.status_code,
        error=None if taken else _why(answer.status_code),
        answer=answer.text or None,
        final=answer.status_code == GONE,
        retry_after_s=retry_after(answer.headers) or 0.0,
    )


def _why(status_code: int) -> str:
    if 300 <= status_code < 400:
        return "The receiver redirects; write the address it redirects to into the webhook."
    return f"The receiver answered {status_code}; it takes a message by answering 2xx."


def _judge(session: Session, job: Row[Any], tried: Tried, state: DeliveryState) -> None:
    """What a try says about its endpoint."""
    endpoint = session.scalars(
        select(WebhookEndpoint).where(WebhookEndpoint.id == job.endpoint_id).with_for_update()
    ).one()
    if tried.delivered:
        if endpoint.failing_since is not None:
            _make_due(session, endpoint, in_s=0)  # it is well again: what waits need not
        endpoint.failing_since = None
        return
    if tried.status_code is None:
        _make_due(session, endpoint, in_s=SILENCE_S, later=True)
    since = endpoint.failing_since = endpoint.failing_since or now()
    if tried.status_code == GONE:
        _switch_off(session, endpoint, "The receiver said that it is gone (410).")
    elif state is DeliveryState.failed and now() - since >= PATIENCE:
        _switch_off(session, endpoint, "It took no message for 24 hours.")


def _make_due(
    session: Session, endpoint: WebhookEndpoint, *, in_s: float, later: bool = False
) -> None:
    """Says when the endpoint's waiting messages are sent; with `later`, those due before only."""
    at = func.clock_timestamp() + func.make_interval(0, 0, 0, 0, 0, 0, in_s)
    waiting = (
        DELIVERIES.c.endpoint_id == endpoint.id,
        DELIVERIES.c.state == DeliveryState.pending,
        DELIVERIES.c.next_attempt_at < at if later else true(),
    )
    due = update(DELIVERIES).where(*waiting)
    session.execute(due.values(next_attempt_at=at, next_send=at))


def _switch_off(session: Session, endpoint: WebhookEndpoint, because: str) -> None:
    if endpoint.disabled_at is not None:
        return
    endpoint.disabled_at, endpoint.disabled_because = now(), because
    _make_due(session, endpoint, in_s=0)  # those that wait end at their next claim
    target = outgoing.parse(endpoint.url)
    emit(
        session,
        endpoint.workspace_id,
        EventKind.webhook_disabled,
        title=f"The webhook to {target.host} is switched off: {because}",
        object_id=endpoint.id,
        data={"url_host": target.host, "because": because},
    )
