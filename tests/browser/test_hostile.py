"""What models and users write is text: nothing of it runs, loads, or leaves the page."""

import re
from collections.abc import Iterator
from typing import NamedTuple
from uuid import UUID

import pytest
from playwright.sync_api import Dialog, Locator, Page, Request, expect
from sqlalchemy import select, update

from app.core.clock import new_id, now
from app.core.database import unit_of_work
from app.models import CaseScore, GoldenExample, Run
from tests.browser.looking import overflow
from tests.browser.people import Person
from tests.support.prompts import Made, make_prompt
from tests.support.results import Answer, put_results, put_verdict
from tests.support.verdicts import MODEL, make_experiment

CORPUS = [
    "<script>window.__owned = 'script'</script>",
    "<img src=x onerror=\"window.__owned = 'image'\">",
    "<svg onload=\"window.__owned = 'svg'\"><a xlink:href='javascript:alert(1)'>x</a></svg>",
    "<iframe srcdoc='<script>parent.__owned = 1</script>'></iframe>",
    "</textarea></title></style></script><script>alert(document.cookie)</script>",
    "<a href=\"javascript:window.__owned='link'\">Press here</a> javascript:alert(1)",
    "[Press here](javascript:window.__owned='markdown') and <javascript:alert(1)>",
    "![pixel](https://evil.example/pixel.png?secret=1) <https://evil.example/>",
    "<link rel=stylesheet href=//evil.example/x.css><base href=//evil.example/>",
    "{{ constructor.constructor('window.__owned = 1')() }} {% raw %} ${window.__owned=1}",
    "invoice\u202egnp.exe\u202c and \u2066\u2067 turned",
    "pass\u200bword \u2060\ufeff\u00ad\u034f e\u0301\u0301\u0301\u0301 \U0001f469\u200d\U0001f4bb",
    "x" * 200_000,
]
MANY = len(CORPUS)
PLAN = {
    "cases": 2 * MANY,
    "calls": 2 * MANY,
    "cost_usd_estimate": None,
    "minimum_detectable_difference": None,
}
SHOWN = 40  # characters that are looked for of each

# Elements and attributes that the texts of the corpus would make, were they read as markup.
MADE_OF_TEXT = (
    "main script, main img, main iframe, main style, main base, main link, "
    "[onerror], [onload], [srcdoc], [href^='javascript:' i], [href*='evil.example']"
)


class Stage(NamedTuple):
    made: Made
    experiment_id: UUID
    run_ids: list[UUID]


def answers(arm: int, position: int, _repeat: int) -> Answer:
    text = CORPUS[position]
    return Answer(0.0, f"So: {text}") if arm else Answer(1.0, text)


@pytest.fixture
def stage(person: Person) -> Stage:
    """An experiment of two versions in which every text is hostile, and runs of the same."""
    made = make_prompt(
        person.subject, templates=["{{ question }}", "So: {{ question }}"], examples=MANY
    )
    with unit_of_work(person.subject.workspace_id) as session:
        rows = session.scalars(
            select(GoldenExample)
            .where(GoldenExample.prompt_id == made.prompt_id)
            .order_by(GoldenExample.id)
        )
        for row, text in zip(rows, CORPUS, strict=True):
            row.input_data = {"question": text}
            row.expected_output = row.context = row.criteria = text
    experiment_id = make_experiment(
        person.subject,
        made.prompt_id,
        made.version_ids,
        name=CORPUS[1],
        baseline_arm=0,
        plan=PLAN,
    )
    put_results(person.subject, experiment_id, answers)
    put_verdict(person.subject, experiment_id)
    with unit_of_work(person.subject.workspace_id) as session:
        session.execute(update(CaseScore).values(reason=CORPUS[0]))
        runs = [_run(made, text) for text in CORPUS]
        session.add_all(runs)
        session.flush()
        return Stage(made, experiment_id, [run.id for run in runs])


def _run(made: Made, text: str) -> Run:
    return Run(
        id=new_id(),
        prompt_id=made.prompt_id,
        version_id=made.version_ids[0],
        version_number=1,
        prompt_name=made.name,
        source="run",
        state="completed",
        template={},
        variables={"question": text},
        model=MODEL,
        parameters={},
        rendered_prompt=text,
        output=text,
        created_by=CORPUS[0],
        finished_at=now(),
    )


