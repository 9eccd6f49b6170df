"""Alerts as people see and settle them."""

from app.core.database import unit_of_work
from app.events import EventKind, emit
from tests.contracts.furnished import jobs_kept


def happens(subject, kind: EventKind, title: str, **values) -> str:
    with jobs_kept(), unit_of_work(subject.workspace_id) as session:
        return str(emit(session, subject.workspace_id, kind, title=title, **values))


def test_alerts_are_open_until_somebody_acknowledges_them(client, subject):
    """Newest first, of one kind on demand; once acknowledged only among all, with a name."""
    spent = happens(subject, EventKind.budget_exceeded, "It is spent.", data={"limit": "5"})
    happens(subject, EventKind.experiment_completed, "It is done.")
    drift = happens(subject, EventKind.drift_detected, "It drifts.")
    both = client.get("/api/v1/alerts").json()
    one = client.get("/api/v1/alerts", params={"kind": "budget.exceeded"}).json()
    first = client.post(f"/api/v1/alerts/{spent}/acknowledge").json()
    second = client.post(f"/api/v1/alerts/{spent}/acknowledge").json()
    still_open = client.get("/api/v1/alerts").json()
    all_of_them = client.get("/api/v1/alerts", params={"state": "all"}).json()

    assert [drift, spent] == [alert["id"] for alert in both["items"]]
    assert [spent] == [alert["id"] for alert in one["items"]]
    assert ("/settings/budgets", {"limit": "5"}) == (first["url"], first["data"])
    assert first["acknowledged_by"] is not None
    assert first == second
    assert [drift] == [alert["id"] for alert in still_open["items"]]
    assert 2 == all_of_them["total"]


def test_who_gets_mail_is_shown_and_changed(client, subject):
    """The admins to begin with, then the addresses named, then the admins again."""
    before = client.get("/api/v1/alerts/settings").json()
    named = client.put("/api/v1/alerts/settings", json={"addresses": ["ops@example.org"]}).json()
    after = client.put("/api/v1/alerts/settings", json={"addresses": None}).json()
    wrong = client.put("/api/v1/alerts/settings", json={"addresses": ["not an address"]})

    assert (None, 1, False) == (
        before["addresses"],
        len(before["receivers"]),
        before["mail_is_set_up"],
    )
    assert ["ops@example.org"] == named["receivers"]
    assert before == after
    assert 422 == wrong.status_code
