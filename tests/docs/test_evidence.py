"""The page on evidence: a break is caught, a rewording is not, and the cause is found."""

import re

import pytest

from app.cli import demo_workspace
from app.core.clock import new_id
from tests.docs.blocks import blocks, printed
from tests.support.fixtures import make_key, make_subject, make_workspace

PAGE = "evidence.md"


@pytest.fixture(scope="module")
def output(address, tmp_path_factory) -> str:
    """In a workspace as `make demo` leaves it."""
    key = make_key(make_subject(make_workspace(f"Evidence {new_id()}")))
    with demo_workspace.connect(address, key) as client:
        demo_workspace.load(client)
    return printed(PAGE, address, key, tmp_path_factory.mktemp("evidence"))


@pytest.mark.timeout(300)
@pytest.mark.parametrize("block", blocks(PAGE, "text"))
def test_it_prints_what_the_text_says(output, block):
    """Every line the page shows is a line of the output."""
    assert [] == [line for line in block.splitlines() if line not in output.splitlines()]


def test_the_break_is_named_with_its_cases(output):
    """The verdict, the examples that broke, and among the lines of the diff the right ones."""
    (broken,) = re.findall(r"^regression: (v5 is worse than v2: score .*)$", output, re.MULTILINE)
    (fell,) = re.findall(r"^(\d+) examples fail anew", output, re.MULTILINE)
    blamed = re.findall(r"^blamed +(.*)", output, re.MULTILINE)

    assert "critical examples that passed before" in broken
    assert int(fell) > 20
    assert ["'<article>{{ article }}</article>\\n'"] == blamed
    assert "innocent" in output
