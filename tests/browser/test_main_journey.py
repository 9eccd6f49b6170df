"""From nothing to a verdict and back, as a prompt engineer goes: the way the product is for."""

import re

import pytest
from playwright.sync_api import Page, expect

GROUNDED = (
    "Answer the question in one sentence, using only the text below.\n\n"
    "<text>\n{{ article }}\n</text>\n\nQuestion: {{ question }}\n"
)
FACTS = [
    ("How long may a parcel take?", "Parcels take at most four days to arrive."),
    ("What does a return cost?", "A return costs three euros and fifty cents."),
    ("When is the help desk open?", "The help desk is open from eight to six."),
    ("Who pays for a broken cup?", "The carrier pays for a broken cup."),
    ("How long is the guarantee?", "The guarantee lasts for twenty-four months."),
    ("Can a voucher be paid out?", "A voucher cannot be paid out in cash."),
    ("How is a gift wrapped?", "A gift is wrapped in brown paper with string."),
    ("Where is the warehouse?", "The warehouse stands beside the northern harbour."),
]
ROWS = 64


def spreadsheet() -> str:
    """As it lies on the clipboard: a header and tab-separated rows."""
    rows = ["question\tarticle\texpected_output"]
    for number in range(ROWS):
        question, fact = FACTS[number % len(FACTS)]
        rows.append(f"{question} (order {number})\t{fact}\t{fact}")
    return "\n".join(rows)


def paste(page: Page, text: str) -> None:
    """What the keys would do; a headless browser has no clipboard of its own."""
    page.evaluate(
        """text => {
          const data = new DataTransfer();
          data.setData("text/plain", text);
          const target = document.activeElement ?? document.body;
          target.dispatchEvent(new ClipboardEvent("paste",
            { clipboardData: data, bubbles: true, cancelable: true }));
        }""",
        text,
    )


def create_prompt(page: Page, name: str, template: str) -> None:
    page.goto("/prompts?new=blank")
    sheet = page.get_by_role("dialog", name="New prompt")
    sheet.get_by_label("Name").fill(name)
    sheet.get_by_label("Text", exact=True).fill(template)
    sheet.get_by_role("button", name="Create prompt").click()
    expect(page.get_by_role("heading", level=1, name=name)).to_be_visible()


def paste_examples(page: Page, name: str) -> None:
    page.goto(f"/prompts/{name}?tab=golden")
    expect(page.get_by_role("heading", name=re.compile("No golden examples"))).to_be_visible()
    paste(page, spreadsheet())
    page.get_by_role(
        "button", name=re.compile(rf"\b{ROWS}\b.*(row|example)", re.IGNORECASE)
    ).click()
    expect(page.get_by_role("link", name=f"Golden examples {ROWS}")).to_be_visible()


def save_version(page: Page, name: str, template: str, message: str) -> None:
    """Edits in place and saves; the draft becomes the newest version."""
    page.goto(f"/prompts/{name}?edit=true")
    editor = page.get_by_role("textbox", name="Prompt template")
    editor.click()
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.insert_text(template)
    page.keyboard.press("ControlOrMeta+s")
    sheet = page.get_by_role("dialog")
    sheet.get_by_label("What changed and why?").fill(message)
    sheet.get_by_role("button", name=re.compile("^Save")).click()
    expect(page.get_by_role("dialog")).to_have_count(0)


def run_experiment(page: Page, query: str) -> str:
    """Starts one on its page and waits, live, for the end; its address."""
    page.goto(f"/experiments/new?{query}")
    page.get_by_role("button", name=re.compile(r"^Run \d+ calls")).click()
    expect(page).to_have_url(re.compile(r"/experiments/[0-9a-f-]{36}"))
    expect(page.get_by_text("Completed", exact=True).first).to_be_visible(timeout=60_000)
    return page.url


@pytest.fixture
def prompt(page: Page) -> str:
    name = "help/answer"
    create_prompt(page, name, GROUNDED)
    paste_examples(page, name)
    return name


def test_a_change_is_made_measured_refused_mended_promoted_and_taken_back(page, prompt):
    """Prompt, examples by paste, two versions, a verdict live, which words did it, and the label."""
    page.goto(f"/prompts/{prompt}?promote=production")
    page.get_by_role("dialog").get_by_role("button", name=re.compile("^(Promote|Move)")).click()
    expect(page.get_by_role("link", name="production → v1")).to_be_visible()

    blind = GROUNDED.replace("{{ article }}", "Nothing is known.")
    save_version(page, prompt, blind, "Saves tokens")
    expect(page.get_by_role("heading", name="Text of v2")).to_be_visible()
    run_experiment(page, f"prompt={prompt}&versions=2,1&baseline=1")
    expect(page.get_by_text("REGRESSION")).to_be_visible()
    expect(page.get_by_text(re.compile("v2 is worse than v1"))).to_be_visible()

    page.get_by_role("link", name="Compare", exact=True).click()
    expect(page.get_by_role("heading", level=1, name=re.compile("v2 against v1"))).to_be_visible()
    expect(page.get_by_role("button", name=re.compile(r"^Regressed \d+"))).to_have_attribute(
        "aria-pressed", "true"
    )
    drawer = page.get_by_role("complementary")
    expect(drawer.get_by_role("heading", name=re.compile(r"^Case \d+"))).to_be_visible()
    expect(drawer.locator("ins").first).to_be_visible()
    expect(page.get_by_text("Nothing is known.").first).to_be_visible()

    better = GROUNDED.replace("in one sentence", "in one plain sentence")
    save_version(page, prompt, better, "The text is back, and plainer")
    run_experiment(page, f"prompt={prompt}&versions=3,1&baseline=1")
    expect(page.get_by_text("PASS", exact=True)).to_be_visible()

    page.goto(f"/prompts/{prompt}?v=3&promote=production")
    page.get_by_role("dialog").get_by_role("button", name=re.compile("^(Promote|Move)")).click()
    expect(page.get_by_role("link", name="production → v3")).to_be_visible()
    page.get_by_role("status").get_by_role("button", name="Undo").click()
    back = page.get_by_role("link", name="production → v1")
    expect(back).to_be_visible()

    assert f"/prompts/{prompt}?v=1" == back.get_attribute("href")
