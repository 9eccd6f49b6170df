"""A comparison that may end early: bets after every example, and a few planned looks.

The examples come in random order. After any of them a betting test at half of alpha may say
*worse*. At planned looks the usual decision may be made, at O'Brien and Fleming's levels, which
spend the other half of alpha on *worse* and all of it on *within*: these are errors about different
candidates, and the bets never say *within*. So whenever one stops, a candidate that is no worse is
called worse, and one that is worse by its margin is called within it, with a chance of at most
alpha each.
"""

from collections.abc import Callable, Iterable, Sequence
from math import ceil
from typing import NamedTuple

from scipy import special

from app.statistics.betting import BettingTest
from app.statistics.group_sequential import boundaries

LOOKS = 5


class Look(NamedTuple):
    """The decision may be made after so many examples, at these one-sided levels."""

    number: int
    examples: int
    worse: float
    within: float


class Stop(NamedTuple):
    """Where it may end: at a look, or between looks (None), where the bets alone decide."""

    visited: int
    look: Look | None


def plan_looks(planned: int, *, alpha: float = 0.05, looks: int = LOOKS) -> list[Look]:
    """Equally spaced looks, the last at the end. Raises ValueError unless 0 < alpha < .5."""
    worse = boundaries(looks, alpha=alpha)  # two-sided, so that each side has half of it
    within = boundaries(looks, alpha=2 * alpha)
    return [
        Look(number, ceil(planned * number / looks), _one_sided(no), _one_sided(yes))
        for number, (no, yes) in enumerate(zip(worse, within, strict=True), start=1)
    ]


def bet(differences: Iterable[float | None], *, alpha: float) -> BettingTest:
    """The bets on differences in the order of the visit; below 0 is worse, None was not judged."""
    test = BettingTest(alpha=alpha)
    for difference in differences:
        if difference is not None:
            test.update(difference)
    return test


def first_stop(
    differences: Sequence[float | None],
    looks: Sequence[Look],
    answers: Callable[[Stop], bool],
    *,
    alpha: float,
    least: int = 1,
    after: int = 0,
) -> Stop | None:
    """The first place at which the differences seen so far allow an end; None: go on.

    `answers` says whether the decision there is one; it is asked where the bets, at level `alpha`
    and on at least `least` judged examples, are won, and at each look but the last, which is no
    early end. `after` are the examples for which it has been asked before.
    """
    planned = {look.examples: look for look in looks[:-1]}
    end = looks[-1].examples
    test, told = BettingTest(alpha=alpha), False
    for visited, difference in enumerate(differences, start=1):
        if difference is not None:
            test.update(difference)
        if visited <= after or visited >= end:
            continue
        look = planned.get(visited)
        won = not told and test.reject and test.n >= least
        told = told or won
        if (won or look) and answers(stop := Stop(visited, look)):
            return stop
    return None


def _one_sided(boundary: float) -> float:
    return float(special.ndtr(-boundary))
