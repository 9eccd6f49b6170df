"""The main job as a newcomer starts it: servers, queue, workers, verdicts, and an end."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = [pytest.mark.usefixtures("alone"), pytest.mark.timeout(300)]


def demo(data: Path) -> str:
    """What `llmops demo` prints without a terminal; it ends by itself."""
    ran = subprocess.run(
        [f"{Path(sys.executable).parent}/llmops", "demo", "--data-dir", str(data), "--port", "0"],
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert 0 == ran.returncode, ran.stdout + ran.stderr
    return ran.stdout + ran.stderr


def test_the_demo_tells_its_story_and_can_be_run_again(data):
    """Three versions, forty examples, two regressions against production; nothing twice."""
    first, second = demo(data), demo(data)
    scores = [float(score) for score in re.findall(r"^ \d  .*?([\d.]+) \(", first, re.MULTILINE)]
    table = r"^ version.*?^Dashboard"
    found, again = (re.search(table, text, re.MULTILINE | re.DOTALL) for text in (first, second))

    assert "120/120 cases" in first
    assert 3 == len(scores)
    assert scores[1] == max(scores)
    assert 2 == len(
        re.findall(r"^REGRESSION {2}v[13] is worse than v2: score ", first, re.MULTILINE)
    )
    assert re.search(
        r"^Dashboard          http://127.0.0.1:\d+/sign-in#[\w-]{43}$", first, re.MULTILINE
    )
    assert "llmops_test_" in first
    assert "is there already" in second
    assert found
    assert again
    assert found[0] == again[0]
