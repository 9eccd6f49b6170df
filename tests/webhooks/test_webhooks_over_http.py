"""Webhooks as the dashboard and a terminal see them."""

import pytest
from standardwebhooks import Webhook

from tests.support.fixtures import eventually

HOOK = "http://127.0.0.1:9999/hook"


def create(client, **values):
    answer = client.post("/api/v1/webhooks", json={"url": HOOK, **values})
    assert 201 == answer.status_code, answer.text
    return answer.json()


def test_the_secret_is_shown_once(client):
    """In the answer that makes it or rotates it, and nowhere else; lists have its end."""
    made = create(client, kinds=["budget.exceeded"], description="the team")
    path = f"/api/v1/webhooks/{made['id']}"
    rotated = client.post(f"{path}/rotate-secret").json()
    read = client.get(path)

    assert made["secret"].startswith("whsec_")
    assert made["secret"] != rotated["secret"]
    assert rotated["secret"][-4:] == read.json()["secret_hint"]
    assert read.json()["old_secret_until"] is not None
    for secret in (made["secret"], rotated["secret"]):
        assert secret not in read.text
        assert secret not in client.get("/api/v1/webhooks").text
        assert secret not in client.get("/api/v1/audit").text


def test_a_webhook_is_switched_off_and_on_and_deleted(client):
    """Off says who did it and takes no test; deleted is gone with its log."""
    made = create(client)
    path = f"/api/v1/webhooks/{made['id']}"
    off = client.patch(path, json={"enabled": False}).json()
    tested = client.post(f"{path}/test")
    on = client.patch(path, json={"enabled": True, "description": "again"}).json()
    deleted = client.delete(path)

    assert (False, "switched it off") == (off["enabled"], off["disabled_because"][-16:-1])
    assert 409 == tested.status_code
    assert (True, None, "again") == (on["enabled"], on["disabled_because"], on["description"])
    assert 204 == deleted.status_code
    assert 404 == client.get(path).status_code
    assert 404 == client.get(f"{path}/deliveries").status_code


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("url", "http://169.254.169.254/latest/meta-data/"),
        ("url", "https://user:secret@example.org/"),
        ("url", "http://10.0.0.1:8080/"),
        ("url", "file:///etc/passwd"),
        ("kinds", ["webhook.test"]),
        ("kinds", ["everything"]),
        ("secret", "whsec_mine"),
    ],
)
def test_what_cannot_be_is_refused(client, field, value):
    """With a pointer to the field, when it is made and when it is changed."""
    made = create(client)
    refused = [
        client.post("/api/v1/webhooks", json={"url": HOOK, field: value}),
        client.patch(f"/api/v1/webhooks/{made['id']}", json={field: value}),
    ]

    assert [422, 422] == [answer.status_code for answer in refused]
    assert all(f"#/{field}" in answer.json()["errors"][0]["pointer"] for answer in refused)


def test_a_workspace_has_twenty_at_most(client):
    """Each event is sent to all of them."""
    for _ in range(20):
        create(client)
    answer = client.post("/api/v1/webhooks", json={"url": HOOK})

    assert 409 == answer.status_code


def test_a_test_goes_the_way_all_messages_go(client, worker, receiver):
    """API, queue, worker, receiver, log: through real processes."""
    made = create(client, url=receiver.url, kinds=["budget.exceeded"])
    path = f"/api/v1/webhooks/{made['id']}"
    asked = client.post(f"{path}/test")
    arrived = eventually(lambda: receiver.received)
    log = eventually(
        lambda: client.get(f"{path}/deliveries", params={"state": "delivered"}).json()["items"]
    )
    content = Webhook(made["secret"]).verify(arrived[0].body, arrived[0].headers)

    assert 202 == asked.status_code
    assert "webhook.test" == content["type"]
    assert asked.json()["message_id"] == arrived[0].headers["webhook-id"] == log[0]["message_id"]
    assert [204] == [attempt["status_code"] for attempt in log[0]["attempts"]]
