"""The pages for people: they work without internet and explain every error there is."""

import re

import pytest

from app.api.pages import kinds


@pytest.fixture
def nobody(client_of):
    return client_of(None)


def test_the_reference_loads_nothing_from_elsewhere(nobody):
    """Every script, style and picture is a file of ours that exists."""
    page = nobody.get("/docs")
    linked = re.findall(r'(?:src|href)="([^"]+)"', page.text)

    assert 200 == page.status_code
    assert linked
    assert [] == [link for link in linked if not link.startswith("/docs/")]
    assert {200} == {nobody.get(link).status_code for link in linked}
    assert "<script>" not in page.text


def test_every_code_an_answer_can_carry_is_explained(nobody):
    """`type` of a problem is an address of this page."""
    page = nobody.get("/docs/problems").text

    assert [] == [kind.code for kind in kinds() if f'id="{kind.code}"' not in page]


def test_the_link_in_a_problem_leads_there(nobody):
    """As a person would follow it."""
    told = nobody.get("/api/v1/me").json()["type"]
    address, _, fragment = told.partition("#")

    assert 200 == nobody.get(address).status_code
    assert f'id="{fragment}"' in nobody.get(address).text
