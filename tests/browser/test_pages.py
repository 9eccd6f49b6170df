"""Every page, in both themes: nothing in the console, nothing that keeps anybody out."""

import pytest
from playwright.sync_api import expect

from tests.browser.looking import overflow, violations

EMPTY = [
    "/",
    "/prompts",
    "/experiments",
    "/experiments/new",
    "/compare",
    "/playground",
    "/evaluations",
    "/evaluations/review",
    "/analytics",
    "/settings/profile",
    "/settings/api-keys",
    "/settings/members",
    "/settings/providers",
    "/settings/gates",
    "/settings/audit",
    "/settings/system",
    "/nothing/here",
]


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("path", EMPTY)
def test_an_empty_workspace_keeps_nobody_out(open_as, person, path, theme):
    """First sight of each page: accessible, quiet, no wider than the window."""
    page = open_as(person, theme=theme)
    page.goto(path)
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    page.wait_for_load_state("networkidle")

    assert [] == violations(page)
    assert 0 == overflow(page)
