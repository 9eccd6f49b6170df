"""Golden examples come by paste, file and keyboard; what cannot be read is named by its row."""

import csv
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect
from sqlalchemy import select

from app.core.database import unit_of_work
from app.models import GoldenExample
from tests.browser.hands import paste, tab_to
from tests.browser.people import Person
from tests.support.prompts import Made, make_prompt

HEADER = "question\texpected_output\tweight"
GOOD = "How tall is the lighthouse?\tForty metres.\t2"
BAD = "How old is the keeper?\tNobody knows.\theavy"


@pytest.fixture
def made(person: Person) -> Made:
    return make_prompt(person.subject, templates=["Answer: {{ question }}"], examples=3)


def stored(person: Person, made: Made) -> list[GoldenExample]:
    wanted = select(GoldenExample).where(GoldenExample.prompt_id == made.prompt_id)
    with unit_of_work(person.subject.workspace_id) as session:
        found = list(session.scalars(wanted.order_by(GoldenExample.id)))
        session.expunge_all()
        return found


def open_sheet(page: Page, made: Made, *, importing: bool = False) -> Locator:
    page.goto(f"/prompts/{made.name}?tab=golden{'&import=true' if importing else ''}")
    grid = page.get_by_role("grid", name="Golden examples")
    expect(grid.get_by_role("row")).to_have_count(4)
    return grid


def test_a_paste_with_a_bad_row_names_it_and_writes_nothing_until_it_is_taken(page, person, made):
    """Row numbers are those of the paste, its header included; the good rows go in when told to."""
    open_sheet(page, made).focus()
    paste(page, HEADER, GOOD, BAD)
    errors = page.get_by_role("list", name="Errors by row")
    expect(errors.get_by_role("listitem")).to_have_count(1)
    expect(errors).to_contain_text("Row 3")
    expect(errors).to_contain_text("weight")
    expect(page.get_by_text("Nothing is written yet.")).to_be_visible()
    assert 3 == len(stored(person, made))

    page.get_by_role("button", name="Import 1, skip 1").click()
    expect(page.get_by_role("status").get_by_text("Imported 1 example.")).to_be_visible()
    expect(page.get_by_role("link", name="Golden examples 4")).to_be_visible()

    newest = stored(person, made)[-1]
    assert ("Forty metres.", 2) == (newest.expected_output, newest.weight)
    assert {"question": "How tall is the lighthouse?"} == newest.input_data


def test_a_file_with_a_bad_row_names_it_and_is_not_taken_in_part(page, person, made):
    """All rows or none: the button waits for a mended file, and the mended file goes in."""
    open_sheet(page, made, importing=True)
    sheet = page.get_by_role("dialog", name="Import golden examples")
    lines = [line.replace("\t", ",") for line in (HEADER, GOOD, BAD)]
    choose(sheet, *lines)
    expect(sheet.get_by_role("list", name="Errors by row")).to_contain_text("Row 3")
    expect(sheet.get_by_text("All rows or none")).to_be_visible()
    expect(sheet.get_by_role("button", name="Import 1 example")).to_be_disabled()
    assert 3 == len(stored(person, made))

    choose(sheet, *lines[:-1], lines[-1].replace("heavy", "1"))
    sheet.get_by_role("button", name="Import 2 examples").click()
    expect(page.get_by_role("link", name="Golden examples 5")).to_be_visible()

    assert 5 == len(stored(person, made))


def choose(sheet: Locator, *lines: str) -> None:
    file = {"name": "golden.csv", "mimeType": "text/csv", "buffer": "\n".join(lines).encode()}
    sheet.get_by_label("File").set_input_files(file)


def test_a_cell_is_changed_by_keyboard_alone_and_taken_back(page, person, made):
    """Arrows, Enter, text, Enter; one key undoes it, another does it again, each is stored."""
    grid = open_sheet(page, made)
    before = stored(person, made)[1].expected_output
    tab_to(page, grid)
    page.keyboard.press("ArrowDown")
    names = grid.get_by_role("columnheader").all_inner_texts()
    for _ in range(names.index("question"), names.index("expected")):
        page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    expect(grid.get_by_role("textbox")).to_be_focused()
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type("Three years, with a stamp.")
    with saving(page):
        page.keyboard.press("Enter")

    assert "Three years, with a stamp." == stored(person, made)[1].expected_output
    expect(grid).to_be_focused()

    with saving(page):
        page.keyboard.press("ControlOrMeta+z")
    assert before == stored(person, made)[1].expected_output
    with saving(page):
        page.keyboard.press("ControlOrMeta+Shift+z")
    assert "Three years, with a stamp." == stored(person, made)[1].expected_output


def saving(page: Page):
    """Until the server has answered the change of an example."""
    return page.expect_response(lambda answer: answer.request.method == "PATCH" and answer.ok)


def test_the_export_is_what_the_sheet_shows(page, person, made):
    """A file of CSV with a row for each example, question and answer as they are stored."""
    open_sheet(page, made)
    with page.expect_download() as download:
        page.get_by_role("link", name="Export CSV").click()
    with Path(download.value.path()).open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))

    expected = [(row.input_data["question"], row.expected_output) for row in stored(person, made)]
    assert expected == [(row["input.question"], row["expected_output"]) for row in rows]
