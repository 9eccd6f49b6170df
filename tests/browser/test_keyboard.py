"""The main way without a mouse: every step by keys, and the focus is never lost."""

import re
from uuid import UUID

import pytest
from playwright.sync_api import Page, expect

from tests.browser.hands import tab_to
from tests.browser.people import Person
from tests.support.prompts import GROUNDED, UNGROUNDED, Made, make_prompt
from tests.support.results import Answer, put_results, put_verdict
from tests.support.verdicts import make_experiment

SCORES = [0.2, 0.4, 0.6, 1.0]  # of the candidate, case by case; the baseline has 1 everywhere


@pytest.fixture
def made(person: Person) -> Made:
    return make_prompt(person.subject, templates=[GROUNDED, UNGROUNDED])


@pytest.fixture
def experiment_id(person: Person, made: Made) -> UUID:
    """Three cases of four got worse, the first most of all."""
    found = make_experiment(person.subject, made.prompt_id, made.version_ids, baseline_arm=0)
    put_results(person.subject, found, lambda arm, at, _: Answer(SCORES[at] if arm else 1.0))
    put_verdict(person.subject, found)
    return found


def expect_focus(page: Page) -> None:
    """Something on the page has the focus, and can be seen."""
    page.wait_for_function(
        """() => {
          const { activeElement, body } = document;
          return activeElement !== body && activeElement.checkVisibility();
        }"""
    )


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def open_start(page: Page) -> None:
    page.goto("/")
    expect(page.get_by_role("heading", level=1, name="Five steps")).to_be_visible()


def test_from_the_start_to_a_running_experiment(page, made):
    """Two letters to the prompts, down to the row, its tabs, and a run by one key."""
    open_start(page)
    press(page, "g", "p")
    expect(page.get_by_role("heading", level=1, name="Prompts")).to_be_visible()
    expect_focus(page)
    row = page.get_by_role("link", name=made.name)
    expect(row).to_be_visible()
    press(page, "j")
    expect(row).to_be_focused()
    press(page, "Enter")
    expect(page.get_by_role("heading", level=1, name=made.name)).to_be_visible()
    expect_focus(page)

    for tab, seen in (("Golden examples 4", "gridcell"), ("Versions 2", "textbox")):
        tab_to(page, page.get_by_role("link", name=tab))
        press(page, "Enter")
        expect(page.get_by_role("link", name=tab)).to_have_attribute("aria-current", "page")
        expect_focus(page)
        if seen == "gridcell":
            expect(page.get_by_role("gridcell").first).to_be_visible()
    tab_to(page, page.get_by_role("link", name="Run experiment"))
    press(page, "Enter")
    expect(page.get_by_role("button", name=re.compile(r"^Run \d+ calls"))).to_be_visible()
    expect_focus(page)
    press(page, "ControlOrMeta+Enter")
    expect(page).to_have_url(re.compile(r"/experiments/[0-9a-f-]{36}"))
    expect(page.get_by_role("region", name="Progress")).to_be_visible()
    expect_focus(page)


def test_cases_are_read_by_keys(page, experiment_id):
    """On and back in the open case, out of it, along the list, into another; what broke and all."""
    page.goto(f"/compare?base={experiment_id}:0&with={experiment_id}:1")
    drawer = page.get_by_role("complementary", name="Case")
    expect(drawer).to_have_accessible_name("Case 1")
    for key, number in (("j", 2), ("]", 3), ("[", 2), ("k", 1)):
        press(page, key)
        expect(drawer).to_have_accessible_name(f"Case {number}")
    press(page, "Escape")
    expect(drawer).to_have_count(0)
    expect(row_of(page, 1)).to_be_focused()

    press(page, "j")
    expect(row_of(page, 2)).to_be_focused()
    press(page, "k", "Enter")
    expect(drawer).to_have_accessible_name("Case 1")
    expect_focus(page)

    for name in ("All 4", "Regressed 3"):
        press(page, "r")
        expect(page.get_by_role("button", name=name)).to_have_attribute("aria-pressed", "true")
        expect_focus(page)


def row_of(page: Page, number: int):
    rows = page.get_by_role("group", name="scrolls").get_by_role("row")
    return rows.nth(number).get_by_role("link")


def test_the_sheet_of_keys_gives_the_focus_back(page, experiment_id):
    """A question mark opens it over the page, Escape closes it, and one is where one was."""
    page.goto(f"/compare?base={experiment_id}:0&with={experiment_id}:1&case=none")
    tab_to(page, row_of(page, 1))
    press(page, "?")
    sheet = page.get_by_role("dialog", name="Keyboard")
    expect(sheet).to_be_visible()
    expect_focus(page)
    press(page, "Escape")
    expect(sheet).to_have_count(0)

    expect(row_of(page, 1)).to_be_focused()


def test_the_palette_finds_a_prompt_and_opens_it(page, made):
    """Its name, then Enter; Escape leaves everything as it was."""
    open_start(page)
    press(page, "ControlOrMeta+k")
    palette = page.get_by_role("dialog", name="Search or run a command")
    expect(palette.get_by_role("combobox")).to_be_focused()
    press(page, "Escape")
    expect(palette).to_have_count(0)

    press(page, "ControlOrMeta+k")
    page.keyboard.type(made.name)
    expect(palette.get_by_role("option", name=made.name)).to_have_attribute("aria-selected", "true")
    press(page, "Enter")

    expect(page.get_by_role("heading", level=1, name=made.name)).to_be_visible()
    expect_focus(page)


def test_the_first_key_leads_past_the_navigation(page):
    """Tab shows the link over the page; Enter puts the focus behind the navigation."""
    open_start(page)
    skip = page.get_by_role("link", name="Skip to content")
    press(page, "Tab")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    press(page, "Enter")
    main = page.get_by_role("main")
    expect(main).to_be_focused()
    expect(main.get_by_role("link").first).to_be_visible()  # before, there is nothing to come to
    press(page, "Tab")

    assert page.evaluate("() => document.querySelector('main').contains(document.activeElement)")
