"""The receiver on the page of webhooks works as it stands."""

import os
import socket
import subprocess
import sys

import httpx2

from tests.docs.blocks import blocks
from tests.support.fixtures import eventually
from tests.support.post import Post


def test_the_receiver_of_the_page_verifies(apart, subject):
    """It prints an event once however often it comes, and turns a forged message away."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    post = Post(apart, subject, f"http://127.0.0.1:{port}/")
    (program,) = blocks("how-to/webhooks.md", "python")
    receiver = subprocess.Popen(
        [sys.executable, "-c", program],
        env=os.environ | {"PORT": str(port), "WEBHOOK_SECRET": post.made.secret},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        forged = eventually(lambda: knock(port), within=20)
        post.happens(title="Version 2 passes.")
        post.work_off()
        post.apart.sql(
            "UPDATE deliveries SET state = 'pending', next_attempt_at = now(), next_send = now()"
        )
        for delivery in post.deliveries():
            post.apart.sent.append(("tasks.deliver_message", {"delivery_id": str(delivery.id)}))
        post.work_off()
    finally:
        receiver.kill()
        printed, _ = receiver.communicate()

    assert 401 == forged
    assert [204, 204] == [tried.status_code for tried in post.attempts()]
    assert 1 == printed.count("experiment.completed Version 2 passes.")


def knock(port: int) -> int | None:
    """The status of a message nobody signed; None until somebody is there."""
    try:
        return httpx2.post(f"http://127.0.0.1:{port}/", content=b"{}", trust_env=False).status_code
    except httpx2.ConnectError:
        return None
