"""A gate in front of production: what it says, who may pass it all the same, and the way back."""

import re
from typing import NamedTuple
from uuid import UUID

import pytest
from playwright.sync_api import Locator, Page, expect

from app.core.database import unit_of_work
from app.gates import service as gates
from app.models import Role, Ruling
from app.prompts import labels
from app.prompts.admission import Asked
from app.verdicts.policy import DEFAULT
from tests.browser.people import Person, make_person
from tests.support.prompts import GROUNDED, UNGROUNDED, Made, make_prompt
from tests.support.verdicts import make_verdict

UNPROVEN = "Nothing has compared v2 with v1 yet."
REASON = "The old text names a price that is wrong."


class Guarded(NamedTuple):
    made: Made
    gate_id: UUID


@pytest.fixture
def guarded(person: Person) -> Guarded:
    """Production stands on v1 behind the gate `release`; v2 has not been measured."""
    made = make_prompt(person.subject, templates=[GROUNDED, UNGROUNDED])
    with unit_of_work(person.subject.workspace_id) as session:
        labels.move(
            session,
            person.subject,
            prompt_id=made.prompt_id,
            version_id=made.version_ids[0],
            asked=Asked(label=labels.PRODUCTION),
        )
        gate = gates.create(
            session,
            person.subject,
            prompt_id=made.prompt_id,
            name="release",
            label=labels.PRODUCTION,
            policy=DEFAULT,
        )
        return Guarded(made, gate.id)


def judged(person: Person, guarded: Guarded, ruling: Ruling) -> None:
    baseline, candidate = guarded.made.version_ids
    make_verdict(
        person.subject,
        guarded.made.prompt_id,
        baseline=baseline,
        candidate=candidate,
        ruling=ruling,
        gate_id=guarded.gate_id,
        gate_number=1,
    )


def open_sheet(page: Page, guarded: Guarded) -> Locator:
    """The sheet of the promotion, with what the gate says to it."""
    page.goto(f"/prompts/{guarded.made.name}?v=2&promote=production")
    sheet = page.get_by_role("dialog", name="Promote v2 to production")
    expect(sheet.get_by_role("option", name="production, protected")).to_be_attached()
    expect(sheet.get_by_role("list").first).to_contain_text("rests on at least")
    return sheet


def test_a_version_without_a_pass_is_refused_in_a_sentence(page, guarded):
    """Why, and the experiment that would settle it; there is nothing to press that moves it."""
    sheet = open_sheet(page, guarded)
    expect(sheet.get_by_text(UNPROVEN)).to_be_visible()
    expect(sheet.get_by_role("link", name="Run experiment")).to_have_attribute(
        "href", re.compile(r"/experiments/new\?.*versions=1,2&baseline=1")
    )
    expect(sheet.get_by_role("button", name=re.compile("^(Move|Override)"))).to_have_count(0)
    sheet.get_by_role("button", name="Cancel").click()

    expect(page.get_by_role("link", name="production → v1")).to_be_visible()


def test_a_version_that_is_worse_is_refused_with_its_verdict(page, person, guarded):
    """The verdict in a sentence, and the way to the cases that broke."""
    judged(person, guarded, Ruling.regression)
    sheet = open_sheet(page, guarded)
    expect(sheet.get_by_text("The gate refuses: v2 is worse than v1.")).to_be_visible()
    expect(sheet.get_by_role("button", name=re.compile("^(Move|Override)"))).to_have_count(0)

    expect(sheet.get_by_role("link", name="See what broke")).to_be_visible()


def test_a_pass_opens_the_gate(page, person, guarded):
    """Nothing to explain: the label moves, and one press takes it back."""
    judged(person, guarded, Ruling.passed)
    open_sheet(page, guarded).get_by_role("button", name="Move production to v2").click()
    expect(page.get_by_role("link", name="production → v2")).to_be_visible()
    page.get_by_role("status").get_by_role("button", name="Undo").click()

    expect(page.get_by_role("link", name="production → v1")).to_be_visible()


def test_an_admin_passes_a_gate_with_a_reason_and_the_way_back_is_one_press(page, guarded):
    """Without a reason nothing moves; with one it does, the history keeps it, and it can go back."""
    sheet = open_sheet(page, guarded)
    sheet.get_by_label("Move production against the gate").check()
    override = sheet.get_by_role("button", name="Override and promote v2")
    override.click()
    expect(sheet.get_by_text("Say what makes it acceptable.")).to_be_visible()
    sheet.get_by_label("Reason").fill(REASON)
    override.click()
    expect(page.get_by_role("link", name="production → v2")).to_be_visible()

    page.get_by_text("on v2, moved").click()
    moves = page.get_by_role("group").filter(has_text="on v2, moved").get_by_role("listitem")
    expect(moves).to_have_count(2)
    expect(moves.first).to_contain_text("against its gate")
    expect(moves.first).to_contain_text(REASON)
    moves.last.get_by_role("button", name="Move back to v1").click()
    expect(page.get_by_role("link", name="production → v1")).to_be_visible()

    moves = page.get_by_role("group").filter(has_text="on v1, moved").get_by_role("listitem")
    expect(moves.first).to_contain_text("Moved back from v2.")


def test_an_editor_is_refused_and_offered_no_way_round(open_as, person, guarded):
    """The sheet says who can override a gate, and has nothing to do it with."""
    page = open_as(make_person(person.subject.workspace_id, Role.editor))
    sheet = open_sheet(page, guarded)
    expect(sheet.get_by_text(UNPROVEN)).to_be_visible()
    expect(sheet.get_by_role("note")).to_contain_text("Only an admin can override a gate.")

    expect(sheet.get_by_label("Move production against the gate")).to_have_count(0)
    expect(sheet.get_by_role("button", name=re.compile("^(Move|Override)"))).to_have_count(0)
