"""What somebody sees of a page, and when: measured inside the page, on a slow machine and line."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from playwright.sync_api import Browser, Page, StorageState

from benchmarks.sample import Sample

RUNS = 5
SLOWER = 4  # a phone of the middle, against this machine
BYTES_A_SECOND = 10e6 / 8  # 10 Mbit/s
ROUND_TRIP_MS = 40
WIDTH, HEIGHT = 1440, 1000
SETTLED = """() => document.querySelector('h1')
  && !document.querySelector('[aria-busy=true]')"""
AFTERWARDS_MS = 1_000  # what is painted or moves late is still seen
PATIENCE_MS = 60_000

# LCP and CLS as the browser's makers define them: the largest shift within a window of five
# seconds, in which no two shifts are a second apart.
WATCH = """
window.seen = { lcp: 0, what: '', cls: 0 };
new PerformanceObserver(list => {
  for (const entry of list.getEntries()) {
    const e = entry.element;
    window.seen.lcp = entry.startTime;
    window.seen.what = e ? `${e.tagName.toLowerCase()}.${e.className}` : '';
  }
}).observe({ type: 'largest-contentful-paint', buffered: true });
let first = 0, last = 0, sum = 0;
new PerformanceObserver(list => {
  for (const { hadRecentInput, startTime, value } of list.getEntries()) {
    if (hadRecentInput) continue;
    if (startTime - last > 1000 || startTime - first > 5000) { first = startTime; sum = 0; }
    last = startTime;
    sum += value;
    window.seen.cls = Math.max(window.seen.cls, sum);
  }
}).observe({ type: 'layout-shift', buffered: true });
"""


@dataclass(kw_only=True)
class Seen:
    name: str
    lcp: Sample = field(default_factory=Sample)  # ms
    cls: Sample = field(default_factory=Sample)
    scripts: int = 0  # bytes on the wire
    largest: str = ""  # what was painted largest, the last time


@contextmanager
def cold(browser: Browser, state: StorageState) -> Iterator[Page]:
    """A page of a browser that has never been here, but is signed in."""
    context = browser.new_context(
        storage_state=state, viewport={"width": WIDTH, "height": HEIGHT}, locale="en-GB"
    )
    context.set_default_timeout(PATIENCE_MS)
    try:
        yield context.new_page()
    finally:
        context.close()


def measure(browser: Browser, state: StorageState, name: str, url: str) -> Seen:
    seen = Seen(name=name)
    for _ in range(RUNS):
        with cold(browser, state) as page:
            _look(page, url, seen)
    return seen


def _look(page: Page, url: str, seen: Seen) -> None:
    session = page.context.new_cdp_session(page)
    scripts: set[str] = set()
    sizes: list[float] = []
    session.on(
        "Network.responseReceived",
        lambda event: (
            scripts.add(event["requestId"])
            if "javascript" in event["response"]["mimeType"]
            else None
        ),
    )
    session.on(
        "Network.loadingFinished",
        lambda event: (
            sizes.append(event["encodedDataLength"]) if event["requestId"] in scripts else None
        ),
    )
    session.send("Network.enable")
    session.send(
        "Network.emulateNetworkConditions",
        {
            "offline": False,
            "latency": ROUND_TRIP_MS,
            "downloadThroughput": BYTES_A_SECOND,
            "uploadThroughput": BYTES_A_SECOND,
        },
    )
    session.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    page.add_init_script(WATCH)
    page.goto(url)
    page.wait_for_function(SETTLED)
    page.wait_for_timeout(AFTERWARDS_MS)
    found = page.evaluate("() => window.seen")
    seen.lcp.append(found["lcp"])
    seen.cls.append(found["cls"])
    seen.scripts = int(sum(sizes))
    seen.largest = found["what"]
