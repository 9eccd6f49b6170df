"""What a series of runs says about a version that nobody changed."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from app.core.clock import new_id
from app.schedules.following import BASELINE_RUNS, Point, follow
from app.schedules.wording import sentence

START = datetime(2026, 3, 1, 6, tzinfo=UTC)
USUAL = [0.80, 0.82, 0.79, 0.81, 0.80, 0.83, 0.78, 0.81]


def points(means, *, judged: int = 40) -> list[Point]:
    return [
        Point(new_id(), START + timedelta(days=day), mean, judged, 40)
        for day, mean in enumerate(means)
    ]


def test_eight_runs_are_needed_to_know_what_is_usual():
    """Seven, however odd, give no alarm."""
    course = follow(points([0.9, 0.1] * 3 + [0.5]))

    assert ("learning", None) == (course.state, course.alarm)
    assert "7 of 8 runs" in sentence(course)


def test_a_drop_is_found_and_dated():
    """The day of the change is the first run after it, not the day of the alarm."""
    runs = points([*USUAL, 0.80, 0.81, 0.74, 0.75, 0.73, 0.74])
    course = follow(runs)

    assert "alarm" == course.state
    assert course.alarm
    assert "down" == course.alarm.direction
    assert runs[10] == course.alarm.changed
    assert course.alarm.at.at > course.alarm.changed.at


def test_what_it_fell_to_counts_every_run_since():
    """A run whose every example failed has a mean, and it is 0."""
    course = follow(points([*USUAL, 0.0, 0.4, 0.0]))

    assert course.alarm
    assert 0.13 == round(course.alarm.mean, 2)


def test_runs_that_were_not_judged_as_a_whole_are_left_out():
    """Half the examples are other questions: such a run is no drop, and is shown as left out."""
    whole = points([*USUAL, 0.8])
    half = [Point(new_id(), START + timedelta(days=20 + n), 0.1, 20, 40) for n in range(9)]
    lost = Point(new_id(), START + timedelta(days=40), None, 0, 40)
    course = follow([*whole, *half, lost])

    assert "steady" == course.state
    assert [False] * 10 == [run.point.counts for run in course.runs[9:]]
    assert {None} == {run.z for run in course.runs[9:]}


def test_answers_that_repeat_to_the_letter_forgive_one_odd_example():
    """Without any spread half an example would be infinitely far off."""
    course = follow(points([0.8] * 9 + [0.79, 0.8, 0.81, 0.8]))

    assert "steady" == course.state


@given(st.lists(st.floats(0, 1), max_size=40))
def test_every_run_has_its_place(means):
    """All are shown in their order; the first eight are the baseline and the others have a z."""
    runs = points(means)
    course = follow(runs)

    assert runs == [run.point for run in course.runs]
    assert min(len(runs), BASELINE_RUNS) == sum(run.in_baseline for run in course.runs)
    if course.state != "learning":
        assert all((run.z is None) == run.in_baseline for run in course.runs)
    assert (course.alarm is None) == (course.state != "alarm")


@given(st.floats(0, 1))
def test_a_steady_version_is_steady(mean):
    """The same mean for ever never gives an alarm."""
    assert "alarm" != follow(points([mean] * 60)).state
