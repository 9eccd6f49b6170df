"""Webhooks: a receiver that is really there, says no, and gets its message again; and CI's page."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from standardwebhooks import Webhook

from app.cli import init_files
from tests.browser.looking import found_in_all_looks
from tests.support.receiver import Receiver, receiving

WEBHOOKS = "/settings/webhooks"
GITLAB = Path(__file__).resolve().parents[2] / "deploy" / "gitlab" / "llmops-gate.yml"


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as found:
        yield found


def make_webhook(page: Page, url: str) -> str:
    """The secret that is shown."""
    page.goto(WEBHOOKS)
    page.get_by_role("link", name="Make the first webhook").click()
    page.get_by_label("URL").fill("http://10.0.0.1/hook")
    page.get_by_role("button", name="Make the webhook").click()
    expect(page.locator(".field__error")).to_be_visible()
    page.get_by_label("URL").fill(url)
    page.get_by_label("Name").fill("the team")
    page.get_by_label("Regression found").check()
    page.get_by_role("button", name="Make the webhook").click()
    secret = page.locator(".secret code").inner_text()
    page.get_by_role("button", name="I have stored it").click()
    expect(page.get_by_text(secret)).to_have_count(0)
    return secret


def act(page: Page, name: str) -> None:
    page.get_by_role("button", name="Actions for the team").click()
    page.get_by_role("menuitem", name=name).click()


def test_what_was_refused_is_seen_and_sent_again(receiver: Receiver, page: Page):
    """410 switches it off, and says so; switched on, the same message arrives with the same id."""
    receiver.answers, receiver.body = [410], b"nobody lives here"
    secret = make_webhook(page, receiver.url)
    page.get_by_role("button", name="Send a test").click()
    delivery = page.get_by_role("row").filter(has_text="tries out this webhook")
    expect(delivery).to_contain_text("failed")
    expect(delivery).to_contain_text("410")
    delivery.get_by_role("button", name="Attempts of").click()
    expect(page.get_by_text("nobody lives here")).to_be_visible()
    page.reload()
    hook = page.get_by_role("row").filter(has_text="the team")
    expect(hook).to_contain_text("410")
    act(page, "Switch on")
    delivery.get_by_role("button", name="Replay").click()
    expect(delivery).to_contain_text("delivered")
    first, again = receiver.received
    event = Webhook(secret).verify(again.body, again.headers)

    assert first.headers["webhook-id"] == again.headers["webhook-id"]
    assert json.loads(first.body) == event


def test_a_webhook_is_changed_its_secret_rotated_and_deleted(receiver: Receiver, page: Page):
    """The old secret's last hour is told; deleting asks, for the log goes with it."""
    secret = make_webhook(page, receiver.url)
    hook = page.get_by_role("row").filter(has_text="the team")
    act(page, "Change")
    page.get_by_label("Regression found").uncheck()
    page.get_by_role("button", name="Save").click()
    expect(hook).to_contain_text("everything")
    act(page, "Rotate secret")
    expect(page.get_by_text("carry a signature by the old one as well")).to_be_visible()
    assert secret != page.locator(".secret code").inner_text()
    page.get_by_role("button", name="I have stored it").click()
    act(page, "Delete")
    page.get_by_label("to go on").fill(receiver.url.removeprefix("http://"))
    page.get_by_role("button", name="Delete webhook").click()
    expect(page.get_by_text("No webhook yet")).to_be_visible()


def test_everybody_can_read_it(receiver: Receiver, page: Page):
    """No violation axe knows and nothing to scroll sideways for, in both themes, wide and narrow."""
    make_webhook(page, receiver.url)
    page.get_by_role("button", name="Send a test").click()
    expect(page.get_by_text("delivered", exact=True)).to_be_visible()
    page.get_by_role("button", name="Attempts of").click()

    assert {} == found_in_all_looks(page)


def test_ci_is_set_up_with_what_init_writes_and_a_key_that_fits(page: Page):
    """Workflow and job are those the project has, to the letter; the key may do what it has to."""
    page.goto("/settings/ci?prompt=support/answer")
    workflow = page.get_by_label(init_files.WORKFLOW).and_(page.locator("pre"))
    expect(page.get_by_text("support/answer: prompts/support-answer.md")).to_be_visible()
    assert init_files.ACTION.format(action=init_files.DEFAULT_ACTION) == workflow.text_content()
    page.get_by_role("button", name="GitLab").click()
    job = page.get_by_label(".gitlab-ci.yml").and_(page.locator("pre"))
    expect(job).to_be_visible()
    assert GITLAB.read_text().partition("llmops-gate:")[1:] == (
        "llmops-gate:",
        (job.text_content() or "").removeprefix("llmops-gate:"),
    )
    page.get_by_role("button", name="Make a CI key").click()
    page.get_by_role("button", name="Create key").click()
    expect(page.get_by_text("ci is ready")).to_be_visible()
    expect(page.get_by_text("There is one already: ci")).to_be_visible()
