"""What is promised when things break, with real processes and real signals: the drill's short form.

After each fault: every planned case has ended in exactly one state, no case has two results, and
no more was paid twice than was in flight when it happened. `make drill` tries all faults, and more
often.
"""

from collections.abc import Iterator

import pytest

from tests.faults import faults, runs, storms
from tests.faults.trial import Trial
from tests.support.arena import PATIENCE_S, Arena, arena

# a platform that stands still is told with its evidence, before the test is ended from outside
pytestmark = pytest.mark.timeout(2 * PATIENCE_S)


@pytest.fixture(scope="module")
def platform(tmp_path_factory) -> Iterator[Arena]:
    with arena(tmp_path_factory.mktemp("arena")) as made:
        yield made


@pytest.mark.parametrize(
    "fault",
    [
        faults.kill_pool_child,
        faults.kill_whole_worker,
        faults.stop_with_grace,
        faults.flush_queue,
        faults.lose_queue,
        faults.freeze_queue,
        faults.restart_database,
        storms.poison_case,
    ],
)
def test_what_is_promised_is_kept(platform: Arena, fault):
    """Each fault once; a promise that is not kept is raised as a sentence."""
    trial: Trial = runs.attempt(platform, fault, seed=1)

    assert trial.planned == sum(trial.status["progress"].values())
