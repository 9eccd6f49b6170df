"""An event is as safe as what it tells of, and is told although a queue forgets."""

import pytest
from sqlalchemy import select

from app.core.database import unit_of_work
from app.events import EventKind, emit, links, sweeping
from app.events.delivery import Receiver
from app.events.spreading import spread
from app.models import Event
from tests.support.bench import Bench


def events(post) -> list[Event]:
    with unit_of_work(post.subject.workspace_id) as session:
        return list(session.scalars(select(Event).order_by(Event.id)))


def test_an_event_dies_with_its_transaction(post):
    """What was rolled back did not happen, and nobody is told of it."""
    with unit_of_work(post.subject.workspace_id) as session:
        emit(session, post.subject.workspace_id, EventKind.budget_alert, title="Half is spent.")
        session.rollback()

    assert [] == events(post)
    assert [] == post.apart.sent


def test_once_is_once(post):
    """The second event with the same key is none; without a key each is one."""
    made = [post.happens(once="budget july") for _ in range(2)]
    post.happens()
    post.happens()

    assert made[0] is not None
    assert made[1] is None
    assert 3 == len(events(post)) == len(post.apart.sent)


def test_a_lost_message_is_repaired(post):
    """The sweeper sends an event again that nobody spread; spread, it is left alone."""
    post.happens()
    post.apart.sent.clear()
    post.apart.sql("UPDATE events SET next_send = now() - interval '1 second'")
    sweeping.sweep()
    repaired = len(post.apart.sent)
    post.work_off()
    post.apart.sql("UPDATE deliveries SET next_send = now() + interval '1 hour'")
    sweeping.sweep()

    assert 1 == repaired
    assert 1 == len(post.deliveries())
    assert [] == post.apart.sent


def test_an_event_is_spread_whole_or_not_at_all(post):
    """An error among those who are asked leaves no delivery behind; the next try has them all."""
    event_id = post.happens()
    found = [Receiver(endpoint_id=post.made.endpoint.id), Receiver(address="ops@example.org")]

    def fails(*_):
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        spread(event_id, finders=[lambda *_: found, fails])
    before = post.deliveries()
    counts = [spread(event_id, finders=[lambda *_: found]) for _ in range(2)]

    assert [] == before
    assert [2, 0] == counts
    assert 2 == len(post.deliveries())


def test_old_events_go_and_open_alerts_stay(post):
    """With their deliveries, after the setting's time; an alert waits to be acknowledged."""
    post.happens(EventKind.experiment_completed, title="old")
    post.happens(EventKind.budget_exceeded, title="open")
    post.work_off()
    post.apart.sql("UPDATE events SET created_at = now() - interval '91 days'")
    post.happens(EventKind.experiment_completed, title="new")
    sweeping.sweep()
    left = [event.title for event in events(post)]
    post.apart.sql("UPDATE events SET acknowledged_at = now() WHERE attention")
    sweeping.sweep()

    assert ["open", "new"] == left
    assert ["new"] == [event.title for event in events(post)]
    assert [] == post.deliveries()


def test_each_kind_leads_somewhere(post):
    """A path of the dashboard for every kind there is, with the id where the page has one."""
    ids = post.subject.workspace_id
    paths = {kind: links.path_of(kind, ids, {"prompt": "support/answer"}) for kind in EventKind}

    assert "/" not in paths.values()
    assert f"/experiments/{ids}" == paths[EventKind.experiment_regressed]
    assert "/prompts/support/answer" == paths[EventKind.prompt_label_moved]


def test_an_experiment_tells_its_verdict(bench: Bench):
    """Completed always, regressed when it is; figures and names, not a word of an answer."""
    experiment_id = bench.start()
    bench.apart.work_off()
    with unit_of_work(bench.subject.workspace_id) as session:
        wanted = select(Event).where(Event.object_id == experiment_id)
        (event,) = session.scalars(wanted)

    assert EventKind.experiment_completed == event.kind
    assert {"name", "status", "planned", "counts", "verdict", "sentence", "n_pairs"} == set(
        event.data
    )
