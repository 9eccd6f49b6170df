"""What hands do at a keyboard, where a headless browser needs it said."""

from playwright.sync_api import Locator, Page, expect

PASTE = """text => {
  const data = new DataTransfer();
  data.setData("text/plain", text);
  const target = document.activeElement ?? document.body;
  target.dispatchEvent(new ClipboardEvent("paste",
    { clipboardData: data, bubbles: true, cancelable: true }));
}"""


def paste(page: Page, *rows: str) -> None:
    """Rows of a spreadsheet, cells with tabs between them; there is no clipboard of its own."""
    page.evaluate(PASTE, "\n".join(rows))


def write_prompt(page: Page, text: str) -> None:
    """Instead of all that stands in the prompt's editor."""
    editor = page.locator(".editor--live").get_by_role("textbox", name="Prompt template")
    editor.click()
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.insert_text(text)
    expect(page.get_by_text("edited, not saved")).to_be_visible()


def save_as_version(page: Page, message: str) -> None:
    """Opens the sheet, says why, and presses the button; what comes of it is the caller's."""
    page.keyboard.press("ControlOrMeta+s")
    sheet = page.get_by_role("dialog", name="Save as v")
    sheet.get_by_label("What changed and why?").fill(message)
    sheet.get_by_role("button", name="Save as v").click()


def tab_to(page: Page, target: Locator, most: int = 80) -> None:
    """With the Tab key alone, as somebody without a mouse comes there."""
    for _ in range(most):
        page.keyboard.press("Tab")
        if target.evaluate("element => element === document.activeElement"):
            return
    expect(target).to_be_focused()
