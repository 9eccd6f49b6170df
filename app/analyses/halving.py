"""Binary search along a chain of versions, from what its probes have come to so far.

Nothing is kept between two questions: the same outcomes lead to the same next probe, so that a
step that is done twice asks for the same.
"""

from collections.abc import Collection, Mapping
from typing import NamedTuple

from app.analyses.outcomes import Outcome


class Bounds(NamedTuple):
    """Places in the chain: what broke came after `last_good`, and by `first_bad` at the latest."""

    last_good: int
    first_bad: int


def bounds(length: int, known: Mapping[int, Outcome]) -> Bounds:
    """Place 0 is good, the last one regressed; an unknown outcome counts as not shown worse."""
    first_bad = min(
        (place for place, outcome in known.items() if outcome is Outcome.regressed),
        default=length - 1,
    )
    return Bounds(max((place for place in known if place < first_bad), default=0), first_bad)


def next_probe(length: int, known: Mapping[int, Outcome], free: Collection[int] = ()) -> int | None:
    """The place to try, nearest to the middle; None when the two bounds are neighbours.

    Places in `free` have stored results and are asked first: they cost no call.
    """
    low, high = bounds(length, known)
    between = range(low + 1, high)
    candidates = [place for place in between if place in free] or between
    return min(candidates, key=lambda place: abs(2 * place - low - high), default=None)


def most_probes(length: int) -> int:
    """Of a chain without stored results, its end included."""
    return 1 + (length - 2).bit_length()
