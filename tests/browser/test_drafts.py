"""What somebody typed is never lost: not by the browser, the session, the server or a colleague."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select, update

from app.core.clock import now
from app.core.database import system_unit_of_work, unit_of_work
from app.models import LoginSession, PromptVersion, Role
from tests.browser.hands import save_as_version, write_prompt
from tests.browser.people import PASSWORD, Person, make_person
from tests.support.prompts import Made, make_prompt

OWN = "Answer in the voice of a lighthouse keeper.\n\n{{ question }}"
FIRST = "Answer in one short line: {{ question }}"

OWN_PAGE = {"Sec-Fetch-Site": "same-origin"}

# From here on no request arrives; the browser itself would write every one into the console.
AWAY = """() => {
  window.reach = window.fetch;
  window.fetch = () => Promise.reject(new TypeError("away"));
}"""
BACK = "() => { window.fetch = window.reach; }"


@pytest.fixture
def made(person: Person) -> Made:
    return make_prompt(person.subject, templates=["Answer: {{ question }}"], examples=1)


@contextmanager
def server_away(page: Page) -> Iterator[None]:
    page.evaluate(AWAY)
    yield
    page.evaluate(BACK)


def open_editor(page: Page, made: Made) -> None:
    page.goto(f"/prompts/{made.name}?edit=true")
    expect(page.get_by_role("heading", name="Text of v1")).to_be_visible()


def expect_draft(page: Page, text: str = OWN) -> None:
    editor = page.get_by_role("textbox", name="Prompt template")
    for line in filter(None, text.splitlines()):
        expect(editor).to_contain_text(line)
    expect(page.get_by_text("edited, not saved")).to_be_visible()


def end_sessions(person: Person) -> None:
    with system_unit_of_work() as session:
        session.execute(
            update(LoginSession)
            .where(LoginSession.user_id == person.subject.user_id)
            .values(revoked_at=now())
        )


def text_of(page: Page, person: Person, made: Made, number: int) -> str | None:
    """Of the version that the page has just made, as it is stored."""
    expect(page.get_by_role("heading", name=f"Text of v{number}")).to_be_visible()
    stored = select(PromptVersion.template).where(
        PromptVersion.prompt_id == made.prompt_id, PromptVersion.number == number
    )
    with unit_of_work(person.subject.workspace_id) as session:
        return session.scalar(stored)


def test_an_edited_text_survives_what_browsers_do(page, made):
    """A reload, leaving the field, a smaller window, and another page and back."""
    open_editor(page, made)
    write_prompt(page, OWN)
    page.reload()
    expect_draft(page)

    page.get_by_role("heading", level=1).click()
    expect_draft(page)
    page.set_viewport_size({"width": 640, "height": 480})
    expect_draft(page)
    page.set_viewport_size({"width": 1440, "height": 1000})
    page.get_by_role("link", name="Prompts", exact=True).first.click()
    expect(page.get_by_role("heading", level=1, name="Prompts")).to_be_visible()
    page.get_by_role("link", name=made.name).click()
    expect_draft(page)


def test_a_refetch_does_not_touch_a_draft(page, made):
    """The page reads the prompt again, with a label moved and a newer version; the text stays."""
    open_editor(page, made)
    write_prompt(page, OWN)
    newer = {"template": FIRST, "message": "Shorter"}
    page.request.post(f"/api/v1/prompts/{made.prompt_id}/versions", data=newer, headers=OWN_PAGE)
    page.get_by_role("link", name="put it on a version").click()
    page.get_by_role("button", name="Move production to v1").click()
    expect(page.get_by_role("link", name="production → v1")).to_be_visible()
    expect(page.get_by_role("link", name=re.compile("^v2 .*Shorter"))).to_be_visible()

    expect_draft(page)


def test_a_draft_can_be_thrown_away_and_taken_back(page, made):
    """Discarding asks nothing, because it can be undone."""
    open_editor(page, made)
    write_prompt(page, OWN)
    page.get_by_role("button", name="Discard").click()
    expect(page.get_by_text("edited, not saved")).to_have_count(0)
    page.get_by_role("status").get_by_role("button", name="Undo").click()

    expect_draft(page)


def test_a_session_that_ends_while_typing_asks_over_the_page_and_loses_nothing(page, person, made):
    """The password, then on with the same sheet: sentence and text are as they were."""
    with page.expect_response("**/review-queue*"):  # the last the page asks for by itself
        open_editor(page, made)
    write_prompt(page, OWN)
    end_sessions(person)
    save_as_version(page, "The keeper's voice")

    dialog = page.get_by_role("dialog", name="Your session ended")
    expect(dialog.get_by_label("User name or e-mail")).to_have_value(person.username)
    dialog.get_by_role("textbox", name="Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(dialog).to_have_count(0)
    sheet = page.get_by_role("dialog", name="Save as v2")
    expect(sheet.get_by_label("What changed and why?")).to_have_value("The keeper's voice")
    sheet.get_by_role("button", name="Save as v2").click()

    assert OWN == text_of(page, person, made, 2)


def test_a_server_that_is_away_is_said_and_the_text_waits(page, person, made):
    """Saving says that nothing answered; when the server is back the same press saves."""
    open_editor(page, made)
    write_prompt(page, OWN)
    with server_away(page):
        save_as_version(page, "The keeper's voice")
        expect(page.get_by_text("The server did not answer. Your text is kept")).to_be_visible()
    page.get_by_role("button", name="Save as v2").last.click()

    assert OWN == text_of(page, person, made, 2)


def test_a_page_that_cannot_be_loaded_can_be_asked_for_again(page, made):
    """What could not be loaded, why, and Retry, which brings it."""
    page.goto("/prompts")
    link = page.get_by_role("link", name=made.name)
    expect(link).to_be_visible()
    with server_away(page):
        link.click()
        expect(page.get_by_text("The prompt could not be loaded.")).to_be_visible()
    page.get_by_role("button", name="Retry").click()

    expect(page.get_by_role("heading", name="Text of v1")).to_be_visible()


def beaten_to_it(open_as, person: Person, made: Made) -> tuple[Page, Person]:
    """A page whose text was written on v1 while a colleague saved v2; it has just been refused."""
    colleague = make_person(person.subject.workspace_id, Role.editor)
    slow, quick = open_as(person), open_as(colleague)
    open_editor(slow, made)
    write_prompt(slow, OWN)
    open_editor(quick, made)
    write_prompt(quick, FIRST)
    save_as_version(quick, "Shorter")
    expect(quick.get_by_role("heading", name="Text of v2")).to_be_visible()
    save_as_version(slow, "The keeper's voice")
    return slow, colleague


def test_of_two_who_edit_the_second_sees_who_was_first_and_can_save_behind_them(
    open_as, person, made
):
    """Named, and never overwritten: the second text becomes v3."""
    page, colleague = beaten_to_it(open_as, person, made)
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text(f"v2 was saved by {colleague.username}")
    expect(alert).to_contain_text("Your text is safe.")
    alert.get_by_role("button", name="Save mine as v3").click()

    assert OWN == text_of(page, person, made, 3)


def test_of_two_who_edit_the_second_can_look_at_the_change_first(open_as, person, made):
    """What v2 changed stands beside the own change, which follows v2 now."""
    page, _ = beaten_to_it(open_as, person, made)
    page.get_by_role("alert").get_by_role("button", name="See the change and rebase").click()
    sheet = page.get_by_role("dialog", name="Save as v3")
    expect(sheet.get_by_role("heading", name="What v2 changed meanwhile")).to_be_visible()
    expect(sheet.get_by_role("table", name="What v2 changed")).to_contain_text("one short line")
    expect(sheet.get_by_role("heading", name="Yours against v2")).to_be_visible()
    expect(sheet.get_by_role("table", name="Text, from v2")).to_contain_text("lighthouse keeper")
    sheet.get_by_role("button", name="Save as v3").click()

    assert OWN == text_of(page, person, made, 3)
