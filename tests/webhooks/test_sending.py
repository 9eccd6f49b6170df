"""A message arrives signed, is tried again after a failure, and keeps its id all the way."""

import json
from datetime import timedelta

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from app.core.clock import now
from app.core.database import unit_of_work
from app.events import EventKind, delivery, sweeping
from app.events.delivery import PAUSES_S
from app.models import DeliveryState, Event
from app.webhooks import deliveries, sending, service
from tasks.deliver_message_task import deliver_message


def test_a_message_arrives_signed(post, receiver):
    """Standard Webhooks' own library finds the signature right, and says what happened."""
    post.happens(title="Version 2 passes.", data={"n_pairs": 40})
    post.work_off()
    (received,) = receiver.received
    content = Webhook(post.made.secret).verify(received.body, received.headers)

    assert "/hook" == received.path
    assert "experiment.completed" == content["type"]
    assert "Version 2 passes." == content["data"]["title"]
    assert {"n_pairs": 40} == content["data"]["details"]
    assert str(post.subject.workspace_id) == content["data"]["workspace_id"]
    assert [DeliveryState.delivered] == [found.state for found in post.deliveries()]
    assert [204] == [tried.status_code for tried in post.attempts()]


def test_a_changed_body_and_another_secret_are_found_out(post, receiver):
    """What the signature is for."""
    post.happens()
    post.work_off()
    (received,) = receiver.received
    changed = received.body.replace(b"done", b"gone")

    with pytest.raises(WebhookVerificationError):
        Webhook(post.made.secret).verify(changed, received.headers)
    with pytest.raises(WebhookVerificationError):
        Webhook(post.hook(receiver.url).secret).verify(received.body, received.headers)


def test_after_a_rotation_both_secrets_verify_for_a_day(post, receiver):
    """A receiver changes its secret when it likes; a day later the old one is worth nothing."""
    with unit_of_work(post.subject.workspace_id) as session:
        new = service.rotate(session, post.subject, post.made.endpoint.id).secret
    post.happens()
    post.work_off()
    post.apart.sql("UPDATE webhook_endpoints SET old_secret_until = clock_timestamp()")
    post.happens()
    post.work_off()
    overlap, later = receiver.received
    for secret in (post.made.secret, new):
        Webhook(secret).verify(overlap.body, overlap.headers)
    Webhook(new).verify(later.body, later.headers)

    assert new != post.made.secret
    with pytest.raises(WebhookVerificationError):
        Webhook(post.made.secret).verify(later.body, later.headers)


def test_an_error_is_tried_again_with_the_same_id(post, receiver):
    """Not before its time, by the sweeper when its time has come, and noted each time."""
    receiver.answers = [500, 302]
    receiver.body, receiver.headers = b"busy\0" + b"x" * 5_000, {"location": "http://127.0.0.1:1/"}
    post.happens()
    post.work_off()
    (waiting,) = post.deliveries()
    deliver_message(str(waiting.id))  # a repeated message comes too early
    early = len(receiver.received)
    for _ in range(2):
        post.passes()
        sweeping.sweep()
        post.work_off()
    (delivered,) = post.deliveries()
    log = post.attempts()

    assert 1 == early
    assert timedelta(seconds=0) < waiting.next_attempt_at - now() < timedelta(seconds=10)
    assert (DeliveryState.delivered, 3) == (delivered.state, delivered.tries)
    assert [500, 302, 204] == [tried.status_code for tried in log]
    assert "redirects" in log[1].error
    assert log[0].answer.startswith("busy\ufffdxxx")
    assert 2_048 == len(log[0].answer)
    assert 1 == len({received.headers["webhook-id"] for received in receiver.received})
    assert 3 == len(receiver.received)