@pytest.fixture
def watched(page: Page, site: str) -> Iterator[Page]:
    """A page on which no text may run, ask for anything elsewhere, or open a dialog."""
    dialogs: list[str] = []
    elsewhere: list[str] = []

    def note(dialog: Dialog) -> None:
        dialogs.append(dialog.message)
        dialog.dismiss()

    def look(request: Request) -> None:
        if not request.url.startswith((f"{site}/", "data:", "blob:")):
            elsewhere.append(request.url)

    page.on("dialog", note)
    page.on("request", look)
    yield page

    assert [] == dialogs
    assert [] == elsewhere
    assert page.evaluate("() => window.__owned") is None


def expect_text(place: Locator, text: str) -> None:
    """As it is: `to_contain_text` would forgive spaces, and some of these are made of them."""
    expect(place).to_have_text(re.compile(re.escape(text[:SHOWN])))


def expect_harmless(page: Page) -> None:
    assert 0 == page.locator(MADE_OF_TEXT).count()
    assert 0 == overflow(page)


def test_outputs_stay_text_where_versions_are_compared(watched, stage):
    """Question, both answers word by word and the judge's reason, case after case."""
    side = f"{stage.experiment_id}:"
    watched.goto(f"/compare?base={side}0&with={side}1&sort=position&only=all")
    drawer = watched.get_by_role("complementary", name="Case")
    for number, text in enumerate(CORPUS, 1):
        expect(drawer.get_by_role("heading", name=f"Case {number}", exact=True)).to_be_visible()
        for part in ("Question", "Outputs"):
            expect_text(drawer.get_by_role("region", name=part), text)
        expect_text(drawer.get_by_role("region", name="What the judge found"), CORPUS[0])
        expect_harmless(watched)
        watched.keyboard.press("]")


def test_outputs_stay_text_on_an_experiment(watched, stage):
    """In the list of cases and beside it, with the experiment's own name."""
    watched.goto(f"/experiments/{stage.experiment_id}?sort=case")
    expect(watched.get_by_role("heading", level=1)).to_have_text(CORPUS[1])
    cases = watched.get_by_role("table", name="Cases of the experiment")
    expect(cases.get_by_role("row")).to_have_count(MANY + 1)
    drawer = watched.get_by_role("complementary", name="Case")
    for number, text in enumerate(CORPUS, 1):
        watched.keyboard.press("]")
        expect(drawer.get_by_text(f"Case {number}", exact=True)).to_be_visible()
        expect_text(drawer.get_by_role("region", name="Answer of v2"), text)
        expect_harmless(watched)


def test_outputs_stay_text_among_the_runs(watched, stage):
    """What was sent and what came back, run after run."""
    watched.goto(f"/prompts/{stage.made.name}?tab=runs&run={stage.run_ids[-1]}")
    runs = watched.get_by_role("table", name="Runs, newest first")
    expect(runs.get_by_role("row")).to_have_count(MANY + 1)
    drawer = watched.get_by_role("complementary", name="Run")
    for run_id, text in zip(reversed(stage.run_ids), reversed(CORPUS), strict=True):
        expect(drawer.get_by_text(str(run_id))).to_be_visible()
        expect_text(drawer, text)
        expect_harmless(watched)
        watched.keyboard.press("]")


def test_examples_stay_text_in_the_sheet(watched, stage):
    """Every cell of the golden examples shows what it holds."""
    watched.goto(f"/prompts/{stage.made.name}?tab=golden")
    grid = watched.get_by_role("grid", name="Golden examples")
    for number, text in enumerate(CORPUS, 1):
        row = grid.get_by_role("row").filter(
            has=watched.get_by_role("checkbox", name=f"Select example {number}", exact=True)
        )
        expect_text(row, text)
    expect_harmless(watched)


def test_a_long_text_is_cut_and_can_be_seen_whole(watched, stage):
    """Two hundred thousand characters: the first of them at once, all on demand."""
    watched.goto(f"/prompts/{stage.made.name}?tab=runs&run={stage.run_ids[-1]}")
    drawer = watched.get_by_role("complementary", name="Run")
    output = drawer.locator("section").filter(has=watched.get_by_role("heading", name="Output"))
    output.get_by_role("button", name="Show all 200,000 characters").click()
    expect(output.get_by_role("button", name="Show less")).to_be_visible()

    assert 200_000 == output.inner_text().count("x")
    expect_harmless(watched)
