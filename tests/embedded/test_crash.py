import random
import select
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from app.embedded import state
from app.embedded.database import open_database
from app.embedded.datadir import DataDir
from app.embedded.postgres import Postgres
from tests.embedded.alone import eventually
from tests.embedded.seen import of, rows

pytestmark = pytest.mark.usefixtures("alone")
ROOT = Path(__file__).resolve().parents[2]


@contextmanager
def up(data: Path) -> Iterator[subprocess.Popen[str]]:
    """`llmops up` as a process of its own."""
    arguments = ["-m", "app", "up", "--data-dir", str(data), "--port", "0"]
    with subprocess.Popen(
        [sys.executable, *arguments],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def test_killed_at_any_moment_it_comes_back_with_its_data(data):
    """kill -9 of the supervisor in the first start, later, and when all runs: no orphan, no loss."""
    chance = random.Random(11)
    committed = 0
    for patience in (0.3, chance.uniform(0.5, 2), chance.uniform(1, 4), 120):
        with up(data) as process:
            until = time.monotonic() + patience
            while not select.select([process.stdout], [], [], 0.05)[0]:
                if time.monotonic() > until:
                    break
            if patience == 120:
                url = Postgres(data).admin_url
                rows(url, "CREATE TABLE line AS SELECT generate_series(1, 500)")
                committed = 500
        eventually(lambda: not of(data), within=20)

        assert [] == of(data)
    with open_database(data, "a test") as environment:
        owner = environment["LLMOPS_DATABASE_OWNER_URL"]
        found = rows(owner.replace("llmops_owner", "postgres"), "SELECT count(*) FROM line")

    assert [(committed,)] == found


def test_a_command_waits_for_a_stack_that_is_just_starting(data):
    """It gets the running stack, not a refusal."""
    with up(data) as process:
        eventually(lambda: state.read_running(DataDir.at(data)))
        with open_database(data, "a test") as environment:
            found = rows(environment["DATABASE_URL"], "SELECT version_num FROM alembic_version")
        phase = state.read_running(DataDir.at(data)).phase
        process.terminate()
        code = process.wait(60)

    assert (1, "ready", 0) == (len(found), phase, code)