@pytest.mark.parametrize(
    ("asked", "least", "most"),
    [
        ("7200", 7_200, 8_640),
        (timedelta(hours=3), 10_790, 12_960),  # as a date
        ("1", 5, 6),  # the first pause is longer
        ("999999999", 36_000, 43_200),  # the longest pause there is
        ("tomorrow, maybe", 5, 6),
    ],
)
def test_a_receiver_says_when_to_come_back(post, receiver, asked, least, most):
    """In seconds or as a date; never before our own pause, never beyond a day after the event."""
    if isinstance(asked, timedelta):
        asked = f"{now() + asked:%a, %d %b %Y %H:%M:%S} GMT"
    receiver.status, receiver.headers = 503, {"retry-after": asked}
    post.happens()
    post.work_off()
    (waiting,) = post.deliveries()
    wait_s = (waiting.next_attempt_at - now()).total_seconds()
    post.apart.sql(
        "UPDATE deliveries SET created_at = clock_timestamp() - interval '23 hours',"
        " next_attempt_at = clock_timestamp(), next_send = clock_timestamp()"
    )
    sweeping.sweep()
    post.work_off()
    (later,) = post.deliveries()
    last_s = (later.next_attempt_at - now()).total_seconds()

    assert least - 2 < wait_s < most + 1
    assert waiting.next_attempt_at <= waiting.next_send  # no sweep before it is due
    assert 298 < last_s < 3_601
    assert 2 == later.tries


def test_a_message_is_tried_for_more_than_a_day(post, receiver):
    """Eight times over 27.6 hours and then no more; the endpoint is switched off with an alert."""
    receiver.status = 503
    post.happens()
    post.work_off()
    post.apart.sql("UPDATE webhook_endpoints SET failing_since = now() - interval '25 hours'")
    for _ in range(10):
        post.passes()
        sweeping.sweep()
        post.work_off()
    (failed,) = post.deliveries()

    assert 8 == len(receiver.received) == len(PAUSES_S) + 1
    assert 24 * 3600 < sum(PAUSES_S)
    assert (DeliveryState.failed, None) == (failed.state, failed.next_attempt_at)
    assert "It took no message for 24 hours." == post.endpoint().disabled_because
    assert 1 == len(alerts(post))


def alerts(post) -> list[Event]:
    kind = EventKind.webhook_disabled
    with unit_of_work(post.subject.workspace_id) as session:
        return [event for event in session.query(Event).filter_by(kind=kind) if event.attention]


def test_gone_switches_the_endpoint_off(post, receiver):
    """410 is an answer: nothing more is sent there, and what waits ends as failed, saying why."""
    receiver.answers = [500, 410]
    post.happens()
    post.work_off()
    post.happens()
    post.work_off()
    sent = len(receiver.received)
    sweeping.sweep()
    post.work_off()
    post.happens()
    post.work_off()
    first, second = post.deliveries()
    last = post.attempts()[-1]

    assert 2 == sent == len(receiver.received)
    assert [DeliveryState.failed] * 2 == [first.state, second.state]
    assert "The webhook is off." == last.error
    assert "gone" in post.endpoint().disabled_because
    assert 1 == len(alerts(post))


def test_a_worker_that_dies_in_the_middle_is_replaced(post, receiver):
    """Its lease runs out, another sends the same message, and what it says later is not stored."""
    post.happens()
    post.apart.sent.reverse()
    task, ids = post.apart.sent.pop()
    post.apart.sent.clear()
    from tasks.deliver_event_task import deliver_event  # noqa: PLC0415 - the event's own job

    deliver_event(**ids)
    (_, message) = post.apart.sent.pop()
    (waiting,) = post.deliveries()
    dead = delivery.claim(waiting.id)
    sending._post(sending.Parcel(receiver.url, parcel(post, dead)))  # sent, and not noted
    twice = delivery.claim(waiting.id)
    post.apart.sql("UPDATE deliveries SET lease_until = now() - interval '1 second'")
    sweeping.sweep()
    post.work_off()
    with unit_of_work(post.subject.workspace_id) as session:
        late = delivery.settle(session, dead, delivery.Tried(delivered=False, final=True))
    (delivered,) = post.deliveries()
    first, second = receiver.received

    assert twice is None
    assert late is None
    assert DeliveryState.delivered == delivered.state
    assert first.headers["webhook-id"] == second.headers["webhook-id"]
    assert json.loads(first.body) == json.loads(second.body)
    assert task == "tasks.deliver_event"
    assert message == {"delivery_id": str(waiting.id)}


def parcel(post, job):
    with unit_of_work(post.subject.workspace_id) as session:
        return sending._parcel(session, job).message


