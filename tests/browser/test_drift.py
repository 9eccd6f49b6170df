"""Drift watch: what is wrong at a glance, whose change it is, and what to do."""

from datetime import timedelta
from uuid import UUID

import pytest
from playwright.sync_api import Page, expect

from app.core.clock import new_id, now
from app.core.database import unit_of_work
from app.models import Experiment, Schedule, ScheduleRun
from app.schedules import service, watching
from tests.browser.looking import violations
from tests.browser.people import Person
from tests.support.prompts import Made, make_prompt
from tests.support.results import Answer, put_results, put_verdict
from tests.support.verdicts import make_experiment

USUAL = [16, 17, 16, 15, 16, 17, 16, 16, 16, 17, 16]  # of 20 examples that pass
FALLEN = [12, 11, 12, 12]
DRIFT = "/evaluations?tab=drift"


@pytest.fixture
def watched(person: Person) -> Made:
    """A prompt whose version answered as usual for eleven days, and worse for four."""
    made = make_prompt(person.subject, examples=20)
    values = {
        "name": "mornings",
        "cron": "0 6 * * *",
        "time_zone": "UTC",
        "versions": [1],
        "watch": True,
        "enabled": True,
        "request": {"evaluators": ["similarity"]},
    }
    with unit_of_work(person.subject.workspace_id) as session:
        schedule = service.create(session, person.subject, prompt=made.prompt_id, values=values)
        schedule.created_at = now() - timedelta(days=30)
        schedule_id = schedule.id
    days = [*USUAL, *FALLEN]
    for day, passed in enumerate(days):
        ran_at = now() - timedelta(days=len(days) - day)
        watching.watch(_ran(person, made, schedule_id, ran_at, passed))
    return made


def _ran(person: Person, made: Made, schedule_id: UUID, ran_at, passed: int) -> UUID:
    experiment_id = make_experiment(
        person.subject,
        made.prompt_id,
        made.version_ids[:1],
        trigger="schedule",
        planned=20,
        snapshot_hash="same",
        created_at=ran_at,
    )
    put_results(
        person.subject, experiment_id, lambda _, position, __: Answer(float(position < passed))
    )
    put_verdict(person.subject, experiment_id)
    with unit_of_work(person.subject.workspace_id) as session:
        assert session.get_one(Experiment, experiment_id).results
        session.add(
            ScheduleRun(
                id=new_id(),
                schedule_id=schedule_id,
                due_at=ran_at,
                state="done",
                experiment_id=experiment_id,
            )
        )
    return experiment_id


def test_a_fall_is_dated_named_and_accepted(watched: Made, page: Page):
    """The card says since when and whose, the charts show it, the table has the same figures."""
    page.goto(DRIFT)
    card = page.locator(".verdict-card")
    expect(card).to_contain_text("ANSWERS CHANGED")
    expect(card).to_contain_text(f"{watched.name} v1 scores lower than it did")
    expect(page.get_by_text("change dated").first).to_be_visible()
    expect(page.get_by_text("limit 5: once in 465 quiet runs")).to_be_visible()
    page.get_by_role("button", name="View as table").click()
    expect(page.get_by_role("row").filter(has_text="learned from")).to_have_count(8)
    page.get_by_role("link", name="See which cases broke").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Compare")
    page.go_back()
    page.get_by_role("button", name="Watch again from the new level").click()
    expect(card).to_contain_text("LEARNING")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_everybody_can_read_it(watched: Made, open_as, person: Person, theme: str):
    """No violation axe knows, on a wide page and on a phone."""
    for width in (1440, 320):
        page = open_as(person, theme=theme, width=width)
        page.goto(DRIFT)
        expect(page.locator(".verdict-card")).to_be_visible()

        assert [] == violations(page)


def test_a_schedule_is_planned_changed_and_deleted(person: Person, page: Page):
    """Its mistakes stand at their fields; what is typed stays."""
    made = make_prompt(person.subject, examples=4)
    page.goto(DRIFT)
    page.get_by_role("link", name="New schedule").first.click()
    page.get_by_role("combobox", name="Prompt").fill(made.name)
    page.get_by_label("Name", exact=True).fill("nights")
    page.get_by_role("textbox", name="When").fill("61 2 * * *")
    page.get_by_role("textbox", name="Version").fill("1")
    page.get_by_role("button", name="Plan it").click()
    expect(page.locator(".field__error")).to_contain_text("minute")
    page.get_by_role("button", name="weekdays at 6").click()
    page.get_by_role("button", name="Plan it").click()
    row = page.get_by_role("row").filter(has_text="nights")
    expect(row).to_contain_text("weekdays 06:00")
    row.get_by_role("button", name="Actions for nights").click()
    page.get_by_role("menuitem", name="Switch off").click()
    expect(row).to_contain_text("off")
    page.get_by_role("button", name="Undo").click()
    expect(row).not_to_contain_text("off")
    row.get_by_role("button", name="Actions for nights").click()
    page.get_by_role("menuitem", name="Run now").click()
    expect(row.get_by_text("learning what is usual")).to_be_visible()
    row.get_by_role("button", name="Actions for nights").click()
    page.get_by_role("menuitem", name="Delete").click()
    page.get_by_label("to go on").fill("nights")
    page.get_by_role("button", name="Delete schedule").click()
    expect(row).to_have_count(0)
    with unit_of_work(person.subject.workspace_id) as session:
        assert 0 == session.query(Schedule).count()
