import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.templating.hostile import CORPUS, Hostile, outcome_of

ROOT = Path(__file__).parents[2]


@contextmanager
def untraced() -> Iterator[None]:
    """Without the coverage tracer, whose time is not the template's."""
    tracer = sys.gettrace()
    sys.settrace(None)
    try:
        yield
    finally:
        sys.settrace(tracer)


@pytest.mark.parametrize("hostile", CORPUS, ids=lambda hostile: hostile.name)
def test_hostile_template_ends_as_declared_within_a_second(hostile: Hostile):
    """No template reaches the machine: it is refused, stopped or harmless, and soon."""
    with untraced():
        started = time.thread_time()
        outcome = outcome_of(hostile.source, hostile.variables)
        cpu_s = time.thread_time() - started

    assert outcome in hostile.outcomes
    assert cpu_s < 1


@pytest.mark.skipif(sys.platform != "linux", reason="peak memory is read from /proc")
def test_the_whole_corpus_stays_within_memory():
    """One process renders every hostile template and peaks below 200 MiB."""
    program = [sys.executable, "-m", "tests.templating.hostile"]
    run = subprocess.run(program, cwd=ROOT, capture_output=True, text=True, check=True)

    assert int(run.stdout) < 200
