"""Every page with data in it: on a phone, at twice the size, in both themes, and with few requests."""

import re
from collections.abc import Iterator
from typing import NamedTuple
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import APIRequestContext, Browser, Page, Request, expect

from tests.browser.looking import overflow, violations
from tests.browser.people import Person, make_person
from tests.support.fixtures import eventually, make_workspace

PHONE = {"width": 320, "height": 640}
TWICE = {"width": 640, "height": 500}  # 1280 pixels at 200 %
WIDE = {"width": 1440, "height": 1000}

PROMPT = "/prompts/support/answer"
PATHS = [
    "/",
    "/prompts",
    "/prompts?new=gallery",
    PROMPT,
    f"{PROMPT}?edit=true",
    f"{PROMPT}?v=3&diff=2",
    f"{PROMPT}?v=3&promote=production",
    f"{PROMPT}?tab=golden",
    f"{PROMPT}?tab=golden&example={{example}}",
    f"{PROMPT}?tab=golden&import=true",
    f"{PROMPT}?tab=runs",
    f"{PROMPT}?tab=experiments",
    f"{PROMPT}?tab=use",
    "/experiments",
    "/experiments/new?prompt=support/answer&versions=3,2&baseline=2",
    "/experiments/{experiment}",
    "/experiments/{experiment}?case={example}",
    "/compare",
    "/compare?base={experiment}:1&with={experiment}:2",
    "/compare?base={experiment}:1&with={experiment}:0,{experiment}:2",
    "/playground?prompt=support/answer",
    "/evaluations",
    "/evaluations?tab=certificates",
    "/evaluations?tab=queue",
    "/evaluations/review",
    "/analytics",
    "/settings/profile",
    "/settings/api-keys",
    "/settings/members",
    "/settings/providers",
    "/settings/gates",
    "/settings/audit",
    "/settings/budgets",
    "/settings/ci",
    "/settings/webhooks",
    "/settings/alerts",
    "/settings/system",
]
MOST_REQUESTS = 3  # of a page's own


class Shown(NamedTuple):
    """A workspace with the demo's data, looked at by all tests here."""

    person: Person
    experiment: str
    example: str


@pytest.fixture(scope="module")
def shown(browser: Browser, site: str) -> Iterator[Shown]:
    person = make_person(make_workspace("Demo"))
    context = browser.new_context(
        base_url=site, extra_http_headers={"Sec-Fetch-Site": "same-origin"}
    )
    context.add_cookies([person.cookie(site)])
    client = context.request
    made = client.post("/api/v1/demo-data").json()
    assert eventually(lambda: _is_done(client, made["experiment_id"]))
    examples = client.get(f"/api/v1/prompts/{made['prompt_id']}/golden-examples").json()
    yield Shown(person, made["experiment_id"], examples["items"][0]["id"])
    context.close()


def _is_done(client: APIRequestContext, experiment: str) -> bool:
    found = client.get(f"/api/v1/experiments/{experiment}/status").json()
    return found["status"] == "completed" and found["results"] != []


@pytest.fixture
def address(path: str, shown: Shown) -> str:
    return path.format(experiment=shown.experiment, example=shown.example)


def open_at(page: Page, address: str) -> None:
    page.goto(address)
    expect(page.get_by_role("heading", level=1)).not_to_have_count(0)
    page.wait_for_load_state("networkidle")
    expect(page.locator("[aria-busy=true]")).to_have_count(0)


@pytest.mark.parametrize("path", PATHS)
def test_a_page_with_data_fits_small_screens(open_as, shown, address):
    """Nothing to scroll sideways for and nothing that keeps anybody out, at 320 pixels and 200 %."""
    page = open_as(shown.person, **PHONE)
    open_at(page, address)
    found = {"phone": (overflow(page), violations(page))}
    page.set_viewport_size(TWICE)
    found["twice"] = (overflow(page), violations(page))

    assert {"phone": (0, []), "twice": (0, [])} == found


def is_its_own(request: Request) -> bool:
    """Not what the shell asks on every page, once it is drawn, nor the stream of what happens."""
    path = urlsplit(request.url).path
    shared = re.fullmatch(r"/api/v1/(me|health|review-queue)|.*/events", path)
    return path.startswith("/api/v1/") and shared is None


@pytest.mark.parametrize("path", PATHS)
def test_a_page_with_data_asks_little_and_keeps_nobody_out(open_as, shown, address):
    """Three requests at most: one by one is slow on a long way. Then both themes, by axe's rules."""
    page = open_as(shown.person, **WIDE)
    asked: list[str] = []
    page.on("request", lambda request: is_its_own(request) and asked.append(request.url))
    open_at(page, address)
    found = {"light": (overflow(page), violations(page))}
    page.emulate_media(color_scheme="dark")
    found["dark"] = (overflow(page), violations(page))

    assert len(asked) <= MOST_REQUESTS, asked
    assert {"light": (0, []), "dark": (0, [])} == found