def test_a_delivery_that_kills_its_workers_ends(post):
    """After as many claims as any job has, it is failed and its log says why."""
    post.happens()
    post.work_off()
    post.apart.sql(
        "UPDATE deliveries SET state = 'running', attempts = 5,"
        " lease_until = now() - interval '1 second'"
    )
    sweeping.sweep()
    (failed,) = post.deliveries()

    assert (DeliveryState.failed, None) == (failed.state, failed.next_attempt_at)
    assert "5 workers died" in post.attempts()[-1].error


def test_a_replay_is_the_same_message(post, receiver):
    """Sent once more with the same id, even after it arrived; while it is under way it is not."""
    post.happens()
    post.work_off()
    (before,) = post.deliveries()
    with unit_of_work(post.subject.workspace_id) as session:
        deliveries.replay(session, post.subject, before.id)
    with (
        pytest.raises(deliveries.UnderWay),
        unit_of_work(post.subject.workspace_id) as session,
    ):
        deliveries.replay(session, post.subject, before.id)
    post.work_off()
    first, second = receiver.received

    assert first.headers["webhook-id"] == second.headers["webhook-id"]
    assert first.body == second.body
    assert 2 == len(post.attempts())


def test_only_what_was_asked_for_is_sent(post, receiver):
    """An endpoint hears of its kinds, a disabled one of nothing, and no event twice."""
    with unit_of_work(post.subject.workspace_id) as session:
        service.change(
            session,
            post.subject,
            post.made.endpoint.id,
            changes={"kinds": [EventKind.budget_exceeded]},
        )
    off = post.hook(receiver.url)
    with unit_of_work(post.subject.workspace_id) as session:
        service.change(session, post.subject, off.endpoint.id, changes={"enabled": False})
    post.happens(EventKind.experiment_completed)
    made = [post.happens(EventKind.budget_exceeded, once="july") for _ in range(2)]
    post.apart.sent *= 2  # a queue repeats
    post.work_off()

    assert made[0] is not None
    assert made[1] is None
    assert ["budget.exceeded"] == [json.loads(got.body)["type"] for got in receiver.received]


def test_a_deleted_endpoint_takes_its_deliveries_with_it(post, receiver):
    """A job whose delivery is gone, before its claim or after it, ends quietly."""
    receiver.status = 500
    post.happens()
    post.work_off()
    post.passes()
    (waiting,) = post.deliveries()
    job = delivery.claim(waiting.id)
    with unit_of_work(post.subject.workspace_id) as session:
        service.remove(session, post.subject, post.made.endpoint.id)
    sending.send(job)
    deliver_message(str(waiting.id))

    assert [] == post.deliveries()
    assert 1 == len(receiver.received)


def test_a_secret_that_cannot_be_read_sends_nothing(post, receiver):
    """Put beside another endpoint it is worthless; the log says what to do, and then it goes on."""
    other = post.hook(receiver.url, (EventKind.budget_alert,)).endpoint.id
    post.apart.sql(
        "UPDATE webhook_endpoints SET secret_sealed ="
        " (SELECT secret_sealed FROM webhook_endpoints WHERE id = :other)",
        other=other,
    )
    post.happens()
    post.work_off()
    (tried,) = post.attempts()
    with unit_of_work(post.subject.workspace_id) as session:
        secret = service.rotate(session, post.subject, post.made.endpoint.id).secret
    post.passes()
    sweeping.sweep()
    post.work_off()
    (received,) = receiver.received
    Webhook(secret).verify(received.body, received.headers)

    assert "rotate it" in tried.error


def test_a_silent_endpoint_does_not_hold_the_workers(post, receiver):
    """After no answer its other messages wait; when it takes one again, they follow at once."""
    with unit_of_work(post.subject.workspace_id) as session:
        endpoint_id = post.made.endpoint.id
        away = {"url": "http://127.0.0.1:9999/hook"}
        service.change(session, post.subject, endpoint_id, changes=away)
    for _ in range(3):
        post.happens()
    post.work_off()
    tried = len(post.attempts())
    with unit_of_work(post.subject.workspace_id) as session:
        service.change(session, post.subject, endpoint_id, changes={"url": receiver.url})
    post.happens()
    post.work_off()
    sweeping.sweep()
    post.work_off()

    assert 1 == tried
    assert 4 == len({received.headers["webhook-id"] for received in receiver.received})
    assert post.endpoint().failing_since is None
