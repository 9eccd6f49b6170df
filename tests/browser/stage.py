"""A real browser in front of the real stack: server, worker, PostgreSQL and Valkey."""

import os
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests.browser import chromium
from tests.browser.looking import Console
from tests.browser.people import Person, make_person
from tests.support.live import listening

PATIENCE_MS = 20_000
expect.set_options(timeout=PATIENCE_MS)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One for a file: Playwright's event loop runs in this thread, and other files have their own."""
    program = chromium.find()
    if program is None:
        if os.environ.get("CI"):
            pytest.fail(chromium.MISSING)
        pytest.skip(chromium.MISSING)
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=program, args=chromium.flags())
        yield running
        running.close()


@pytest.fixture(scope="session")
def site(worker) -> Iterator[str]:
    """The address of the dashboard, with a worker behind it."""
    with listening() as address:
        yield address


@pytest.fixture
def person(workspace) -> Person:
    """An admin of a fresh workspace."""
    return make_person(workspace)


Opened = Callable[..., Page]


@pytest.fixture
def open_as(browser: Browser, site: str) -> Iterator[Opened]:
    """`open_as(person, theme=…, width=…)`: a page of a browser of their own, signed in."""
    contexts: list[tuple[BrowserContext, Console]] = []

    def opened(
        who: Person | None = None, *, theme: str = "light", width: int = 1440, height: int = 1000
    ) -> Page:
        context = browser.new_context(
            base_url=site,
            viewport={"width": width, "height": height},
            color_scheme="dark" if theme == "dark" else "light",
            reduced_motion="reduce",
            locale="en-GB",
        )
        context.set_default_timeout(PATIENCE_MS)
        if who:
            context.add_cookies([who.cookie(site)])
        page = context.new_page()
        contexts.append((context, Console(page)))
        return page

    yield opened
    said = [line for _, console in contexts for line in console.lines]
    for context, _ in contexts:
        context.close()

    assert [] == said


@pytest.fixture
def page(open_as: Opened, person: Person) -> Page:
    return open_as(person)
