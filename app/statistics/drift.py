"""Whether a version that nobody changed has changed: a two-sided CUSUM over its scheduled runs.

After Page (1954). Each run gives z: its mean minus the baseline's, over the standard deviation of
such means. The two sums rise while runs stay more than `slack` from 0 on their side, and fall back
to 0 otherwise. With slack .5 and limit 5 a steady version raises an alarm once in 465 runs, and a
drop of two standard deviations is found in four.
"""

from collections.abc import Sequence
from math import isfinite
from typing import Literal, NamedTuple

import numpy as np
from scipy import special

SLACK = 0.5
LIMIT = 5.0
STATES = 200  # of the Markov chain: right to a tenth of a percent


class Cusum(NamedTuple):
    """The sums after each run, the first alarm, and the first run after the change behind it.

    `rises` speaks for a mean above the baseline, `falls` for one below. `alarm_at` and
    `changed_at` are positions in the runs given, None without an alarm; the alarmed sum was last 0
    just before `changed_at`.
    """

    rises: list[float]
    falls: list[float]
    alarm_at: int | None
    direction: Literal["up", "down"] | None
    changed_at: int | None


def cusum(z_values: Sequence[float], *, slack: float = SLACK, limit: float = LIMIT) -> Cusum:
    """Follows the runs in their order; the alarm is where a sum first reaches the limit.

    All in standard deviations of a run's mean. Raises ValueError for NaN or infinity, a negative
    slack, or a limit that is not above 0.
    """
    _refuse_impossible(slack, limit)
    if not all(map(isfinite, z_values)):
        raise ValueError("a run's deviation is a finite number; leave out runs without a mean")
    rises, falls = _sums(z_values, slack), _sums([-z for z in z_values], slack)
    alarms = [at for at in range(len(rises)) if max(rises[at], falls[at]) >= limit]
    if not alarms:
        return Cusum(rises, falls, None, None, None)
    alarm_at = alarms[0]
    down = falls[alarm_at] >= limit
    alarmed = falls if down else rises
    changed_at = 1 + max((at for at in range(alarm_at) if not alarmed[at]), default=-1)
    return Cusum(rises, falls, alarm_at, "down" if down else "up", changed_at)


def average_run_length(shift: float = 0.0, *, slack: float = SLACK, limit: float = LIMIT) -> float:
    """Runs until the two-sided alarm, on average, when the mean is off by `shift` from the start.

    By the Markov chain of Brook and Evans (1972) for either side; their rates of alarm add up.
    In standard deviations of a run's mean. Raises ValueError as `cusum` does.
    """
    _refuse_impossible(slack, limit)
    if not isfinite(shift):
        raise ValueError(f"a shift is a finite number, not {shift}")
    sides = (_one_sided(side * shift, slack, limit) for side in (1, -1))
    return 1.0 / sum(1.0 / length for length in sides)


def _one_sided(shift: float, slack: float, limit: float) -> float:
    """The mean time to absorption from 0, the sum's range cut into equal states."""
    width = 2 * limit / (2 * STATES - 1)
    states = np.arange(STATES)
    steps = (states[None, :] - states[:, None]) * width + slack - shift
    stay = special.ndtr(steps + width / 2) - special.ndtr(steps - width / 2)
    stay[:, 0] = special.ndtr(steps[:, 0] + width / 2)  # whatever would fall below 0 stays at 0
    return float(np.linalg.solve(np.eye(STATES) - stay, np.ones(STATES))[0])


def _sums(z_values: Sequence[float], slack: float) -> list[float]:
    sums: list[float] = []
    for z in z_values:
        sums.append(max(0.0, (sums[-1] if sums else 0.0) + z - slack))
    return sums


def _refuse_impossible(slack: float, limit: float) -> None:
    if not (isfinite(slack) and slack >= 0 and isfinite(limit) and limit > 0):
        raise ValueError(f"a slack is 0 or above and a limit above 0, not {slack} and {limit}")
