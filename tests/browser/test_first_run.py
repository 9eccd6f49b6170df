"""The doors of a dashboard: the first link, signing in, signing in by a link, going out."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from app.accounts import service as accounts
from app.accounts.registration import first_workspace
from app.core.clock import new_id
from app.core.database import system_unit_of_work
from tests.browser.people import PASSWORD

WRONG = "not the one that was chosen"


@pytest.fixture
def setup_link(site) -> Iterator[str]:
    """What `llmops up` prints on a machine where nobody has an account; put back afterwards."""
    with system_unit_of_work() as session:
        workspace = first_workspace(session)
        before, workspace.owner_id = workspace.owner_id, None
    link = accounts.setup_link(site)
    assert link is not None
    yield link
    with system_unit_of_work() as session:
        first_workspace(session).owner_id = before


def fill_account(page: Page, name: str) -> None:
    page.get_by_label("E-mail").fill(f"{name}@example.org")
    page.get_by_label("User name").fill(name)
    page.get_by_role("textbox", name="Password").fill(PASSWORD)
    page.get_by_role("button", name="Create owner").click()


def sign_in(page: Page, name: str, password: str) -> None:
    page.get_by_label("User name or e-mail").fill(name)
    page.get_by_role("textbox", name="Password").fill(password)
    page.get_by_role("button", name="Sign in").click()


def test_the_first_link_makes_the_owner_and_offers_something_to_look_at(open_as, setup_link):
    """Account, demo data or empty, and the dashboard; the link has gone from the address."""
    page = open_as()
    page.goto(setup_link)
    expect(page.get_by_role("heading", level=1, name="Create the owner account")).to_be_visible()
    fill_account(page, f"owner-{new_id().hex[-10:]}")

    expect(page.get_by_role("heading", level=1, name="Your workspace is ready")).to_be_visible()
    expect(page.get_by_role("button", name="Load demo data")).to_be_focused()
    expect(page).to_have_url(re.compile(r"/welcome$"))
    page.get_by_role("button", name="Start empty").click()
    expect(page).to_have_url(re.compile(r"//[^/]+/$"))
    expect(page.get_by_role("navigation", name="Main")).to_be_visible()


def test_the_first_link_is_good_for_one_account(open_as, setup_link):
    """A second person is told that it is used up, and keeps what was typed."""
    first, second = open_as(), open_as()
    for page in (first, second):
        page.goto(setup_link)
    fill_account(first, f"owner-{new_id().hex[-10:]}")
    expect(first.get_by_role("heading", level=1, name="Your workspace is ready")).to_be_visible()
    late = f"late-{new_id().hex[-10:]}"
    fill_account(second, late)

    expect(
        second.get_by_text("The set-up link is used up or older than 30 minutes.")
    ).to_be_visible()
    expect(second.get_by_label("User name")).to_have_value(late)


def test_a_link_without_its_end_says_so(open_as, site):
    """What stands behind the # can get lost on the way; the page says what to do."""
    page = open_as()
    page.goto("/welcome")

    expect(page.get_by_role("heading", level=1, name="This link is not complete")).to_be_visible()
    expect(page.get_by_text("Open the link again as it was printed")).to_be_visible()


def test_a_wrong_password_keeps_the_name_and_the_right_one_goes_where_one_was_going(
    open_as, person
):
    """From a page inside to the sign-in, one sentence of refusal, then on to that page."""
    page = open_as()
    page.goto("/experiments?q=kettle")
    expect(page).to_have_url(re.compile(r"/sign-in\?next="))
    sign_in(page, person.username, WRONG)

    said = page.get_by_role("alert")
    expect(said).to_have_count(1)
    expect(said).to_have_text("The user name or the password is wrong.")
    expect(page.get_by_label("User name or e-mail")).to_have_value(person.username)
    expect(page.get_by_role("textbox", name="Password")).to_be_focused()

    page.get_by_role("textbox", name="Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/experiments\?q=kettle$"))
    expect(page.get_by_role("heading", level=1, name="Experiments")).to_be_visible()


@pytest.mark.parametrize(
    "elsewhere",
    ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:alert(1)"],
)
def test_signing_in_never_leads_to_another_site(open_as, person, elsewhere):
    """An address made by somebody else ends on the dashboard, and nothing is asked elsewhere."""
    page = open_as()
    strangers: list[str] = []
    page.on("request", lambda request: strangers.append(request.url))
    page.goto("/")
    origin = page.evaluate("() => location.origin")
    page.goto(f"/sign-in?next={elsewhere}")
    expect(page.get_by_text("then on to")).to_have_count(0)
    sign_in(page, person.username, PASSWORD)
    expect(page.get_by_role("navigation", name="Main")).to_be_visible()

    assert f"{origin}/" == page.url
    assert [] == [url for url in strangers if not url.startswith(origin)]


def test_a_sign_in_link_opens_the_dashboard_once_and_leaves_no_token_behind(open_as, person, site):
    """Neither in the address nor in the history; the second time it says what to ask for."""
    link = accounts.sign_in_link(site, person.username)
    page = open_as()
    page.goto(link)
    expect(page.get_by_role("navigation", name="Main")).to_be_visible()
    expect(page).to_have_url(re.compile(r"//[^/]+/$"))
    page.goto("/prompts")
    page.go_back()
    expect(page.get_by_role("navigation", name="Main")).to_be_visible()
    expect(page).to_have_url(re.compile(r"//[^/]+/$"))

    again = open_as()
    again.goto(link)
    expect(
        again.get_by_text("The sign-in link is used up or older than 30 minutes")
    ).to_be_visible()
    expect(again.get_by_role("button", name="Sign in")).to_be_visible()
    expect(again).to_have_url(re.compile(r"/sign-in$"))


def test_signing_out_closes_the_dashboard_behind_one(page):
    """The page after it is the sign-in, also by the way back and by an address."""
    page.goto("/settings/profile")
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", level=1, name="Sign in")).to_be_visible()
    page.goto("/prompts")

    expect(page).to_have_url(re.compile(r"/sign-in\?next="))
