"""Whether a version that nobody changed has changed, from the runs of one series. Pure numbers.

The first eight runs say what is usual; a two-sided CUSUM follows those after them
(`statistics/drift.py`). A run that was not judged as a whole is left out and counted.
"""

from collections.abc import Sequence
from datetime import datetime
from statistics import fmean, stdev
from typing import Literal, NamedTuple
from uuid import UUID

from app.statistics.drift import LIMIT, SLACK, cusum

BASELINE_RUNS = 8
JUDGED = 0.95  # of a run's examples, or its mean is of other questions

State = Literal["learning", "steady", "alarm"]


class Point(NamedTuple):
    """One run: the mean score over its examples, of which `n` of `planned` were judged."""

    experiment_id: UUID
    at: datetime
    mean: float | None
    n: int
    planned: int

    @property
    def counts(self) -> bool:
        return self.mean is not None and self.n >= JUDGED * self.planned


class Followed(NamedTuple):
    """A run in the chart; z, rises and falls are None in the baseline and for what is left out."""

    point: Point
    in_baseline: bool
    z: float | None
    rises: float | None
    falls: float | None


class Alarm(NamedTuple):
    """`mean` is that of all runs since the change."""

    at: Point
    changed: Point
    direction: Literal["up", "down"]
    mean: float


class Course(NamedTuple):
    """The runs of a series, its usual mean and spread, and the first alarm."""

    state: State
    runs: list[Followed]
    mean: float | None
    sd: float | None
    alarm: Alarm | None


def follow(points: Sequence[Point]) -> Course:
    """The course of one series, oldest run first.

    The spread is that of the baseline's means, and never less than half an example's score in all:
    answers that repeat to the letter have none, and one odd answer is no drift.
    """
    counted = [point for point in points if point.counts]
    learned, followed = counted[:BASELINE_RUNS], counted[BASELINE_RUNS:]
    if len(learned) < BASELINE_RUNS:
        return Course("learning", [_plain(p, in_baseline=p in learned) for p in points], *NOTHING)
    means = [_mean(point) for point in learned]
    usual = fmean(means)
    spread = max(stdev(means), 0.5 / max(point.planned for point in learned))
    zs = [(_mean(point) - usual) / spread for point in followed]
    sums = cusum(zs, slack=SLACK, limit=LIMIT)
    measured = {
        point.experiment_id: Followed(point, False, *values)
        for point, *values in zip(followed, zs, sums.rises, sums.falls, strict=True)
    }
    runs = [
        measured.get(point.experiment_id) or _plain(point, in_baseline=point in learned)
        for point in points
    ]
    if sums.alarm_at is None or sums.changed_at is None or sums.direction is None:
        return Course("steady", runs, usual, spread, None)
    since = followed[sums.changed_at :]
    mean = fmean(_mean(point) for point in since)
    alarm = Alarm(followed[sums.alarm_at], since[0], sums.direction, mean)
    return Course("alarm", runs, usual, spread, alarm)


NOTHING = (None, None, None)


def _plain(point: Point, *, in_baseline: bool) -> Followed:
    return Followed(point, in_baseline, None, None, None)


def _mean(point: Point) -> float:
    assert point.mean is not None
    return point.mean
