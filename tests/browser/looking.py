"""What every page is held to: no error in the console, no violation of accessibility rules."""

from pathlib import Path
from typing import Any

from playwright.sync_api import ConsoleMessage, Page

AXE = Path(__file__).resolve().parents[2] / "frontend/node_modules/axe-core/axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# The browser itself notes every refused request; the pages show these in words.
EXPECTED = "Failed to load resource: the server responded with a status of 4"


class Console:
    """Errors and warnings of a page, as they come."""

    def __init__(self, page: Page) -> None:
        self.lines: list[str] = []
        page.on("console", self._note)
        page.on("pageerror", lambda error: self.lines.append(f"uncaught: {error}"))

    def _note(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"} and not message.text.startswith(EXPECTED):
            self.lines.append(f"{message.type}: {message.text}")


def violations(page: Page) -> list[str]:
    """Each as `rule: what, where`; runs axe-core inside the page."""
    page.evaluate(AXE.read_text())
    found: dict[str, Any] = page.evaluate(
        "rules => axe.run(document, {runOnly: rules, resultTypes: ['violations']})", RULES
    )
    return [
        f"{item['id']}: {item['help']}, at {node['target']} {node['html'][:160]}"
        for item in found["violations"]
        for node in item["nodes"]
    ]


def overflow(page: Page) -> int:
    """Pixels by which the page is wider than its window; a reader would have to scroll sideways."""
    width: int = page.evaluate(
        "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )
    return width


def found_in_all_looks(page: Page) -> dict[str, tuple[list[str], int]]:
    """What is wrong with the page as it stands, by theme and width; nothing, if it is well."""
    found = {}
    for width in (1440, 320):
        page.set_viewport_size({"width": width, "height": 900})
        for theme in ("light", "dark"):
            page.emulate_media(color_scheme=theme, reduced_motion="reduce")
            found[f"{theme} {width}"] = (violations(page), overflow(page))
    return {look: wrong for look, wrong in found.items() if wrong != ([], 0)}
