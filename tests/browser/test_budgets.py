"""Money: a budget that is made, told of, used up and raised; prices of one's own."""

from decimal import Decimal

import pytest
from playwright.sync_api import Page, expect

from app.budgets import watching
from app.core.clock import now
from app.core.database import unit_of_work
from app.models import Budget, CostEntry
from tests.browser.looking import found_in_all_looks
from tests.browser.people import Person
from tests.support.prompts import Made, make_prompt
from tests.support.verdicts import make_experiment

BUDGETS = "/settings/budgets"


def spend(person: Person, made: Made, dollars: str) -> None:
    with unit_of_work(person.subject.workspace_id) as session:
        session.add(
            CostEntry(
                kind="completion",
                source="run",
                prompt_id=made.prompt_id,
                model="openai:gpt-5-mini",
                tokens_in=1,
                tokens_out=1,
                tokens_estimated=False,
                cost_usd=Decimal(dollars),
                cost_estimated=Decimal(0),
                latency_ms=1,
            )
        )


@pytest.fixture
def made(person: Person) -> Made:
    """A prompt, and an experiment that a budget cut short by twelve cases."""
    prompt = make_prompt(person.subject, examples=4)
    make_experiment(
        person.subject,
        prompt.prompt_id,
        prompt.version_ids[:1],
        name="cut short",
        counts={"budget_skipped": 12},
        updated_at=now(),
    )
    return prompt


def make_budget(page: Page, prompt: str) -> None:
    page.goto(BUDGETS)
    page.get_by_role("link", name="Make the first budget").click()
    page.get_by_role("combobox", name="For").select_option("a prompt")
    page.get_by_role("combobox", name="Prompt").select_option(prompt)
    page.get_by_label("Limit, in USD").fill("-4")
    page.get_by_label("Stop at the limit").check()
    page.get_by_role("button", name="Make the budget").click()
    expect(page.locator(".field__error")).to_contain_text("greater than 0")
    page.get_by_label("Limit, in USD").fill("4")
    page.get_by_role("button", name="Make the budget").click()
    expect(page.get_by_role("row").filter(has_text=prompt)).to_contain_text("of $4.00")


def act(page: Page, name: str) -> None:
    page.get_by_role("button", name="Actions for").click()
    page.get_by_role("menuitem", name=name).click()


def test_a_budget_is_made_used_up_told_of_and_raised(person: Person, made: Made, page: Page):
    """Whom it stops is named with a way there; the alert stays until somebody has seen it."""
    make_budget(page, made.name)
    row = page.get_by_role("row").filter(has_text=made.name)
    expect(row).to_contain_text("tells at 80 %")
    spend(person, made, "5")
    watching.sweep()
    page.goto("/settings/alerts")
    alert = page.get_by_role("listitem").filter(has_text="used up: 5")
    alert.get_by_role("button", name="Acknowledge").click()
    expect(alert).to_have_count(0)
    page.get_by_role("button", name="All", exact=True).click()
    expect(alert).to_contain_text(f"acknowledged by {person.username}")
    alert.get_by_role("link").click()
    expect(row).to_contain_text("stopped")
    expect(row).to_contain_text("12 cases left out")
    expect(row.get_by_role("link", name="cut short")).to_be_visible()
    act(page, "Change")
    page.get_by_label("Limit, in USD").fill("100")
    page.get_by_role("button", name="Save").click()
    expect(row).to_contain_text("Calls that do not fit")
    act(page, "Switch off")
    expect(row).to_contain_text("When it is on")
    page.get_by_role("button", name="Undo").last.click()
    expect(row).to_contain_text("Calls that do not fit")
    act(page, "Delete")
    expect(row).to_have_count(0)
    page.get_by_role("button", name="Undo").last.click()
    expect(row).to_contain_text("$5.00 of $100")
    with unit_of_work(person.subject.workspace_id) as session:
        assert [Decimal(100)] == [budget.limit_usd for budget in session.query(Budget)]


def test_a_model_gets_a_price_of_its_own(page: Page):
    """Another for the same day is refused at the day; a removed one comes back."""
    page.goto(BUDGETS)
    for _ in range(2):
        page.get_by_role("button", name="Set a price", exact=True).click()
        page.get_by_label("Model").fill("openai:my-own")
        page.get_by_label("tokens in").fill("1.5")
        page.get_by_label("tokens out").fill("6")
        page.get_by_role("button", name="Set the price").click()
        expect(page.get_by_role("row").filter(has_text="openai:my-own")).to_contain_text("your own")
    expect(page.locator(".field__error")).to_contain_text("from this day on already")
    page.get_by_role("button", name="Close").click()
    page.get_by_role("button", name="Remove the price of openai:my-own").click()
    expect(page.get_by_role("row").filter(has_text="openai:my-own")).to_have_count(0)
    page.get_by_role("button", name="Undo").last.click()
    expect(page.get_by_role("row").filter(has_text="openai:my-own")).to_contain_text("$6.00")


def test_everybody_can_read_it(person: Person, made: Made, open_as):
    """No violation axe knows and nothing to scroll sideways for, in both themes, wide and narrow."""
    page = open_as(person)
    make_budget(page, made.name)
    spend(person, made, "5")
    watching.sweep()
    for section, mark in ((BUDGETS, "12 cases"), ("/settings/alerts", "Budget used up")):
        page.goto(section)
        expect(page.get_by_text(mark)).to_be_visible()

        assert {} == found_in_all_looks(page)
