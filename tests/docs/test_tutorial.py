"""The tutorial's commands run as they stand, and print what the tutorial says they print."""

import re

import pytest

from app.core.clock import new_id
from tests.docs.blocks import blocks, printed
from tests.support.fixtures import make_key, make_subject, make_workspace

PAGE = "tutorial.md"


@pytest.fixture(scope="module")
def output(address, tmp_path_factory) -> str:
    key = make_key(make_subject(make_workspace(f"Tutorial {new_id()}")))
    ran = printed(PAGE, address, key, tmp_path_factory.mktemp("tutorial"))
    return ran.replace("key:test", "key:tutorial")


@pytest.mark.parametrize("block", blocks(PAGE, "text"))
def test_it_prints_what_the_text_says(output, block):
    """Every line the tutorial shows is a line of the output."""
    assert [] == [line for line in block.splitlines() if line not in output.splitlines()]


def test_the_experiment_says_what_the_tutorial_says(output):
    """The second version wins, and the text may go on to put it into production."""
    without, with_manual = re.findall(r"version \d: score ([\d.]+)", output)
    (difference,) = re.findall(r"v2 against v1: ([+-][\d.]+)", output)

    assert float(with_manual) > float(without)
    assert difference.startswith("+")
