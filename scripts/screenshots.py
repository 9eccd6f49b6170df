"""Pictures of the dashboard on the demo's data, for README.md: `make screenshots`.

A demo in an empty folder, a headless Chromium, WebP files of a few dozen KiB each in docs/images.
"""

import base64
import signal
import tempfile
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from app.cli import demo_workspace
from app.embedded import stack
from app.embedded.stack import Running
from tests.browser import chromium

ROOT = Path(__file__).resolve().parents[1]
IMAGES = ROOT / "docs" / "images"
WIDTH, HEIGHT = 1440, 1080
QUALITY = 82
SETTLED_MS = 2_500  # figures are there, skeletons gone, the health dot has its answer


def _keep(page: Page, name: str) -> None:
    """As WebP, which Playwright's own screenshots cannot be."""
    session = page.context.new_cdp_session(page)
    taken = session.send("Page.captureScreenshot", {"format": "webp", "quality": QUALITY})
    (IMAGES / f"{name}.webp").write_bytes(base64.b64decode(taken["data"]))
    print(f"docs/images/{name}.webp")


def _take(running: Running) -> None:
    key = demo_workspace.api_key(running)
    with demo_workspace.connect(running.url, key) as client:
        prompt_id = demo_workspace.load(client)
        status = demo_workspace.experiment(client, prompt_id, lambda _: None)
    experiment = status["experiment_id"]
    pages = {
        "dashboard": "/",
        "compare": f"/compare?base={experiment}:1&with={experiment}:2",
        "prompt": "/prompts/support/answer",
        "experiment": f"/experiments/{experiment}",
    }
    link = demo_workspace.dashboard_link(running)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium.find(), args=chromium.flags())
        state = None
        for theme in ("light", "dark"):
            context = browser.new_context(
                viewport={"width": WIDTH, "height": HEIGHT},
                color_scheme=theme,
                reduced_motion="reduce",
                storage_state=state,
            )
            page = context.new_page()
            if state is None:
                page.goto(link)
                page.wait_for_url(f"{running.url}/")
                state = context.storage_state()
            wanted = pages if theme == "light" else {"compare-dark": pages["compare"]}
            for name, path in wanted.items():
                page.goto(f"{running.url}{path}")
                page.wait_for_timeout(SETTLED_MS)
                _keep(page, name)
            context.close()
        browser.close()
    signal.raise_signal(signal.SIGTERM)  # what Ctrl-C would say


def main() -> None:
    IMAGES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        stack.run(stack.Options(data_dir=Path(folder) / "demo", port=0), _take)


if __name__ == "__main__":
    main()
