"""The tutorial's commands run as they stand, and print what the tutorial says they print."""

import os
import re
import subprocess

import pytest

from app.core.clock import new_id
from tests.support.fixtures import make_key, make_subject, make_workspace
from tests.support.stack import ROOT

TUTORIAL = (ROOT / "docs" / "tutorial.md").read_text(encoding="utf-8")
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def blocks(language: str) -> list[str]:
    return [text for kind, text in BLOCK.findall(TUTORIAL) if kind == language]


@pytest.fixture(scope="module")
def output(address, tmp_path_factory) -> str:
    """What all the tutorial's commands print, run one after the other."""
    key = make_key(make_subject(make_workspace(f"Tutorial {new_id()}")))
    ran = subprocess.run(
        ["bash", "-c", "set -euo pipefail\n" + "\n".join(blocks("bash"))],
        cwd=tmp_path_factory.mktemp("tutorial"),
        env=os.environ | {"BASE": address, "KEY": key, "no_proxy": "127.0.0.1"},
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )
    assert 0 == ran.returncode, ran.stdout + ran.stderr
    return ran.stdout.replace("key:test", "key:tutorial")


@pytest.mark.parametrize("block", blocks("text"))
def test_it_prints_what_the_text_says(output, block):
    """Every line the tutorial shows is a line of the output."""
    assert [] == [line for line in block.splitlines() if line not in output.splitlines()]


def test_the_experiment_says_what_the_tutorial_says(output):
    """The second version wins, and the text may go on to put it into production."""
    without, with_manual = re.findall(r"version \d: score ([\d.]+)", output)
    (difference,) = re.findall(r"v2 against v1: ([+-][\d.]+)", output)

    assert float(with_manual) > float(without)
    assert difference.startswith("+")
