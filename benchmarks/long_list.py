"""The compare view with thousands of cases: how soon its rows are there, and how it answers."""

from dataclasses import dataclass, field

from playwright.sync_api import Browser, Page, StorageState

from benchmarks import sight
from benchmarks.sample import Sample

TURNS = 5

# The frame after the one that has the rows: what a frame holds is seen when the next one begins.
FIRST_ROWS = """
new MutationObserver((_, observer) => {
  if (!document.querySelector('tr[data-case]')) return;
  observer.disconnect();
  requestAnimationFrame(() => requestAnimationFrame(() => { window.rows = performance.now(); }));
}).observe(document, { childList: true, subtree: true });
"""

# From the event to the frame after the one in which the list has become another.
ACT = """([selector, value]) => new Promise((done, fail) => {
  const state = () => [document.querySelector('.cases table')?.ariaRowCount,
    ...[...document.querySelectorAll('tr[data-case]')].map(row => row.dataset.case)].join();
  const control = document.querySelector(selector);
  const before = state(), from = performance.now();
  const look = () => {
    if (performance.now() - from > 20000) return fail(new Error(`${selector}: nothing changed`));
    if (state() === before) return requestAnimationFrame(look);
    requestAnimationFrame(() => requestAnimationFrame(() => done(performance.now() - from)));
  };
  if (value === null) control.click();
  else {
    const kind = control.tagName === 'SELECT' ? HTMLSelectElement : HTMLInputElement;
    Object.getOwnPropertyDescriptor(kind.prototype, 'value').set.call(control, value);
    control.dispatchEvent(new Event(kind === HTMLSelectElement ? 'change' : 'input',
      { bubbles: true }));
  }
  look();
})"""
ROWS = "() => document.querySelectorAll('tr[data-case]').length"
SCROLL = (
    "part => { const f = document.querySelector('.cases'); f.scrollTop = f.scrollHeight * part; }"
)
ORDER = "select[aria-label=Order]"
SEARCH = "input[type=search]"
CHIP = ".filters button[aria-pressed=false]"


@dataclass(kw_only=True)
class LongList:
    first_rows: Sample = field(default_factory=Sample)  # all in ms
    sort: Sample = field(default_factory=Sample)
    chip: Sample = field(default_factory=Sample)
    search: Sample = field(default_factory=Sample)
    rows: int = 0  # the most in the document at once


def measure(browser: Browser, state: StorageState, url: str) -> LongList:
    found = LongList()
    for _ in range(TURNS):
        with sight.cold(browser, state) as page:
            page.add_init_script(FIRST_ROWS)
            page.goto(url)
            page.wait_for_function("() => window.rows")
            found.first_rows.append(page.evaluate("() => window.rows"))
    with sight.cold(browser, state) as page:
        page.goto(url)
        page.wait_for_selector("tr[data-case]")
        page.wait_for_timeout(sight.AFTERWARDS_MS)
        _act(page, found)
        found.rows = max(_rows(page, part) for part in (0.0, 0.3, 0.6, 1.0))
    return found


def _act(page: Page, found: LongList) -> None:
    for turn in range(TURNS):
        found.chip.append(page.evaluate(ACT, [CHIP, None]))
        found.sort.append(page.evaluate(ACT, [ORDER, ("position", "-delta")[turn % 2]]))
        found.search.append(page.evaluate(ACT, [SEARCH, f"{turn + 1}7"]))
        page.evaluate(ACT, [SEARCH, ""])


def _rows(page: Page, part: float) -> int:
    page.evaluate(SCROLL, part)
    page.wait_for_timeout(100)
    rows: int = page.evaluate(ROWS)
    return rows
