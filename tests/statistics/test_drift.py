from math import inf, nan

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.statistics.drift import average_run_length, cusum

runs = st.lists(st.floats(-4, 4), max_size=60)


def test_a_drop_by_hand():
    """Two good runs, then three standard deviations down: the alarm, its side and its start."""
    found = cusum([0.0, 0.2, -3.0, -3.0, -2.5, 1.0])

    assert [0.0, 0.0, 2.5, 5.0, 7.0, 5.5] == found.falls
    assert [0.0, 0.0, 0.0, 0.0, 0.0, 0.5] == found.rises
    assert (3, "down", 2) == (found.alarm_at, found.direction, found.changed_at)


@given(runs)
def test_rises_mirror_falls(z_values):
    """Turning all runs around turns the sums, the alarm and its direction around."""
    found, mirrored = cusum(z_values), cusum([-z for z in z_values])

    assert (found.rises, found.falls) == (mirrored.falls, mirrored.rises)
    assert (found.alarm_at, found.changed_at) == (mirrored.alarm_at, mirrored.changed_at)
    assert {found.direction, mirrored.direction} in ({"up", "down"}, {None})


@given(runs)
def test_the_alarmed_sum_grew_from_zero(z_values):
    """From the change to the alarm the sum is above 0, and just before it was 0."""
    found = cusum(z_values)
    if found.alarm_at is None:
        assert all(total < 5 for total in [*found.rises, *found.falls])
        return
    alarmed = found.falls if found.direction == "down" else found.rises

    assert all(total > 0 for total in alarmed[found.changed_at : found.alarm_at + 1])
    assert found.changed_at == 0 or 0 == alarmed[found.changed_at - 1]
    assert all(total < 5 for total in alarmed[: found.alarm_at])


def test_a_change_in_the_first_run_is_found():
    """A version that starts off low was never at its baseline."""
    assert (2, "down", 0) == cusum([-2.5] * 4)[2:]


def test_a_run_length_is_what_simulation_gives():
    """Runs one and a half standard deviations up alarm after as many runs as the chain says."""
    rng = np.random.default_rng(8)
    lengths = [1 + cusum(list(rng.normal(1.5, 1, 60))).alarm_at for _ in range(1500)]

    assert pytest.approx(np.mean(lengths), rel=0.04) == average_run_length(1.5)


@pytest.mark.parametrize("shift", [0.0, 0.1, 0.7, 2.0])
def test_run_lengths_do_not_know_directions(shift):
    """A fall is found as fast as a rise, and a larger limit takes longer."""
    assert pytest.approx(average_run_length(shift)) == average_run_length(-shift)
    assert average_run_length(shift, limit=4) < average_run_length(shift)


@pytest.mark.parametrize("options", [{"slack": -1}, {"limit": 0}, {"limit": nan}, {"slack": inf}])
@pytest.mark.parametrize("call", [lambda **o: cusum([0.1], **o), average_run_length])
def test_impossible_charts_are_refused(call, options):
    """A negative slack and a limit of 0 raise."""
    with pytest.raises(ValueError, match="slack"):
        call(**options)


@pytest.mark.parametrize("call", [lambda: cusum([nan]), lambda: average_run_length(inf)])
def test_runs_without_a_mean_are_left_out(call):
    """NaN and infinity raise instead of staying in the sums for ever."""
    with pytest.raises(ValueError, match="finite"):
        call()
